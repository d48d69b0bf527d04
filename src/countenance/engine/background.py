"""What is seen behind the person: as filmed, nothing at all, a colour, a picture or a video."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from itertools import repeat
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from countenance.engine.errors import BACKGROUND_UNREADABLE, SUFFIX_MISFITS, UNKNOWN_BACKGROUND
from countenance.errors import CountenanceError, Finding
from countenance.media.alpha import SUFFIX, AlphaWriter
from countenance.media.errors import UNKNOWN_FORMAT
from countenance.media.image import is_image, read_image
from countenance.media.limits import Limits, limits_from
from countenance.media.probe import probe
from countenance.media.read import SAMPLE_RATE, frames
from countenance.media.write import FileWriter, Seal, VideoWriter
from countenance.people.silhouette import Cutout, Silhouette
from countenance.settings import Settings

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]

COLOURS: dict[str, Colour] = {
    "green": (0, 177, 64),
    "blue": (0, 71, 187),
    "white": (255, 255, 255),
    "black": (0, 0, 0),
}
"""Colours with a name. Green and blue are those of painted studio walls: keying programs look for them, and video keeps
them better than the corners of the colour space."""
_HEX = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_SUFFIXES = (".mp4", ".m4v", ".mov")
"""What the names of MP4 files end in, for all players; under any other name there is something else."""
_LOOP_FADE_FRAMES = 12
"""Half a second in which the end of a video fades into its beginning."""
_PAPER = 255
"""What shows through the clear parts of a picture."""


class Kind(StrEnum):
    """What there is behind the person."""

    FILMED = "filmed"
    TRANSPARENT = "transparent"
    COLOUR = "colour"
    PICTURE = "picture"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Background:
    """What is wanted behind the person."""

    kind: Kind = Kind.FILMED
    colour: Colour | None = None
    """of `Kind.COLOUR`, 0 to 255 each"""
    file: Path | None = None
    """of `Kind.PICTURE` and `Kind.VIDEO`"""


FILMED = Background()


def background_of(text: str) -> Background:
    """What a user means by `filmed`, `transparent`, the name of a colour, `#rrggbb`, or the path of a file.

    A path is taken as it is; `check_background` says what is wrong with the file.

    Raises:
        CountenanceError: engine.unknown_background.
    """
    word = text.strip().lower()
    if word in (Kind.FILMED, Kind.TRANSPARENT):
        return Background(Kind(word))
    if word in COLOURS:
        return Background(Kind.COLOUR, COLOURS[word])
    if _HEX.fullmatch(word):
        digits = word[1:] if len(word) == 7 else "".join(2 * digit for digit in word[1:])
        red, green, blue = bytes.fromhex(digits)
        return Background(Kind.COLOUR, (red, green, blue))
    try:
        path = Path(text).expanduser()
        missing = not path.exists()
    except (OSError, RuntimeError, ValueError) as error:  # no file can have such a name
        raise CountenanceError(Finding(UNKNOWN_BACKGROUND, measured=text.strip()[:60])) from error
    if missing and not path.suffix and path.name == text.strip():
        raise CountenanceError(Finding(UNKNOWN_BACKGROUND, measured=text.strip()[:60]))
    return Background(Kind.PICTURE if is_image(path) else Kind.VIDEO, file=path)


def check_background(background: Background, out: Path, limits: Limits) -> None:
    """Whether the background can be used and the video's name fits it, before much work is done.

    Raises:
        CountenanceError: engine.suffix_misfits, engine.background_unreadable, and whatever else is wrong with the
            file of a picture or video.
    """
    suffixes = (SUFFIX,) if background.kind is Kind.TRANSPARENT else _SUFFIXES
    if out.suffix.lower() not in suffixes:
        raise CountenanceError(Finding(SUFFIX_MISFITS, file=str(out), measured=out.suffix or "no suffix"))
    if background.file is not None and background.kind is Kind.PICTURE:
        read_image(background.file, limits)
    elif background.file is not None:
        if not _is_video(background.file, limits):
            raise CountenanceError(Finding(BACKGROUND_UNREADABLE, file=str(background.file)))
        next(frames(background.file, limits=limits))


def _is_video(path: Path, limits: Limits) -> bool:
    """Whether a file has a moving picture; one that is no media file at all has none.

    Raises:
        CountenanceError: for whatever else is wrong with the file.
    """
    try:
        return probe(path, limits).video is not None
    except CountenanceError as error:
        if error.finding.rule is UNKNOWN_FORMAT:
            return False
        raise


def writer_for(
    background: Background,
    out: Path,
    width: int,
    height: int,
    *,
    audio: NDArray[np.float32] | None = None,
    sample_rate: int = SAMPLE_RATE,
    seal: Seal | None = None,
) -> FileWriter:
    """The writer for what `Backdrop.behind` gives, of such a size."""
    kind = AlphaWriter if background.kind is Kind.TRANSPARENT else VideoWriter
    return kind(out, width, height, audio=audio, sample_rate=sample_rate, seal=seal)


class Backdrop:
    """Puts a background behind the person in one picture after another. A context manager.

    Raises:
        CountenanceError: whatever is wrong with the file of a picture or video, while it is read.
    """

    def __init__(self, background: Background, width: int, height: int, settings: Settings) -> None:
        self._background = background
        self._size = (width, height)
        self._settings = settings
        self._clear: Picture | None = None
        self._scenes: Iterator[Picture] = iter(())
        self._silhouette: Silhouette | None = None

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            if self._background.kind is not Kind.FILMED:
                self._silhouette = stack.enter_context(Silhouette(self._settings))
                self._scenes = _scenes(self._background, self._size, limits_from(self._settings))
            self._exits = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._scenes = iter(())
        self._exits.__exit__(kind, error, at)

    def behind(self, rgb: Picture) -> Picture:
        """The next picture (H, W, 3) of the video before its background; (H, W, 4) if that is transparent."""
        if self._silhouette is None:
            return rgb
        cutout = self._silhouette.cut(rgb)
        if self._background.kind is Kind.TRANSPARENT:
            return self._cleared(cutout)
        return laid_over(cutout, next(self._scenes))

    def _cleared(self, cutout: Cutout) -> Picture:
        """With nothing of the room left where it does not show: it would stay in the file, and bleed into the edges."""
        rgba = cv2.merge([cutout.rgb, cutout.alpha])
        if self._clear is None:
            soft = cutout.rgb[(cutout.alpha > 0) & (cutout.alpha < 255)]
            self._clear = np.zeros((*cutout.alpha.shape, 4), np.uint8)
            self._clear[..., :3] = soft.mean(axis=0).astype(np.uint8) if len(soft) else 0
        cv2.copyTo(self._clear, cv2.inRange(cutout.alpha, 0, 0), rgba)
        return np.asarray(rgba, np.uint8)


def laid_over(cutout: Cutout, scene: Picture) -> Picture:
    """The person of the cutout before a scene (H, W, 3)."""
    result = np.asarray(cv2.copyTo(cutout.rgb, cv2.inRange(cutout.alpha, 255, 255), scene.copy()), np.uint8)
    soft = np.flatnonzero(cv2.inRange(cutout.alpha, 1, 254))
    share = cutout.alpha.reshape(-1)[soft].astype(np.float32)[:, None] / np.float32(255.0)
    person, below = (picture.reshape(-1, 3)[soft].astype(np.float32) for picture in (cutout.rgb, scene))
    result.reshape(-1, 3)[soft] = np.rint(below + share * (person - below)).astype(np.uint8)
    return result


def _scenes(background: Background, size: tuple[int, int], limits: Limits) -> Iterator[Picture]:
    """Endless pictures (H, W, 3) of what is behind the person."""
    width, height = size
    if background.colour is not None:
        return repeat(np.full((height, width, 3), background.colour, np.uint8))
    if background.file is None:
        return iter(())
    file = background.file
    if background.kind is Kind.PICTURE:
        return repeat(_covering(_on_paper(file, limits), size))
    return looped(lambda: (_covering(frame.image, size) for frame in frames(file, limits=limits)))


def _on_paper(path: Path, limits: Limits) -> Picture:
    image = read_image(path, limits)
    if image.alpha is None:
        return image.rgb
    share = image.alpha[..., None].astype(np.float32) / np.float32(255.0)
    return np.asarray(np.rint(_PAPER + share * (image.rgb - np.float32(_PAPER))), np.uint8)


def _covering(picture: Picture, size: tuple[int, int]) -> Picture:
    """A picture scaled until it covers (width, height), and the middle of it."""
    (width, height), (h, w) = size, picture.shape[:2]
    scale = max(width / w, height / h)
    # Only what will be seen is scaled.
    seen_w, seen_h = max(1, min(w, round(width / scale))), max(1, min(h, round(height / scale)))
    left, top = (w - seen_w) // 2, (h - seen_h) // 2
    way = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_CUBIC
    part = picture[top : top + seen_h, left : left + seen_w]
    return np.asarray(cv2.resize(part, (width, height), interpolation=way), np.uint8)


def looped(opened: Callable[[], Iterator[Picture]]) -> Iterator[Picture]:
    """A video again and again; its end fades into its beginning, so that no jump is seen.

    `opened` gives its pictures from the start, at least one of them.
    """
    source = opened()
    waiting: deque[Picture] = deque()
    while True:
        while len(waiting) <= _LOOP_FADE_FRAMES and (picture := next(source, None)) is not None:
            waiting.append(picture)
        if len(waiting) > _LOOP_FADE_FRAMES:
            yield waiting.popleft()
            continue
        ending = list(waiting)
        waiting.clear()
        source = opened()
        for index, last in enumerate(ending):
            share = (index + 1) / (len(ending) + 1)
            first = next(source, last)
            yield np.asarray(cv2.addWeighted(last, 1.0 - share, first, share, 0.0), np.uint8)
