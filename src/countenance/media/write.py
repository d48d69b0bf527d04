"""Write MP4 files that play everywhere, and WAV files. A file appears under its name only when it is whole."""

from __future__ import annotations

import secrets
import wave
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from countenance.media.errors import CANNOT_WRITE, problem
from countenance.media.provenance import sidecar_of
from countenance.media.read import FPS, SAMPLE_RATE
from countenance.media.sound import resampled

_AAC_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000)
_AAC_BIT_RATE = 128_000
_AAC_BITS_PER_SAMPLE = 6  # ISO/IEC 14496-3: at most 6144 bits for the 1024 samples of a channel
_AAC_FRAME = 1024
_QUALITY = Interpolation.BICUBIC | Interpolation.FULL_CHR_H_INP | Interpolation.ACCURATE_RND

Seal = Callable[[Path, Path], None]
"""What is done to a finished file before it appears, such as signing it: called with the file under its passing name
and the name it will bear. It may replace the file; if it raises, nothing appears."""


@dataclass(frozen=True, slots=True)
class Coding:
    """How a kind of file is coded: its container and picture, with FFmpeg's names."""

    container: str
    container_options: Mapping[str, str]
    codec: Literal["libx264", "libvpx-vp9"]
    coded: str
    """pixel format in the file"""
    given: str
    """pixel format of the pictures that are written"""
    channels: int


@dataclass(frozen=True, slots=True, eq=False)
class CodedSound:
    """What is to be heard, and how it is coded."""

    samples: NDArray[np.float32]
    """(n,) in [-1, 1]"""
    rate: int
    """Hz"""
    codec: Literal["aac", "libopus"]
    sample_format: str
    bit_rate: int
    frame: int
    """samples that are coded together"""


_MP4 = Coding("mp4", {"movflags": "+faststart"}, "libx264", "yuv420p", "rgb24", 3)


class FileWriter:
    """Pictures, and sound in step with them, in one file of a certain coding; see `VideoWriter` and `AlphaWriter`."""

    def __init__(
        self,
        path: Path,
        width: int,
        height: int,
        coding: Coding,
        options: Mapping[str, str],
        fps: float,
        sound: CodedSound | None,
        seal: Seal | None,
    ) -> None:
        if width < 2 or height < 2:
            raise ValueError(f"a picture of {width} x {height} is too small for 4:2:0")
        self.path = path
        self._size = (width, height)
        self._coding = coding
        self._options = dict(options)
        self._rate = Fraction(fps).limit_denominator(1001)
        self._sound = sound
        self._seal = seal
        self._frames = 0
        self._reformatter = VideoReformatter()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            part = stack.enter_context(placed(self.path, self._seal))
            with write_errors(self.path):
                coding = self._coding
                self._container = av.open(
                    f"file:{part}", mode="w", format=coding.container, options=dict(coding.container_options)
                )
                stack.push(self._finish)
                self._video = self._add_video()
                self._audio = None if self._sound is None else _SoundTrack(self._container, self._sound)
            self._exits = stack.pop_all()
        return self

    def write(self, picture: NDArray[np.uint8]) -> None:
        """Append one picture, (height, width, channels) uint8."""
        shape = (self._size[1], self._size[0], self._coding.channels)
        if picture.shape != shape or picture.dtype != np.uint8:
            raise ValueError(f"expected uint8 of shape {shape}, got {picture.dtype} of {picture.shape}")
        with write_errors(self.path):
            self._container.mux(self._video.encode(self._yuv(picture)))
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
        stream = self._container.add_stream(self._coding.codec, rate=self._rate, options=self._options)
        stream.width, stream.height, stream.pix_fmt = width - width % 2, height - height % 2, self._coding.coded
        stream.codec_context.colorspace = Colorspace.ITU709
        stream.codec_context.color_range = ColorRange.MPEG
        stream.codec_context.color_primaries = ColorPrimaries.BT709
        stream.codec_context.color_trc = ColorTrc.BT709
        return stream

    def _yuv(self, given: NDArray[np.uint8]) -> VideoFrame:
        even = np.ascontiguousarray(given[: self._video.height, : self._video.width])
        picture = self._reformatter.reformat(
            VideoFrame.from_ndarray(even, format=self._coding.given),
            format=self._coding.coded,
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            interpolation=_QUALITY,
            threads=1,
        )
        picture.pts = self._frames
        picture.time_base = 1 / self._rate
        return picture


