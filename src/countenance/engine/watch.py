"""Look at parts of the footage: follow the face, cut out the mouths, write the clip that plays while it speaks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from countenance.engine.align import FaceTrack, joined, track_of
from countenance.engine.atlas import Patch, cut_patch
from countenance.errors import CountenanceError, Finding
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
    *,
    until: float | None = None,
    size: tuple[int, int] | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> Watched:
    """Look at these parts of the footage, (first frame, frame behind the last) each, and write `base_clip` from them.

    Stops at the monotonic time `until`, if given, but not before the first frame. Pictures are brought to `size`
    (width, height), or to that of the first one.

    Raises:
        CountenanceError: media.undecodable if the parts hold no picture; what reading and writing may raise.
    """
    expected = max(1, sum(end - start for start, end in parts))
    meshes: list[FaceMesh | None] = []
    patches: list[Patch | None] = []
    thumbnails: list[NDArray[np.uint8]] = []
    source: list[int] = []
    with ExitStack() as stack:
        tracker = stack.enter_context(FaceTracker(settings))
        store: Callable[[NDArray[np.uint8]], None] | None = None
        for frame in stack.enter_context(ahead(_pictures(footage, parts, limits))):
            if meshes and until is not None and time.monotonic() >= until:
                break
            if store is None:
                width, height = size or (frame.image.shape[1], frame.image.shape[0])
                writer = stack.enter_context(_clip_writer(base_clip, width, height))
                store = stack.enter_context(behind(writer.write))
            image = _of_size(frame.image, width, height)
            store(image)
            mesh = tracker.track(image, frame.time_s)
            meshes.append(mesh)
            patches.append(None if mesh is None else _patch(image, mesh))
            small = cv2.resize(image, THUMBNAIL_PX, interpolation=cv2.INTER_AREA)
            thumbnails.append(np.asarray(small, np.uint8))
            source.append(frame.index)
            progress(len(meshes) / expected)
    if not meshes:
        raise CountenanceError(Finding(UNDECODABLE, file=str(footage)))
    indices = np.array(source, np.intp)
    begins = np.diff(indices, prepend=-2) != 1
    return Watched(track_of(meshes, begins), patches, np.stack(thumbnails), indices, width, height)


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
