"""What is learned from watched footage: the mouth's shapes, how speech moves them, and the atlas of mouths."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from countenance.engine.align import apply, chain, invert, lip_gap, runs, stable_template, stretches, to_canonical
from countenance.engine.atlas import CONTROL, Atlas, Patch
from countenance.engine.errors import APPEARANCE_CHANGES, TOO_LITTLE_TO_LEARN
from countenance.engine.hold_out import hold_out, near
from countenance.engine.landmarks import RING
from countenance.engine.looks import cuts, largest_look
from countenance.engine.motion import View, fit_motion
from countenance.engine.mouth import fit_basis
from countenance.engine.replica import BaseTrack, Replica
from countenance.engine.watch import Watched
from countenance.errors import CountenanceError, Finding
from countenance.media.read import FPS
from countenance.people.encoder import LAYERS

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]

_SHORTEST_STRETCH_FRAMES = 25
_LARGEST_ATLAS = 4000
_ATLAS_BLOCK = 100
_MOST_TURNED_DEG = 35.0
_BLURRED = 0.35
_RING_SIGMA_FRAMES = 1.0
_REST_QUANTILE = 0.5
_CLOSED_QUANTILE = 0.1
_REST_FRAMES = 10


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Watched footage, put into order."""

    watched: Watched
    stretches: list[tuple[int, int]]
    """of one look, long enough to be played"""
    template: Array
    to_unit: Array
    """(T, 2, 3) to canonical coordinates"""
    control: Array
    """(T, C, 2) canonical places of `atlas.CONTROL`"""
    gap: Array
    """(T,)"""
    shown: Mask
    """(T,) frames of the look that is played"""
    usable: Mask
    """(T,) frames with a face that is turned to the camera and whole in the picture"""
    voiced: Array
    """(T,) 1 in speech, 0 in silence"""
    held_out: Mask
    """(T,) frames whose mouths are not learned from"""

    @property
    def learnable(self) -> Mask:
        """(T,) usable frames that are not near the held-out ones."""
        return self.usable & ~near(self.held_out, self.watched.source)


def put_in_order(watched: Watched, voiced: Array, footage: Path) -> Material:
    """Align all frames, choose the look that is played, and hold out a part of it.

    `voiced` (T,) is 1 in speech and 0 in silence.

    Raises:
        CountenanceError: engine.too_little_to_learn, engine.appearance_changes.
    """
    track = watched.track
    found_s = float(track.found.sum()) / FPS
    least_s = TOO_LITTLE_TO_LEARN.limit or 0.0
    if found_s < least_s:
        raise CountenanceError(Finding(TOO_LITTLE_TO_LEARN, file=str(footage), measured=found_s))
    with_patch = np.array([patch is not None for patch in watched.patches])
    turned = np.abs(np.nan_to_num(track.pose[:, :2])).max(axis=1)
    usable = track.found & with_patch & (turned < _MOST_TURNED_DEG)
    whole = [part for stretch in stretches(track) for part in _split(stretch, cuts(watched.thumbnail))]
    long = [part for stretch in whole for part in _long_runs(usable, *stretch)]
    played = largest_look(long, watched.thumbnail, usable)
    shown = np.zeros(len(track), np.bool_)
    for start, end in played:
        shown[start:end] = True
    if shown.sum() < least_s * FPS:
        rule = APPEARANCE_CHANGES if sum(b - a for a, b in long) >= least_s * FPS else TOO_LITTLE_TO_LEARN
        raise CountenanceError(Finding(rule, file=str(footage), measured=float(shown.sum()) / FPS))
    template = stable_template(track)
    to_unit = to_canonical(track, template)
    control = apply(to_unit, track.points[:, CONTROL])
    for start, end in stretches(track):
        ring = control[start:end, : len(RING)]
        control[start:end, : len(RING)] = gaussian_filter1d(ring, _RING_SIGMA_FRAMES, axis=0, mode="nearest")
    held_out = hold_out(shown, voiced, watched.source)
    return Material(watched, played, template, to_unit, control, lip_gap(track), shown, usable, voiced, held_out)


