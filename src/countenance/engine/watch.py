"""One pass over the footage: follow the face, cut out the mouths, and write the clip that plays while it speaks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from countenance.engine.align import FaceTrack, track_of
from countenance.engine.atlas import Patch, cut_patch
from countenance.errors import CountenanceError, Finding
from countenance.media.errors import UNDECODABLE
from countenance.media.limits import Limits
from countenance.media.probe import MediaInfo
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
    """What was seen in the T frames of the footage."""

    track: FaceTrack
    patches: list[Patch | None]
    thumbnail: NDArray[np.uint8]
    """(T, 18, 32, 3)"""
    width: int
    height: int


def watch(
    footage: Path,
    info: MediaInfo,
    base_clip: Path,
    settings: Settings,
    limits: Limits,
    *,
    until: float | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> Watched:
    """Read the footage once, and write `base_clip` from it. Stops at the monotonic time `until`, if given.

    Raises:
        CountenanceError: what reading and writing may raise.
    """
    expected = max(1.0, info.duration_s * FPS)
    meshes: list[FaceMesh | None] = []
    patches: list[Patch | None] = []
    thumbnails: list[NDArray[np.uint8]] = []
    stream = frames(footage, limits=limits)
    first = next(stream, None)
    if first is None:
        raise CountenanceError(Finding(UNDECODABLE, file=str(footage)))
    height, width = first.image.shape[:2]
    writer = VideoWriter(base_clip, width, height, crf=_BASE_CRF, preset=_BASE_PRESET, keyframe_every=_BASE_KEYFRAMES)
    with FaceTracker(settings) as tracker, writer:
        frame: Frame | None = first
        while frame is not None and (not meshes or until is None or time.monotonic() < until):
            mesh = tracker.track(frame.image, frame.time_s)
            meshes.append(mesh)
            patches.append(None if mesh is None else _patch(frame.image, mesh))
            small = cv2.resize(frame.image, THUMBNAIL_PX, interpolation=cv2.INTER_AREA)
            thumbnails.append(np.asarray(small, np.uint8))
            writer.write(frame.image)
            progress(len(meshes) / expected)
            frame = next(stream, None)
    return Watched(track_of(meshes), patches, np.stack(thumbnails), width, height)


def _patch(image: NDArray[np.uint8], mesh: FaceMesh) -> Patch | None:
    """None where the mouth is out of the picture."""
    height, width = image.shape[:2]
    mouth = mesh.points[13, :2]
    return cut_patch(image, mesh.points[:468, :2]) if (mouth >= 0).all() and (mouth < (width, height)).all() else None
