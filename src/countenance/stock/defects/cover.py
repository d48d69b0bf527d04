"""What covers the face: a hand, cloth, a microphone, dark glasses, lids."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from countenance.media.read import FPS
from countenance.stock.defects.clip import Faulty, Original, Picture, seen

Points = NDArray[np.float32]
"""(478, 2) the mesh of a face in pixels."""

_JAW = (132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361)
_MASK_EDGES = {0: (435, 424, 418, 18, 194, 204, 215), 1: (401, 323, 425, 2, 205, 93, 177), 2: (323, 347, 6, 118, 93)}
"""The upper edge of a mask from the person's left to the right: below the lips, below the nose, over the nose."""
_EYES = ((33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
         (362, 382, 381, 380, 374, 373, 390, 249, 263, 466, 388, 387, 386, 385, 384, 398))  # fmt: skip
_LOWER_LIDS = ((33, 7, 163, 144, 145, 153, 154, 155, 133), (362, 382, 381, 380, 374, 373, 390, 249, 263))
_LID_SKIN = ((119, 101), (348, 330))  # below the eye: above it some have their brows
_HAND_S = 0.32
_CHEEKS = (50, 280, 205, 425)
_MOUTH = (13, 14)
_TEMPLES = (127, 356)


def hand(original: Original, seconds: float) -> Faulty:
    """A hand lies over the mouth for so long, and takes a third of a second to come and to go."""
    begin, count = round(len(original.pictures) * 0.4), round(seconds * FPS)
    way = round(_HAND_S * FPS)

    def held(picture: Picture, number: int) -> Picture:
        late = max(begin - number, number - (begin + count - 1), 0)
        return _hand(picture, original.points[number], (late / way) ** 2) if late < way else picture

    return seen(original, (held(picture, number) for number, picture in enumerate(original.pictures)))


def mask(original: Original, height: float) -> Faulty:
    """A cloth over the chin (0), the mouth (1) or mouth and nose (2), all the time."""
    edge = _MASK_EDGES[round(height)]
    return _always(original, lambda picture, points: _cloth(picture, points[[*_JAW, *edge]]))


def microphone(original: Original, percent: float) -> Faulty:
    """A microphone on a stand before the mouth; its width is this part of the face's."""
    width = percent / 100 * original.face_px
    mouth = np.median(original.points[:, _MOUTH].mean(axis=1), axis=0)

    def before(picture: Picture, _: Points) -> Picture:
        shape = np.zeros(picture.shape[:2], np.float32)
        x, y = (round(float(c)) for c in mouth)
        cv2.line(shape, (x, y), (x, picture.shape[0]), 0.85, max(2, round(width * 0.55)))
        cv2.ellipse(shape, (x, y), (max(2, round(width / 2)), max(3, round(width * 0.75))), 0, 0, 360, 1.0, -1)
        return _painted(picture, shape, np.array([34.0, 35.0, 38.0]))

    return _always(original, before)


def sunglasses(original: Original, percent: float) -> Faulty:
    """Dark glasses that hold back this part of the light."""
    return _always(original, lambda picture, points: _glasses(picture, points, percent / 100))


def eyes_closed(original: Original, seconds: float) -> Faulty:
    """The lids stay down for so long."""
    return _for_a_while(original, seconds, _lids_down)


def hair_in_face(original: Original, percent: float) -> Faulty:
    """A strand of dark hair hangs over this part of the face's width, from one side."""
    return _always(original, lambda picture, points: _strand(picture, points, percent / 100))


def _always(original: Original, change: Callable[[Picture, Points], Picture]) -> Faulty:
    return seen(original, (change(p, points) for p, points in zip(original.pictures, original.points, strict=True)))


def _for_a_while(original: Original, seconds: float, change: Callable[[Picture, Points], Picture]) -> Faulty:
    """From two fifths of the recording on."""
    begin = round(len(original.pictures) * 0.4)
    end = begin + round(seconds * FPS)
    return seen(
        original,
        (
            change(picture, original.points[number]) if begin <= number < end else picture
            for number, picture in enumerate(original.pictures)
        ),
    )


def _hand(picture: Picture, points: Points, away: float) -> Picture:
    """`away` is 0 where it lies on the mouth and 1 where it is beside the shoulder."""
    width = float(np.ptp(points[:, 0]))
    x, y = points[list(_MOUTH)].mean(axis=0) + away * width * np.array([1.3, 1.8])
    shape = np.zeros(picture.shape[:2], np.float32)
    thick = max(3, round(width * 0.15))
    for finger in range(4):
        level = y - 0.22 * width + finger * 0.155 * width
        tip = x - width * (0.36, 0.44, 0.42, 0.32)[finger]
        knuckle = x + 0.42 * width, level + 0.10 * width
        cv2.line(shape, _pixel((tip, level)), _pixel(knuckle), 1.0 - 0.04 * (finger % 2), thick, cv2.LINE_AA)
    palm = round(0.42 * width), round(0.40 * width)
    cv2.ellipse(shape, _pixel((x + 0.62 * width, y + 0.32 * width)), palm, 25, 0, 360, 0.98, -1)
    arm = _pixel((x + 0.85 * width, y + 0.6 * width)), _pixel((x + 1.5 * width, y + 2.4 * width))
    cv2.line(shape, *arm, 0.96, round(0.55 * width), cv2.LINE_AA)
    return _painted(picture, shape, 0.94 * _colour(picture, points[list(_CHEEKS)], width * 0.05), edge=width / 28)


def _cloth(picture: Picture, outline: Points) -> Picture:
    shape = np.zeros(picture.shape[:2], np.float32)
    cv2.fillPoly(shape, [np.round(outline).astype(np.int32)], 1.0, cv2.LINE_AA)
    return _painted(picture, shape, np.array([150.0, 178.0, 196.0]), edge=float(np.ptp(outline[:, 0])) / 60)


def _glasses(picture: Picture, points: Points, opacity: float) -> Picture:
    lenses = np.zeros(picture.shape[:2], np.float32)
    rims = np.zeros_like(lenses)
    middles = [points[list(eye)].mean(axis=0) for eye in _EYES]
    apart = float(np.linalg.norm(middles[1] - middles[0]))
    lean = float(np.degrees(np.arctan2(*(middles[1] - middles[0])[::-1])))
    for middle, temple in zip(middles, _TEMPLES, strict=True):
        size = round(0.42 * apart), round(0.33 * apart)
        cv2.ellipse(lenses, _pixel(middle + (0, 0.05 * apart)), size, lean, 0, 360, opacity, -1, cv2.LINE_AA)
        cv2.ellipse(rims, _pixel(middle + (0, 0.05 * apart)), size, lean, 0, 360, 1.0, max(1, round(apart * 0.04)))
        cv2.line(rims, _pixel(middle), _pixel(points[temple]), 1.0, max(1, round(apart * 0.05)))
    cv2.line(rims, _pixel(middles[0]), _pixel(middles[1]), 1.0, max(1, round(apart * 0.04)))
    glass = np.array([18.0, 18.0, 22.0])
    return _painted(picture, np.maximum(lenses, rims * (lenses == 0)), glass, edge=apart / 60)


def _lids_down(picture: Picture, points: Points) -> Picture:
    done = picture
    for eye, lower, above in zip(_EYES, _LOWER_LIDS, _LID_SKIN, strict=True):
        ring = points[list(eye)]
        width = float(np.ptp(ring[:, 0]))
        # The eye's own ring lies on the lashes: a little more is covered.
        ring = ring.mean(axis=0) + (ring - ring.mean(axis=0)) * (1.08, 1.5)
        shape = np.zeros(picture.shape[:2], np.float32)
        cv2.fillPoly(shape, [np.round(ring).astype(np.int32)], 1.0, cv2.LINE_AA)
        skin = _colour(picture, points[list(above)], width * 0.08)
        done = _painted(done, shape, skin, edge=width / 14)
        lashes = np.zeros_like(shape)
        line = np.round(points[list(lower)] + (0, 0.03 * width)).astype(np.int32)
        cv2.polylines(lashes, [line], False, 0.85, max(1, round(width * 0.06)), cv2.LINE_AA)
        done = _painted(done, lashes, 0.25 * skin, edge=width / 60)
    return done


def _strand(picture: Picture, points: Points, share: float) -> Picture:
    width, height = float(np.ptp(points[:, 0])), float(np.ptp(points[:, 1]))
    side, top = float(points[:, 0].min()), float(points[:, 1].min())
    reach = side + share * width
    outline = np.array(
        [(side - 0.1 * width, top - 0.1 * height), (reach - 0.1 * width, top - 0.1 * height),
         (reach, top + 0.4 * height), (reach - 0.05 * width, top + 0.8 * height),
         (side - 0.05 * width, top + 1.1 * height)], np.float32)  # fmt: skip
    shape = np.zeros(picture.shape[:2], np.float32)
    cv2.fillPoly(shape, [np.round(outline).astype(np.int32)], 0.96, cv2.LINE_AA)
    return _painted(picture, shape, np.array([52.0, 38.0, 30.0]), edge=width / 40, streaks=True)


def _painted(
    picture: Picture,
    shape: NDArray[np.float32],
    colour: NDArray[np.float64],
    *,
    edge: float = 1.0,
    streaks: bool = False,
) -> Picture:
    """`colour` where `shape` (height, width) is, with soft edges, rounded by shade towards them, and grain."""
    rows, columns = np.flatnonzero(shape.any(axis=1)), np.flatnonzero(shape.any(axis=0))
    if not rows.size:
        return picture
    pad = int(3 * edge) + 2
    top, bottom = max(0, rows[0] - pad), rows[-1] + pad + 1
    left, right = max(0, columns[0] - pad), columns[-1] + pad + 1
    part = np.ascontiguousarray(shape[top:bottom, left:right])
    inner = cv2.distanceTransform((part > 0).astype(np.uint8), cv2.DIST_L2, 3)
    shade = 0.72 + 0.28 * np.sqrt(np.clip(inner / (6 * edge + 1), 0, 1))
    rng = np.random.default_rng(4)
    grain = rng.normal(0, 1, (1 if streaks else part.shape[0], part.shape[1]))
    shade = shade * (1 + (0.15 if streaks else 0.02) * grain).astype(np.float32)
    paint = np.clip(shade[..., None] * colour.astype(np.float32), 0, 255).astype(np.uint8)
    share = cv2.GaussianBlur(part, (0, 0), max(0.6, edge / 2))
    done = picture.copy()
    done[top:bottom, left:right] = cv2.blendLinear(paint, picture[top:bottom, left:right].copy(), share, 1 - share)
    return done


def _colour(picture: Picture, at: Points, radius: float) -> NDArray[np.float64]:
    """Median colour around some points."""
    reach = max(1, round(radius))
    patches = [
        picture[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1].reshape(-1, 3)
        for x, y in np.round(at).astype(int)
    ]
    return np.asarray(np.median(np.concatenate(patches), axis=0), np.float64)


def _pixel(point: Sequence[float] | Points | NDArray[np.float64]) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))