class VideoWriter(FileWriter):
    """An MP4 with H.264 (4:2:0, BT.709, limited range) and, if `audio` is given, AAC; index first, tracks interleaved.

    Use as a context manager and `write` one picture per frame. The sound, (n,) float32 in [-1, 1], is cut or filled
    with silence so that it ends with the last picture; its rate is kept if AAC knows it. Pictures with an odd width
    or height lose their last column or row, since 4:2:0 needs even sizes. There is a key picture at least every
    `keyframe_every` pictures: fewer make the file smaller, more make a jump in it quicker. Without `b_pictures` no
    picture leans on a later one, and `concatenate` can append the file to another. On any error, in here or
    in the body of the `with`, nothing is left behind and a file already at `path` stays as it was. `seal` is called
    with the finished file, before it appears.

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
        crf: int = 18,
        preset: str = "veryfast",
        keyframe_every: int = 250,
        b_pictures: bool = True,
        seal: Seal | None = None,
    ) -> None:
        options = {"crf": str(crf), "preset": preset, "g": str(keyframe_every)}
        if not b_pictures:
            options["bf"] = "0"
        sound = None if audio is None else _aac(audio, sample_rate)
        super().__init__(path, width, height, _MP4, options, fps, sound, seal)


class _SoundTrack:
    """Written in step with the pictures so that the tracks lie side by side in the file."""

    def __init__(self, container: OutputContainer, sound: CodedSound) -> None:
        self._container = container
        self._sound = sound
        self._position = 0
        self._stream: AudioStream = container.add_stream(sound.codec, rate=sound.rate, layout="mono")
        self._stream.bit_rate = sound.bit_rate

    def write_until(self, time_s: Fraction) -> None:
        """Whole frames up to `time_s`."""
        while self._position + self._sound.frame <= time_s * self._sound.rate:
            self._write(self._sound.frame)

    def finish(self, time_s: Fraction) -> None:
        """The rest up to `time_s`."""
        self.write_until(time_s)
        if rest := round(time_s * self._sound.rate) - self._position:
            self._write(rest)
        self._container.mux(self._stream.encode(None))

    def _write(self, count: int) -> None:
        rate = self._sound.rate
        block = self._sound.samples[self._position : self._position + count]
        block = np.pad(block, (0, count - len(block)))
        frame = AudioFrame.from_ndarray(block[np.newaxis], format=self._sound.sample_format, layout="mono")
        frame.sample_rate, frame.time_base, frame.pts = rate, Fraction(1, rate), self._position
        self._position += count
        self._container.mux(self._stream.encode(frame))


def write_wav(path: Path, samples: NDArray[np.float32], rate: int = SAMPLE_RATE) -> None:
    """16-bit mono WAV from (n,) float32 in [-1, 1]; louder samples are clipped.

    Raises:
        CountenanceError: media.cannot_write.
    """
    with placed(path) as part, write_errors(path), part.open("wb") as raw, wave.open(raw, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.round(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def _aac(samples: NDArray[np.float32], rate: int) -> CodedSound:
    """The samples at `rate` if AAC knows it, else at the next higher rate that it knows."""
    target = next((known for known in _AAC_RATES if known >= rate), _AAC_RATES[-1])
    heard = samples if target == rate else resampled(samples, rate, target)
    bit_rate = min(_AAC_BIT_RATE, _AAC_BITS_PER_SAMPLE * target)
    return CodedSound(heard, target, "aac", "fltp", bit_rate, _AAC_FRAME)


@contextmanager
def placed(path: Path, seal: Seal | None = None) -> Iterator[Path]:
    """A name beside `path` under which to write a file; at the end of the block it is sealed and takes its place.

    On any error nothing is left behind and a file already at `path` stays as it was.

    Raises:
        CountenanceError: media.cannot_write if it cannot take its place, and what `seal` raises.
    """
    # In the same folder, so that the finished file can be moved to its place in one step.
    part = path.resolve().parent / f".{secrets.token_hex(8)}.part"
    try:
        yield part
        with write_errors(path):
            if seal is None:
                part.replace(path)
            else:
                with _sidecar_kept(path):
                    seal(part, path)
                    part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def _sidecar_kept(path: Path) -> Iterator[None]:
    """A seal may write credentials beside `path`; if the block fails, those of the older file are there again."""
    sidecar = sidecar_of(path)
    before = sidecar.read_bytes() if sidecar.is_file() else None
    try:
        yield
    except BaseException:
        if before is None:
            sidecar.unlink(missing_ok=True)
        elif sidecar.read_bytes() != before:
            with placed(sidecar) as part:
                part.write_bytes(before)
        raise


@contextmanager
def write_errors(path: Path) -> Iterator[None]:
    """Turns what the disk or the encoder refuses into media.cannot_write."""
    try:
        yield
    except (FFmpegError, OSError) as error:
        raise problem(CANNOT_WRITE, path, f"{error.strerror}." if error.strerror else "") from error
