"""The face through time, and the canonical frame in which a mouth is compared with a mouth.

Canonical coordinates: origin between the outer eye corners, x to the picture's right, y down the face, and the
distance between the outer eye corners is 1. They are fixed to the skull, so what moves in them is the mouth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from countenance.engine.landmarks import EYE_CORNERS, INNER_GAPS, STABLE
from countenance.people.face import BLENDSHAPES, FaceMesh

Array = NDArray[np.float32]

POINTS = 468
_LIP_SIGMA_FRAMES = 0.6
_HEAD_SIGMA_FRAMES = 1.0
_CUT_JUMP = 0.12
"""A head that moves by more than this share of the eye distance within a frame was cut, not moved."""
_BLINK = [BLENDSHAPES.index("eyeBlinkLeft"), BLENDSHAPES.index("eyeBlinkRight")]


@dataclass(frozen=True, slots=True)
class FaceTrack:
    """A face in T frames at the engine's rate. Rows of frames without a face are NaN."""

    points: Array
    """(T, 468, 2) pixels of the picture."""
    pose: Array
    """(T, 3) yaw, pitch, roll in degrees, as `people.face.FaceMesh` has them."""
    blink: Array
    """(T,) 0 open to 1 shut."""
    begins: NDArray[np.bool_]
    """(T,) whether a frame does not follow the one before it: the first, and the first after a part left out."""

    def __len__(self) -> int:
        return len(self.points)

    @property
    def found(self) -> NDArray[np.bool_]:
        """(T,) whether there is a face."""
        return np.isfinite(self.points[:, 0, 0])

    def part(self, frames: slice | NDArray[np.intp]) -> FaceTrack:
        return FaceTrack(self.points[frames], self.pose[frames], self.blink[frames], self.begins[frames])


def track_of(meshes: list[FaceMesh | None], begins: NDArray[np.bool_] | None = None) -> FaceTrack:
    """Stack what a tracker found frame by frame, with the landmarks' jitter smoothed out of each unbroken stretch.
    Without `begins` all frames follow each other.

    The filter looks both ways and is narrower than a phone is long, so lips neither lag nor lose their closures.
    """
    points = np.full((len(meshes), POINTS, 2), np.nan, np.float32)
    pose = np.full((len(meshes), 3), np.nan, np.float32)
    blink = np.full(len(meshes), np.nan, np.float32)
    for index, mesh in enumerate(meshes):
        if mesh is not None:
            points[index] = mesh.points[:POINTS, :2]
            pose[index] = mesh.yaw_deg, mesh.pitch_deg, mesh.roll_deg
            blink[index] = mesh.blendshapes[_BLINK].mean()
    track = FaceTrack(points, pose, blink, np.arange(len(meshes)) == 0 if begins is None else begins)
    for start, end in stretches(track):
        points[start:end] = gaussian_filter1d(points[start:end], _LIP_SIGMA_FRAMES, axis=0, mode="nearest")
    return track


def joined(tracks: Sequence[FaceTrack]) -> FaceTrack:
    """Tracks one after another; each begins anew."""
    names = [field.name for field in fields(FaceTrack)]
    whole = FaceTrack(*(np.concatenate([getattr(track, name) for track in tracks]) for name in names))
    whole.begins[np.cumsum([0, *(len(track) for track in tracks[:-1])])] = True
    return whole


def eye_distance_px(track: FaceTrack) -> float:
    """Median distance of the outer eye corners in pixels."""
    right, left = (track.points[:, corner] for corner in EYE_CORNERS)
    return float(np.nanmedian(np.linalg.norm(left - right, axis=1)))


def stable_template(track: FaceTrack) -> Array:
    """(S, 2) canonical places of this person's `STABLE` points: the mean over all frames with a face."""
    shapes = apply(_from_eyes(track.points[track.found]), track.points[track.found][:, STABLE])
    return np.asarray(shapes.mean(axis=0), np.float32)


