"""Where the person is in a picture, pixel by pixel, and what colour the soft edges have without what was behind them.

A small net sees the person at 256 px. Its map is cleaned, steadied over time, and brought to the picture's own edges
by the guided filter (He, Sun 2015, arXiv:1505.00996: its coefficients at a working size, applied at full size). Where
the edge stays soft, the share of the person follows from the colours on either side. All that happens at full size
happens in the narrow band of the edge alone.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from countenance.people import models
from countenance.people.tasks import close_task, silenced_stderr
from countenance.settings import Settings

Array = NDArray[np.float32]
Picture = NDArray[np.uint8]
Box = tuple[int, int, int, int]

_NET_PX = 256
_WORKING_PX = 448
"""Longer side of the copy on which edges are fitted."""
_CROP_MARGIN = 0.12
_CROP_DRIFT = 0.03
"""What is shown to the net around the person, in their longer side, and how far they move before it follows, in the
picture's."""
_LEAST_PIECE = 0.05
_LARGEST_HOLE = 0.004
"""Of the largest piece: a smaller one is an island, and a smaller hole a mistake."""
_STEADINESS = 0.75
_MOVED = 4.0 / 255.0
"""Share of the map before that is kept where the picture stands still, and the change of light that is movement."""
_FIT_RADIUS = 0.012
"""Of the working size's longer side."""
_SMOOTHNESS = 1e-3
_MEANS = (9, 3, 1)
"""Radii, in pixels of half the working size, of the means that tell the colours on both sides of the edge: near ones
where there is enough to take a mean of."""
_ENOUGH = 30.0
_DISTINCT = 0.15
"""Distance of two colours (of 1 a channel) at which they are believed half."""
_FREEDOM = 2.5
"""How far the colours may move a soft share q from what the filter says: this times q (1 - q)."""
_DECIDED = (0.2, 0.8)
"""Values of the net's map that count as nothing and as all: it is rarely sure of folds behind a person."""
_SOFT = (0.10, 0.92)
"""The same of a share at an edge: what is less is noise, or the blur of the filter."""
_LEAST_SPILL = 0.3
"""Of the background's colour is also taken out of pixels that are the person's alone: chroma bleeds over edges."""
_BAND_COLUMNS = 512


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """A person cut out of a picture."""

    rgb: Picture
    """(H, W, 3) the picture; at soft edges the person's colour without that of the background behind them"""
    alpha: Picture
    """(H, W) 0 background to 255 person"""


