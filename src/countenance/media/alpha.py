"""Write WebM files with transparency: VP9 with an alpha channel, and Opus. They play in browsers and editors."""

from __future__ import annotations

from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from countenance.media.read import FPS, SAMPLE_RATE
from countenance.media.sound import resampled
from countenance.media.write import Seal, placed, write_errors

SUFFIX = ".webm"
_OPUS_RATE = 48_000
_OPUS_FRAME = 960
_OPUS_BIT_RATE = 96_000
_QUALITY = Interpolation.BICUBIC | Interpolation.FULL_CHR_H_INP | Interpolation.ACCURATE_RND
_REALTIME = {"deadline": "realtime", "cpu-used": "6", "row-mt": "1", "b": "0"}
"""Four times as fast as libvpx's usual way, for a file a fifth larger."""


class AlphaWriter:
    """A WebM with VP9 (4:2:0 with alpha, BT.709, limited range) and, if `audio` is given, Opus.

    Use as a context manager and `write` one picture per frame. The sound, (n,) float32 in [-1, 1], is cut or filled
    with silence so that it ends with the last picture. Pictures with an odd width or height lose their last column or
    row. Colours are not multiplied with alpha. On any error, in here or in the body of the `with`, nothing is left
    behind and a file already at `path` stays as it was. `seal` is called with the finished file, before it appears.

    Raises:
        CountenanceError: media.cannot_write, and what `seal` raises.
        ValueError: for a picture of another size than announced.
    """

    def __init__(
        self,
        path: Path,
        width: int,
        height: int,
        *,
        fps: float = FPS,
        audio: NDArray[np.float32] | None = None,
        sample_rate: int = SAMPLE_RATE,
        crf: int = 20,
        keyframe_every: int = 125,
        seal: Seal | None = None,
    ) -> None:
        if width < 2 or height < 2:
            raise ValueError(f"a picture of {width} x {height} is too small for 4:2:0")
        self.path = path
        self._size = (width, height)
        self._rate = Fraction(fps).limit_denominator(1001)
        self._options = _REALTIME | {"crf": str(crf), "g": str(keyframe_every)}
        self._sound = None if audio is None else resampled(audio, sample_rate, _OPUS_RATE)
        self._seal = seal
        self._frames = 0
        self._reformatter = VideoReformatter()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            part = stack.enter_context(placed(self.path, self._seal))
            with write_errors(self.path):
                self._container = av.open(f"file:{part}", mode="w", format="webm")
                stack.push(self._finish)
                self._video = self._add_video()
                self._audio = None if self._sound is None else _SoundTrack(self._container, self._sound)
            self._exits = stack.pop_all()
        return self

    def write(self, rgba: NDArray[np.uint8]) -> None:
        """Append one picture, (height, width, 4) uint8; the last channel is 0 where it is transparent."""
        width, height = self._size
        if rgba.shape != (height, width, 4) or rgba.dtype != np.uint8:
            raise ValueError(f"expected uint8 of shape {(height, width, 4)}, got {rgba.dtype} of {rgba.shape}")
        with write_errors(self.path):
            self._container.mux(self._video.encode(self._yuva(rgba)))
            self._frames += 1
            if self._audio:
                self._audio.write_until(self._frames / self._rate)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exits.__exit__(kind, error, trace)

    def _finish(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with write_errors(self.path):
            if kind is None and self._frames:
                self._container.mux(self._video.encode(None))
                if self._audio:
                    self._audio.finish(self._frames / self._rate)
            self._container.close()
        if kind is None and not self._frames:
            raise ValueError("no picture was written")

    def _add_video(self) -> VideoStream:
        width, height = self._size
        stream = self._container.add_stream("libvpx-vp9", rate=self._rate, options=self._options)
        stream.width, stream.height, stream.pix_fmt = width - width % 2, height - height % 2, "yuva420p"
        stream.codec_context.colorspace = Colorspace.ITU709
        stream.codec_context.color_range = ColorRange.MPEG
        stream.codec_context.color_primaries = ColorPrimaries.BT709
        stream.codec_context.color_trc = ColorTrc.BT709
        return stream

    def _yuva(self, rgba: NDArray[np.uint8]) -> VideoFrame:
        even = np.ascontiguousarray(rgba[: self._video.height, : self._video.width])
        picture = self._reformatter.reformat(
            VideoFrame.from_ndarray(even, format="rgba"),
            format="yuva420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            interpolation=_QUALITY,
            threads=1,
        )
        picture.pts = self._frames
        picture.time_base = 1 / self._rate
        return picture


class _SoundTrack:
    """Opus, written in step with the pictures."""

    def __init__(self, container: OutputContainer, samples: NDArray[np.float32]) -> None:
        self._container = container
        self._samples = samples
        self._position = 0
        self._stream: AudioStream = container.add_stream("libopus", rate=_OPUS_RATE, layout="mono")
        self._stream.bit_rate = _OPUS_BIT_RATE

    def write_until(self, time_s: Fraction) -> None:
        """Whole Opus frames up to `time_s`."""
        while self._position + _OPUS_FRAME <= time_s * _OPUS_RATE:
            self._write(_OPUS_FRAME)

    def finish(self, time_s: Fraction) -> None:
        """The rest up to `time_s`."""
        self.write_until(time_s)
        if rest := round(time_s * _OPUS_RATE) - self._position:
            self._write(rest)
        self._container.mux(self._stream.encode(None))

    def _write(self, count: int) -> None:
        block = self._samples[self._position : self._position + count]
        block = np.pad(block, (0, count - len(block)))
        frame = AudioFrame.from_ndarray(block[np.newaxis], format="flt", layout="mono")
        frame.sample_rate, frame.time_base, frame.pts = _OPUS_RATE, Fraction(1, _OPUS_RATE), self._position
        self._position += count
        self._container.mux(self._stream.encode(frame))
