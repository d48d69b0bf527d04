"""The pictures of an evenly timed clip by number, from one decoder that stays open."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from countenance.media.container import main_video, open_input, pictures
from countenance.media.errors import NO_VIDEO, UNDECODABLE, problem
from countenance.media.limits import Limits
from countenance.media.picture import PictureReader
from countenance.media.read import FPS

_WORTH_DECODING = 12
"""A picture so few ahead is reached by decoding on; one further away by a jump to a key picture before it."""


class ClipDecoder:
    """Reads a clip that has a picture every 1 / FPS s, such as `media.write` makes. A context manager.

    Files that are opened and dropped anew for every jump keep their decoders' memory until the garbage collector
    comes round; this one is opened once.

    Raises:
        CountenanceError: media.no_video, media.undecodable and all that opening a file may raise.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path, self._limits = path, limits
        self._number = -1
        self._shown: NDArray[np.uint8] | None = None

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._container = stack.enter_context(open_input(self._path, self._limits))
            stream = main_video(self._container)
            if stream is None:
                raise problem(NO_VIDEO, self._path)
            self._stream = stream
            self._source = pictures(self._container, stream)
            first = next(self._source, None)
            if first is None:
                raise problem(UNDECODABLE, self._path)
            self._origin = first.pts or 0
            self._reader = PictureReader(first, stream.sample_aspect_ratio, None)
            self._show(first)
            self._exits = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._exits.__exit__(kind, error, at)

    @property
    def number(self) -> int:
        """Of the picture that was read last; the next one costs least."""
        return self._number

    def picture(self, number: int) -> NDArray[np.uint8]:
        """(H, W, 3) picture `number`; beyond the end the last one."""
        if not 0 <= number - self._number <= _WORTH_DECODING:
            self._jump(number)
        if number != self._number or self._shown is None:
            last: VideoFrame | None = None
            for picture in self._source:
                last = picture
                if self._number_of(picture) >= number:
                    break
            if last is not None:
                self._show(last)
        if self._shown is None:
            raise problem(UNDECODABLE, self._path)
        return self._shown

    def _jump(self, number: int) -> None:
        tick = self._stream.time_base or 1
        self._container.seek(self._origin + int(number / FPS / tick), stream=self._stream, backward=True)
        self._source = pictures(self._container, self._stream)
        self._number = -1

    def _show(self, picture: VideoFrame) -> None:
        self._number, self._shown = self._number_of(picture), self._reader.rgb(picture)

    def _number_of(self, picture: VideoFrame) -> int:
        return round(((picture.pts or 0) - self._origin) * float(self._stream.time_base or 0) * FPS)