class Silhouette:
    """Cuts the person out of the pictures of a video, one after another. A context manager; not for two threads.

    Model: MediaPipe Selfie Segmentation, the square model. Fingers, loose hair and objects in the hand are finer than
    it sees: its own map has steps of four to eight pixels in a 720p picture.
    """

    def __init__(self, settings: Settings) -> None:
        self._segmenter = _segmenter(settings)
        self._close = weakref.finalize(self, close_task, self._segmenter)
        self._box: Box | None = None
        self._map: Array | None = None
        self._seen: Array | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._close()

    def cut(self, rgb: Picture) -> Cutout:
        """The person in the picture (H, W, 3) that follows the one before; nobody if none is seen."""
        height, width = rgb.shape[:2]
        scale = min(1.0, _WORKING_PX / max(height, width))
        size = max(8, round(width * scale)), max(8, round(height * scale))
        reduced = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
        small = np.ascontiguousarray(reduced.transpose(2, 0, 1), np.float32) / np.float32(255.0)
        coarse = self._steadied(_cleaned(self._look(rgb, small)), small)
        return _refined(rgb, small, coarse)

    def _look(self, rgb: Picture, small: Array) -> Array:
        """(h, w) the net's map at the working size; it is shown the person's surroundings alone once they are known."""
        if self._box is None:
            first = self._ask(rgb, (0, 0, rgb.shape[1], rgb.shape[0]), small)
            self._box = _surroundings(first, rgb)
            if self._box is None:
                return first
        seen = self._ask(rgb, self._box, small)
        wanted = _surroundings(seen, rgb)
        if wanted is None or _apart(wanted, self._box) > _CROP_DRIFT * max(
            wanted[2] - wanted[0], wanted[3] - wanted[1]
        ):
            self._box = wanted
        return seen

    def _ask(self, rgb: Picture, box: Box, small: Array) -> Array:
        import mediapipe

        left, top, right, bottom = box
        part = cv2.resize(rgb[top:bottom, left:right], (_NET_PX, _NET_PX), interpolation=cv2.INTER_AREA)
        answer = self._segmenter.segment(mediapipe.Image(mediapipe.ImageFormat.SRGB, np.ascontiguousarray(part)))
        seen = np.asarray(answer.confidence_masks[0].numpy_view(), np.float32).reshape(_NET_PX, _NET_PX)
        across, down = small.shape[2] / rgb.shape[1], small.shape[1] / rgb.shape[0]
        left, top, right, bottom = round(left * across), round(top * down), round(right * across), round(bottom * down)
        whole = np.zeros(small.shape[1:], np.float32)
        whole[top:bottom, left:right] = cv2.resize(seen, (right - left, bottom - top), interpolation=cv2.INTER_LINEAR)
        return whole

    def _steadied(self, now: Array, small: Array) -> Array:
        """The map mixed with the one before, but not where something moved: there it would leave a ghost."""
        grey = np.asarray(cv2.boxFilter(small.mean(axis=0), -1, (5, 5)), np.float32)
        if self._map is not None and self._seen is not None and self._map.shape == now.shape:
            change = np.abs(grey - self._seen) / np.float32(_MOVED)
            kept = np.float32(_STEADINESS) * np.exp(-(change**2))
            now = np.asarray(now + kept * (self._map - now), np.float32)
        self._map, self._seen = now, grey
        return now


def _segmenter(settings: Settings) -> Any:
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.ImageSegmenterOptions(
        base_options=BaseOptions(model_asset_path=str(models.weight_path(models.PERSON_SEGMENTER, settings))),
        running_mode=vision.RunningMode.IMAGE,
        output_confidence_masks=True,
        output_category_mask=False,
    )
    with silenced_stderr():
        return vision.ImageSegmenter.create_from_options(options)


