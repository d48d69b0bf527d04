"""Pairs to learn from: a mouth as the engine would show it, and the same moment as it was filmed.

Every block of the footage is spoken again on its own pictures, with mouths from the rest of the footage, by the very
code that speaks at run time. So the net sees the mistakes that it is to repair, and no mouth is shown to it with the
answer in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from countenance.engine.align import apply, invert
from countenance.engine.atlas import Atlas
from countenance.engine.choice import choose
from countenance.engine.compose import Compositor, Layers, Stage
from countenance.engine.landmarks import LIP_COUNT, RING
from countenance.engine.refine.crop import Crop, Wishes, fit_wishes
from countenance.engine.replica import Replica
from countenance.engine.speak import MouthPath

Array = NDArray[np.float32]
Picture = NDArray[np.uint8]
Rows = NDArray[np.intp]

_BLOCK_FRAMES = 50
_APART_FRAMES = 8
"""Mouths nearer in time than this are the same mouth; none is shown in place of another."""
_CHECKED_EVERY = 6
"""One block of so many is not learned from."""
_MOST_FRAMES = 1500
"""As many are learned from; of more, blocks from all over the footage."""
_QUICKLY = [cv2.IMWRITE_PNG_COMPRESSION, 1]
_LEAST_CHOICE = 100
"""With fewer mouths to choose from, what is shown says little of how a whole atlas does."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """P moments, in the order in which they were filmed within each block."""

    shown: Picture
    """(P, S, S, 3) `compose.Layers.met` of each, as the crop sees it"""
    region: Picture
    """(P, S, S) its opacity, 0 to 255"""
    real: Picture
    """(P, S, S, 3) as filmed"""
    wishes: Array
    """(P, C)"""
    lips: NDArray[np.int32]
    """(P, 4) left, top, right, bottom of the filmed lips in the crop"""
    follows: NDArray[np.bool_]
    """(P,) whether it comes right after the moment before it"""

    def __len__(self) -> int:
        return len(self.real)


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """All that a net is made from."""

    crop: Crop
    wishes: Wishes
    neutral: Picture
    """(S, S, 3) the filmed mouth nearest to the mouth at rest"""
    learned: Pairs
    """spoken with the true and with the predicted mouth"""
    checked: Pairs
    """spoken with the predicted mouth, not learned from"""


def make_pairs(
    replica: Replica,
    heard: MouthPath,
    side: int,
    progress: Callable[[float], None] = lambda _: None,
    *,
    late: Callable[[], bool] = lambda: False,
) -> Lesson | None:
    """Pairs of crops of `side` pixels from a replica's atlas; None if there is too little footage for it.

    `heard` is the mouth as predicted from the footage's own sound, for all its frames. Once it is `late`, no more
    blocks are spoken.
    """
    atlas = replica.atlas
    centre = atlas.control[:, len(RING) : len(RING) + LIP_COUNT].mean(axis=(0, 1))
    crop = Crop(side, np.asarray(centre, np.float32))
    blocks = _blocks(atlas.frame)
    if len(blocks) < 2 or len(atlas) - 2 * _BLOCK_FRAMES < _LEAST_CHOICE:
        return None
    checked = blocks[_CHECKED_EVERY // 2 % len(blocks) :: _CHECKED_EVERY]
    taken = atlas.frame[np.concatenate(checked)]
    learned = [block[_away(atlas.frame[block], taken)] for block in blocks]
    learned = [block for block in learned if len(block) > 1]
    if not learned:
        return None
    small, wishes = _shrunk(atlas, crop), fit_wishes(atlas.control[:, len(RING) :])
    painter = _Painter(replica, small, heard, crop, wishes)
    tested = [painter.speak(block, truly=False) for block in checked]
    taught: list[Pairs] = []
    # In no order of time, so that those that are spoken before it is late are from all over the footage.
    for count, index in enumerate(np.random.default_rng(0).permutation(len(learned))):
        taught += [painter.speak(learned[index], truly=truly) for truly in (False, True)]
        progress((count + 1) / len(learned))
        if late():
            break
    rest = np.linalg.norm(atlas.code - replica.rest[:-1], axis=1).argmin()
    return Lesson(crop, wishes, small.patch(int(rest)), _together(taught), _together(tested))


class _Painter:
    """Speaks blocks of the footage again."""

    def __init__(self, replica: Replica, small: Atlas, heard: MouthPath, crop: Crop, wishes: Wishes) -> None:
        self._replica, self._small, self._heard, self._crop, self._wishes = replica, small, heard, crop, wishes

    def speak(self, block: Rows, *, truly: bool) -> Pairs:
        """The rows of a block, spoken in the shapes that were filmed or in those that are predicted."""
        atlas = self._replica.atlas
        elsewhere = np.flatnonzero(_away(atlas.frame, atlas.frame[block]))
        choice = choose(
            replace(self._replica, atlas=_part(atlas, elsewhere)), self._path(block, truly), atlas.pose[block]
        )
        shapes = atlas.control[block, len(RING) :] if truly else choice.shapes
        compositor = Compositor(self._small)
        spoken = []
        for row, shape, rows in zip(block, shapes, choice.rows, strict=True):
            stage = Stage(self._small.patch(int(row)), self._crop.to_canonical, atlas.control[row])
            layers = compositor.layers(stage, shape, [(int(elsewhere[other]), weight) for other, weight in rows])
            if layers is None:
                raise ValueError("the crop does not show its own mouth")
            spoken.append((stage, layers))
        return self._pairs(spoken, np.diff(atlas.frame[block], prepend=atlas.frame[block[0]]) == 1)

    def _path(self, block: Rows, truly: bool) -> MouthPath:
        atlas = self._replica.atlas
        frames = atlas.frame[block]
        speaking = self._heard.speaking[frames]
        if truly:
            return MouthPath(atlas.code[block], atlas.gap[block], speaking)
        return MouthPath(self._heard.code[frames], self._heard.gap[frames], speaking)

    def _pairs(self, spoken: list[tuple[Stage, Layers]], follows: NDArray[np.bool_]) -> Pairs:
        layers = [part for _, part in spoken]
        return Pairs(
            shown=np.stack([_whole(part.met, part, self._crop.side, cv2.BORDER_REPLICATE) for part in layers]),
            region=np.stack([_opacity(part, self._crop.side) for part in layers]),
            real=np.stack([stage.image for stage, _ in spoken]),
            wishes=self._wishes.of(np.stack([p.wanted for p in layers]), np.stack([p.filmed for p in layers])),
            lips=np.stack([_lips(stage, self._crop) for stage, _ in spoken]),
            follows=follows,
        )


def _blocks(frames: NDArray[np.int32]) -> list[Rows]:
    """Rows of unbroken stretches of frames, none longer than a block, at most as many as are learned from."""
    parts = np.split(np.arange(len(frames)), np.flatnonzero(np.diff(frames) != 1) + 1)
    cut = [part[k : k + _BLOCK_FRAMES] for part in parts for k in range(0, len(part), _BLOCK_FRAMES)]
    whole = [part for part in cut if len(part) > 1]
    every = -(-sum(len(part) for part in whole) // _MOST_FRAMES)
    return whole[:: max(1, every)]


def _away(frames: NDArray[np.int32], taken: NDArray[np.int32]) -> NDArray[np.bool_]:
    """(n,) whether a frame is far in time from all those taken."""
    near = np.abs(frames[:, None].astype(np.int64) - taken[None]).min(axis=1)
    return np.asarray(near > _APART_FRAMES)


def _shrunk(atlas: Atlas, crop: Crop) -> Atlas:
    """The atlas as the crop sees it; without loss, since it has been through JPEG already."""
    cut = (crop.cut(atlas.patch(row), atlas.from_canonical[row]) for row in range(len(atlas)))
    coded = [bytes(cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), _QUICKLY)[1]) for picture in cut]
    return replace(atlas, from_canonical=np.repeat(invert(crop.to_canonical)[None], len(atlas), axis=0), jpegs=coded)


def _part(atlas: Atlas, rows: Rows) -> Atlas:
    return Atlas(
        frame=atlas.frame[rows],
        code=atlas.code[rows],
        gap=atlas.gap[rows],
        pose=atlas.pose[rows],
        control=atlas.control[rows],
        from_canonical=atlas.from_canonical[rows],
        jpegs=[atlas.jpegs[row] for row in rows],
    )


def _whole(inside: Picture, layers: Layers, side: int, border: int) -> Picture:
    """(side, side, ...) of what covers only the layers' box."""
    left, top, right, bottom = layers.box
    return np.asarray(cv2.copyMakeBorder(inside, top, side - bottom, left, side - right, border), np.uint8)


def _opacity(layers: Layers, side: int) -> Picture:
    return _whole(np.rint(255 * layers.region).astype(np.uint8), layers, side, cv2.BORDER_CONSTANT)


def _lips(stage: Stage, crop: Crop) -> NDArray[np.int32]:
    lips = apply(invert(crop.to_canonical), stage.control[len(RING) : len(RING) + LIP_COUNT])
    margin = 0.35 * float((lips.max(axis=0) - lips.min(axis=0)).max())
    low, high = np.floor(lips.min(axis=0) - margin), np.ceil(lips.max(axis=0) + margin)
    edges = np.concatenate([low, high])
    return np.asarray(np.clip(edges, 0, crop.side), np.int32)


def _together(parts: list[Pairs]) -> Pairs:
    return Pairs(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in Pairs.__dataclass_fields__}
    )