def _split(stretch: tuple[int, int], at: NDArray[np.intp]) -> list[tuple[int, int]]:
    start, end = stretch
    return list(pairwise([start, *(int(cut) for cut in at if start < cut < end), end]))


def _long_runs(usable: Mask, start: int, end: int) -> list[tuple[int, int]]:
    """Parts of a stretch in which every frame is usable, without those too short to be played."""
    parts = [(start + a, start + b) for a, b in runs(usable[start:end])]
    return [(a, b) for a, b in parts if b - a >= _SHORTEST_STRETCH_FRAMES]


def learn(
    material: Material,
    views: list[View],
    base_clip: Path,
    layers: int = LAYERS,
) -> Replica:
    """Learn a replica from the frames that are not held out; `views` are the sound of all T frames (`motion.hear`),
    heard after so many `layers` of the encoder.
    """
    track = material.watched.track
    rows = np.flatnonzero(material.learnable)
    mouth = material.control[:, len(RING) :]
    basis = fit_basis(mouth[rows], track.pose[rows])
    targets = np.full((len(track), len(basis.components) + 1), np.nan, np.float32)
    found = np.flatnonzero(track.found)
    targets[found, :-1] = basis.code(mouth[found], track.pose[found])
    targets[found, -1] = material.gap[found]
    return Replica(
        basis=basis,
        motion=fit_motion(views, targets, material.learnable, layers),
        template=material.template,
        rest=_rest(targets[rows], material.voiced[rows]),
        track=_base_track(material),
        atlas=_atlas(material, targets),
        base_clip=base_clip,
        description={},
    )


def _rest(targets: Array, voiced: Array) -> Array:
    """(13,) the median mouth among the more closed half of the silent frames.

    Of somebody who never falls silent it is the median of the most closed tenth of all frames.
    """
    gap = targets[:, -1]
    silent = voiced <= 0.0
    if silent.sum() >= _REST_FRAMES:
        chosen = silent & (gap <= np.quantile(gap[silent], _REST_QUANTILE))
    else:
        chosen = gap <= np.quantile(gap, _CLOSED_QUANTILE)
    return np.asarray(np.median(targets[chosen], axis=0), np.float32)


def _base_track(material: Material) -> BaseTrack:
    track = material.watched.track
    stretch = np.full(len(track), -1, np.int32)
    for index, (start, end) in enumerate(material.stretches):
        stretch[start:end] = index
    return BaseTrack(
        stretch=stretch,
        to_canonical=material.to_unit,
        control=material.control,
        pose=track.pose,
        blink=track.blink,
        speaking=material.voiced,
        thumbnail=material.watched.thumbnail,
    )


def _atlas(material: Material, targets: Array) -> Atlas:
    rows = np.flatnonzero(material.shown & material.learnable)
    patches = material.watched.patches
    sharp = np.array([_patch(patches, row).sharpness for row in rows])
    rows = rows[sharp >= _BLURRED * np.median(sharp)]
    # Of a long recording, unbroken blocks from all over it: a mouth's natural successor is worth keeping.
    rows = rows[np.arange(len(rows)) // _ATLAS_BLOCK % -(-len(rows) // _LARGEST_ATLAS) == 0]
    chosen = [_patch(patches, row) for row in rows]
    from_frame = np.stack([patch.from_frame for patch in chosen])
    return Atlas(
        frame=material.watched.source[rows].astype(np.int32),
        code=targets[rows, :-1],
        gap=targets[rows, -1],
        pose=material.watched.track.pose[rows],
        control=material.control[rows],
        from_canonical=chain(from_frame, invert(material.to_unit[rows])),
        jpegs=[patch.jpeg for patch in chosen],
    )


def _patch(patches: list[Patch | None], row: np.intp) -> Patch:
    patch = patches[row]
    if patch is None:
        raise ValueError(f"frame {row} has no patch")
    return patch