def stretches(track: FaceTrack) -> list[tuple[int, int]]:
    """Start and end (exclusive) of each stretch of frames with a face that no cut breaks."""
    if not track.found.any():
        return []
    steady = track.points[:, STABLE]
    jump = np.linalg.norm(np.diff(steady, axis=0), axis=2)
    # The median point, so that a landmark that slips is not taken for a cut.
    moved = np.median(jump, axis=1) > _CUT_JUMP * eye_distance_px(track)
    cuts = np.flatnonzero(moved | track.begins[1:]) + 1
    parts: list[tuple[int, int]] = []
    for start, end in runs(track.found):
        edges = [start, *(int(cut) for cut in cuts if start < cut < end), end]
        parts += list(pairwise(edges))
    return parts


def to_canonical(track: FaceTrack, template: Array) -> Array:
    """(T, 2, 3) similarity transforms from picture to canonical coordinates; NaN where there is no face.

    Jitter of the landmarks is smoothed in the stable points, within each unbroken stretch of frames.
    """
    transforms = np.full((len(track), 2, 3), np.nan, np.float32)
    for start, end in stretches(track):
        steady = gaussian_filter1d(track.points[start:end][:, STABLE], _HEAD_SIGMA_FRAMES, axis=0, mode="nearest")
        transforms[start:end] = fit_similarity(steady, template)
    return transforms


def fit_similarity(source: Array, target: Array) -> Array:
    """(T, 2, 3) least-squares rotation, scale and shift from points (T, N, 2) to points (N, 2).

    Umeyama 1991 (doi 10.1109/34.88573) in the plane, where a complex factor is rotation and scale at once.
    """
    z = source[..., 0].astype(np.complex128) + 1j * source[..., 1]
    w = target[..., 0].astype(np.complex128) + 1j * target[..., 1]
    z_mean, w_mean = z.mean(axis=-1, keepdims=True), w.mean(axis=-1, keepdims=True)
    factor = (np.conj(z - z_mean) * (w - w_mean)).sum(axis=-1) / (np.abs(z - z_mean) ** 2).sum(axis=-1)
    shift = w_mean[..., 0] - factor * z_mean[..., 0]
    return np.stack(
        [
            np.stack([factor.real, -factor.imag, shift.real], axis=-1),
            np.stack([factor.imag, factor.real, shift.imag], axis=-1),
        ],
        axis=-2,
    ).astype(np.float32)


def apply(transforms: Array, points: Array) -> Array:
    """Points (..., N, 2) under transforms (..., 2, 3)."""
    moved = np.einsum("...ij,...nj->...ni", transforms[..., :2], points) + transforms[..., None, :, 2]
    return np.asarray(moved, np.float32)


def invert(transforms: Array) -> Array:
    """The inverse similarities, (..., 2, 3)."""
    linear = np.linalg.inv(transforms[..., :2].astype(np.float64))
    shift = -np.einsum("...ij,...j->...i", linear, transforms[..., 2])
    return np.concatenate([linear, shift[..., None]], axis=-1).astype(np.float32)


def chain(second: Array, first: Array) -> Array:
    """(..., 2, 3) the transform that is `first` and then `second`."""
    linear = second[..., :2] @ first[..., :2]
    shift = (second[..., :2] @ first[..., 2:])[..., 0] + second[..., 2]
    return np.concatenate([linear, shift[..., None]], axis=-1).astype(np.float32)


def lip_gap(track: FaceTrack) -> Array:
    """(T,) inner lip gap in units of the median eye distance; what "mouth open" means in every metric."""
    pairs = [np.linalg.norm(track.points[:, a] - track.points[:, b], axis=1) for a, b in INNER_GAPS]
    return np.asarray(np.mean(pairs, axis=0) / eye_distance_px(track), np.float32)


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Start and end (exclusive) of each unbroken stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _from_eyes(points: Array) -> Array:
    """(T, 2, 3) the similarity that puts the outer eye corners at (-0.5, 0) and (0.5, 0), frame by frame."""
    corners = points[:, EYE_CORNERS, :]
    return fit_similarity(corners, np.array([[-0.5, 0.0], [0.5, 0.0]], np.float32))