def _surroundings(seen: Array, rgb: Picture) -> Box | None:
    """(left, top, right, bottom) in the picture around the person with a margin; None if there is nobody."""
    rows, columns = (np.flatnonzero((seen > 0.5).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return None
    height, width = rgb.shape[:2]
    down, across = height / seen.shape[0], width / seen.shape[1]
    top, bottom, left, right = rows[0] * down, (rows[-1] + 1) * down, columns[0] * across, (columns[-1] + 1) * across
    margin = max(8.0, _CROP_MARGIN * max(bottom - top, right - left))
    return (
        max(0, int(left - margin)),
        max(0, int(top - margin)),
        min(width, int(right + margin)),
        min(height, int(bottom + margin)),
    )


def _apart(a: Box, b: Box) -> int:
    return max(abs(x - y) for x, y in zip(a, b, strict=True))


def _cleaned(seen: Array) -> Array:
    """The map without islands beside the person and without small holes in them."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((seen > 0.5).astype(np.uint8))
    sizes = stats[1:, cv2.CC_STAT_AREA]
    if not len(sizes):
        return np.zeros_like(seen)
    body = np.concatenate([[False], sizes >= _LEAST_PIECE * sizes.max()])[labels]
    near = cv2.dilate(body.astype(np.uint8), np.ones((15, 15), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats((seen <= 0.5).astype(np.uint8))
    small = stats[:, cv2.CC_STAT_AREA] < _LARGEST_HOLE * sizes.max()
    small[0] = False
    return np.asarray(np.where(small[labels], 1.0, _stretched(seen, _DECIDED) * near), np.float32)


def _refined(rgb: Picture, small: Array, coarse: Array) -> Cutout:
    """The person at full size, with exact edges; `small` is (3, h, w)."""
    alpha = np.zeros(rgb.shape[:2], np.uint8)
    radius = max(2, round(_FIT_RADIUS * max(coarse.shape)))
    extent = _extent(coarse, 3 * radius)
    if extent is None:
        return Cutout(rgb, alpha)
    part, small = _Part(extent, coarse.shape, rgb.shape), small[:, extent[0], extent[1]]
    fit = _edge_fit(small, coarse[extent], radius)
    soft = _stretched(_applied(fit, small))
    ring = np.ones((2 * (radius // 2) + 1,) * 2, np.uint8)
    inside, outside = cv2.erode(soft, ring) > 0.97, cv2.dilate(soft, ring) < 0.03
    alpha[part.full] = part.enlarged(inside) * np.uint8(255)
    edge = np.zeros(rgb.shape[:2], np.bool_)
    edge[part.full] = part.enlarged(~(inside | outside))
    chosen = np.flatnonzero(edge)
    if not len(chosen):
        return Cutout(rgb, alpha)
    seen = rgb.reshape(-1, 3)[chosen].T.astype(np.float32) / np.float32(255.0)
    sides = [part.sampled(_nearby(small, side), chosen) for side in (inside, outside)]
    share, colour = _unmixed(seen, part.sampled(fit, chosen), *sides)
    alpha.reshape(-1)[chosen] = np.rint(share * 255.0).astype(np.uint8)
    clean = rgb.copy()
    clean.reshape(-1, 3)[chosen] = np.rint(np.clip(colour, 0.0, 1.0) * 255.0).astype(np.uint8).T
    return Cutout(clean, alpha)


def _edge_fit(guide: Array, coarse: Array, radius: int) -> Array:
    """(4, h, w) the affine function of the colour (three factors and a constant) that best explains the map nearby."""
    window = (2 * radius + 1, 2 * radius + 1)

    def mean(values: Array) -> Array:
        return np.asarray(cv2.boxFilter(values, -1, window, borderType=cv2.BORDER_REFLECT), np.float32)

    colour, person = [mean(plane) for plane in guide], mean(coarse)
    p, q, r = (mean(plane * coarse) - average * person for plane, average in zip(guide, colour, strict=True))
    pairs = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
    rr, rg, rb, gg, gb, bb = (mean(guide[i] * guide[j]) - colour[i] * colour[j] for i, j in pairs)
    rr, gg, bb = rr + _SMOOTHNESS, gg + _SMOOTHNESS, bb + _SMOOTHNESS
    # The symmetric 3 x 3 system of each pixel, by its adjugate.
    a, b, c = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
    d, e, f = rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg
    scale = 1.0 / (a * rr + b * rg + c * rb)
    factors = [scale * (a * p + b * q + c * r), scale * (b * p + d * q + e * r), scale * (c * p + e * q + f * r)]
    constant = person - sum(factor * average for factor, average in zip(factors, colour, strict=True))
    return np.stack([mean(plane) for plane in (*factors, constant)])


def _applied(fit: Array, colour: Array) -> Array:
    """(...) what the function `fit` (4, ...) says of colours (3, ...)."""
    return np.asarray(fit[0] * colour[0] + fit[1] * colour[1] + fit[2] * colour[2] + fit[3], np.float32)


def _nearby(colours: Array, where: NDArray[np.bool_]) -> Array:
    """(3, h, w) the mean colour of the pixels that are `where` (h, w): of the nearest that are enough."""
    half = max(4, where.shape[1] // 2), max(4, where.shape[0] // 2)
    weight = np.asarray(cv2.resize(where.astype(np.float32), half, interpolation=cv2.INTER_AREA), np.float32)
    weighted = [cv2.resize(plane, half, interpolation=cv2.INTER_AREA) * weight for plane in colours]
    found = np.zeros((3, *weight.shape), np.float32)
    for radius in _MEANS:
        window = (2 * radius + 1, 2 * radius + 1)
        amount = cv2.boxFilter(weight, -1, window, borderType=cv2.BORDER_REFLECT)
        trust, per = np.minimum(1.0, _ENOUGH * amount), 1.0 / (amount + np.float32(1e-6))
        for channel, plane in enumerate(weighted):
            mean = cv2.boxFilter(plane, -1, window, borderType=cv2.BORDER_REFLECT) * per
            found[channel] += trust * (mean - found[channel])
    return found


def _unmixed(seen: Array, fit: Array, person: Array, behind: Array) -> tuple[Array, Array]:
    """Share of the person (n,) and their colour (3, n) in pixels `seen` (3, n) of the edge.

    `person` and `behind` (3, n) are the colours nearby of the one and of the background. What of a pixel lies on the
    way from the person's colour to the background's is taken for background that shines through, and taken out.
    """
    filtered = _stretched(_applied(fit, seen))
    way = person - behind
    length = (way * way).sum(axis=0)
    by_colour = ((seen - behind) * way).sum(axis=0) / (length + np.float32(1e-6))
    trust = length / (length + np.float32(_DISTINCT**2))
    freedom = _FREEDOM * filtered * (1.0 - filtered)
    moved = np.clip(_stretched(by_colour), filtered - freedom, filtered + freedom)
    share = np.clip(filtered + trust * (moved - filtered), 0.0, 1.0)
    through = np.clip(1.0 - by_colour, 0.0, 1.0) * trust
    # Well inside, a colour like the background's is the person's own.
    through = np.minimum(through, 4.0 * (1.0 - filtered) + _LEAST_SPILL)
    return np.asarray(share, np.float32), np.asarray(seen + through * way, np.float32)


def _stretched(share: Array, ends: tuple[float, float] = _SOFT) -> Array:
    low, high = ends
    return np.asarray(np.clip((share - low) / (high - low), 0.0, 1.0), np.float32)


def _extent(coarse: Array, margin: int) -> tuple[slice, slice] | None:
    """Rows and columns around all of the map that is not nothing; None if all of it is."""
    rows, columns = (np.flatnonzero((coarse > 0.02).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return None
    bounds = zip((rows, columns), coarse.shape, strict=True)
    first, second = (slice(max(0, int(at[0]) - margin), min(end, int(at[-1]) + 1 + margin)) for at, end in bounds)
    return first, second


class _Part:
    """A part of the working size, and the same part of the full size."""

    def __init__(self, small: tuple[slice, slice], small_shape: tuple[int, ...], full_shape: tuple[int, ...]) -> None:
        self._small, self._small_shape, self._full_shape = small, small_shape, full_shape[:2]
        ratios = zip(small, small_shape, full_shape[:2], strict=True)
        first, second = (slice(round(s.start * b / a), round(s.stop * b / a)) for s, a, b in ratios)
        self.full = first, second

    def enlarged(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """A mask (h, w) of the small part in the full size."""
        rows, columns = self.full
        size = columns.stop - columns.start, rows.stop - rows.start
        large = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
        return np.asarray(large, np.uint8).view(np.bool_)

    def sampled(self, planes: Array, chosen: NDArray[np.intp]) -> Array:
        """(channels, n) what planes (channels, h, w) of the small part, in any resolution, show at chosen pixels of the
        full picture, which are counted row by row."""
        # In rows of a picture, since a remapping may not be longer than 32767 in one direction.
        places = np.divmod(np.resize(chosen, (-(-len(chosen) // _BAND_COLUMNS), _BAND_COLUMNS)), self._full_shape[1])
        down, across = (
            (((place + 0.5) * (a / b) - part.start) * (size / (part.stop - part.start)) - 0.5).astype(np.float32)
            for place, a, b, part, size in zip(
                places, self._small_shape, self._full_shape, self._small, planes.shape[1:], strict=True
            )
        )
        read = [cv2.remap(plane, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for plane in planes]
        return np.stack([plane.reshape(-1)[: len(chosen)] for plane in read])
