"""Look at parts of the footage: follow the face, cut out the mouths, write the clip that plays while it speaks."""

from __future__ import annotations

import time
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import chain, groupby, takewhile
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from countenance.engine.align import FaceTrack, joined, track_of
from countenance.engine.atlas import Patch, cut_patch
from countenance.engine.checkpoint import Checkpoints
from countenance.engine.pieces import Parts, Piece, clip_of, cut, keep, kept_piece
from countenance.errors import CountenanceError, Finding
from countenance.media.concatenate import concatenate
from countenance.media.errors import UNDECODABLE
from countenance.media.limits import Limits
from countenance.media.pipeline import ahead, behind
from countenance.media.read import FPS, Frame, frames
from countenance.media.write import VideoWriter
from countenance.people.face import FaceMesh, FaceTracker
from countenance.settings import Settings

THUMBNAIL_PX = (32, 18)
_BASE_CRF = 14
_BASE_PRESET = "superfast"
"""Near the original, and quick to write: this copy is what every rendered picture starts from."""
_BASE_KEYFRAMES = 25
"""Rendering jumps about in it."""


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """What was seen in T frames of the footage."""

    track: FaceTrack
    patches: list[Patch | None]
    thumbnail: NDArray[np.uint8]
    """(T, 18, 32, 3)"""
    source: NDArray[np.intp]
    """(T,) which frame of the footage each of them is"""
    width: int
    height: int

    def joined(self, other: Watched) -> Watched:
        """These frames, and then those of `other`."""
        return Watched(
            joined([self.track, other.track]),
            self.patches + other.patches,
            np.concatenate([self.thumbnail, other.thumbnail]),
            np.concatenate([self.source, other.source]),
            self.width,
            self.height,
        )


def watch(
    footage: Path,
    parts: Sequence[tuple[int, int]],
    base_clip: Path,
    settings: Settings,
    limits: Limits,
    kept: Checkpoints,
    *,
    until: float | None = None,
    size: tuple[int, int] | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> Watched:
    """Look at these parts of the footage, (first frame, frame behind the last) each, and write `base_clip` from them.

    What was watched is kept piece by piece; what is in `kept` already is not looked at again. Stops at the monotonic
    time `until`, if given, but not before the first frame. Pictures are brought to `size` (width, height), or to that
    of the first one.

    Raises:
        CountenanceError: media.undecodable if the parts hold no picture; what reading and writing may raise.
    """
    wanted = cut(list(parts))
    done = [piece for piece in takewhile(_is_there, (kept_piece(part, kept) for part in wanted)) if piece is not None]
    rest = wanted[len(done) :]
    watcher = _Watcher(settings, until, size, max(1, sum(end - start for start, end in wanted)), progress)
    for piece in done:
        watcher.count(piece)
    with ahead(_pictures(footage, _joined(rest), limits)) as pictures:
        for number, own in groupby(pictures, lambda frame: bisect([start for start, _ in rest], frame.index) - 1):
            if watcher.is_over():
                break
            piece = watcher.watch(own, clip_of(rest[number], kept))
            if not watcher.is_over():
                keep(rest[number], piece, kept)
            done.append(piece)
    if not done:
        raise CountenanceError(Finding(UNDECODABLE, file=str(footage)))
    concatenate([piece.clip for piece in done], base_clip)
    return _put_together(done)


def _put_together(pieces: Sequence[Piece]) -> Watched:
    indices = np.concatenate([piece.source for piece in pieces])
    begins = np.diff(indices, prepend=-2) != 1
    return Watched(
        track_of([mesh for piece in pieces for mesh in piece.meshes], begins),
        [patch for piece in pieces for patch in piece.patches],
        np.concatenate([piece.thumbnail for piece in pieces]),
        indices,
        pieces[0].width,
        pieces[0].height,
    )


class _Watcher:
    """Watches pieces, each as if nothing was seen before it: so it comes to the same after an interruption."""

    def __init__(
        self,
        settings: Settings,
        until: float | None,
        size: tuple[int, int] | None,
        expected: int,
        progress: Callable[[float], None],
    ) -> None:
        self._settings, self._until, self._size = settings, until, size
        self._expected, self._progress = expected, progress
        self._seen = 0

    def is_over(self) -> bool:
        """Whether the time is up, and something was seen."""
        return self._seen > 0 and self._until is not None and time.monotonic() >= self._until

    def count(self, piece: Piece) -> None:
        """A piece that was watched earlier."""
        self._size = piece.width, piece.height
        self._seen += len(piece.source)
        self._progress(self._seen / self._expected)

    def watch(self, pictures: Iterator[Frame], clip: Path) -> Piece:
        """Look at the pictures, at least one, until the time is up."""
        meshes: list[FaceMesh | None] = []
        patches: list[Patch | None] = []
        thumbnails: list[NDArray[np.uint8]] = []
        source: list[int] = []
        first = next(pictures)
        width, height = self._size = self._size or (first.image.shape[1], first.image.shape[0])
        with ExitStack() as stack:
            tracker = stack.enter_context(FaceTracker(self._settings))
            writer = stack.enter_context(_clip_writer(clip, width, height))
            store = stack.enter_context(behind(writer.write))
            for frame in chain([first], pictures):
                if self.is_over():
                    break
                image = _of_size(frame.image, width, height)
                store(image)
                mesh = tracker.track(image, frame.time_s)
                meshes.append(mesh)
                patches.append(None if mesh is None else _patch(image, mesh))
                small = cv2.resize(image, THUMBNAIL_PX, interpolation=cv2.INTER_AREA)
                thumbnails.append(np.asarray(small, np.uint8))
                source.append(frame.index)
                self._seen += 1
                self._progress(self._seen / self._expected)
        return Piece(meshes, patches, np.stack(thumbnails), np.array(source, np.intp), width, height, clip)


def _is_there(piece: Piece | None) -> bool:
    return piece is not None


def _joined(parts: Parts) -> Parts:
    """Parts that follow each other as one: they are read in one go."""
    joined: Parts = []
    for start, end in parts:
        if joined and joined[-1][1] == start:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined


def _pictures(footage: Path, parts: Sequence[tuple[int, int]], limits: Limits) -> Iterator[Frame]:
    for start, end in parts:
        with closing(frames(footage, limits=limits, start_s=start / FPS, end_s=end / FPS)) as stream:
            yield from stream


def _of_size(image: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Recordings may change their size on the way."""
    if image.shape[:2] == (height, width):
        return image
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _clip_writer(path: Path, width: int, height: int) -> VideoWriter:
    return VideoWriter(
        path, width, height, crf=_BASE_CRF, preset=_BASE_PRESET, keyframe_every=_BASE_KEYFRAMES, b_pictures=False
    )


def _patch(image: NDArray[np.uint8], mesh: FaceMesh) -> Patch | None:
    """None where the mouth is out of the picture."""
    height, width = image.shape[:2]
    mouth = mesh.points[13, :2]
    return cut_patch(image, mesh.points[:468, :2]) if (mouth >= 0).all() and (mouth < (width, height)).all() else None
