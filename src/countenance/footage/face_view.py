"""How a face is seen in one picture: light, sharpness, blocks, and the colours of its parts."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from countenance.footage.timeline import PATCHES, Box, FaceView
from countenance.people.face import FaceMesh

_SHARPNESS_PX = 256
"""A face wider than this is judged at this width: finer detail is not used by a replica."""
_LEAST_DETAIL = 0.2
"""Standard deviation in levels below which a surface has no detail that could be sharp."""
_COARSE_WEIGHT = 1.7
_GRID = 8
"""Side of a coding block in pixels."""
_PATCH_SHARE = 0.045
_POINTS: dict[str, tuple[int, ...]] = {
    "forehead": (151,),
    "right cheek": (50,),
    "left cheek": (280,),
    "nose": (4,),
    "upper lip": (164,),
    "mouth": (13, 14),
    "chin": (199,),
    "right jaw": (210,),
    "left jaw": (430,),
    "right eye": (33, 133, 159, 145),
    "left eye": (263, 362, 386, 374),
}
"""Points of MediaPipe's canonical face whose mean is the middle of each patch; left and right are the person's own."""
_DARK, _BRIGHT = 16, 250


def view_face(rgb: NDArray[np.uint8], luma: NDArray[np.uint8], box: Box, mesh: FaceMesh | None) -> FaceView:
    """Measure the face in `box`: colours in the sampled picture `rgb`, detail in the recording's own `luma`."""
    patch = crop(rgb, box)
    grey = patch.reshape(-1, 3).max(axis=1)
    return FaceView(
        sharpness=sharpness(crop(luma, box)),
        blockiness=blockiness(luma, box),
        dark=100.0 * float((grey < _DARK).mean()),
        bright=100.0 * float((grey > _BRIGHT).mean()),
        uneven=_uneven(patch),
        colours=_colours(rgb, mesh) if mesh is not None else (),
    )


def crop(picture: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """What of the picture lies in the box; the whole picture if that is nothing."""
    height, width = picture.shape[:2]
    rows = slice(max(0, int(box.top * height)), max(0, int(box.bottom * height) + 1))
    columns = slice(max(0, int(box.left * width)), max(0, int(box.right * width) + 1))
    part = picture[rows, columns]
    return part if part.size else picture


def sharpness(face: NDArray[np.uint8]) -> float:
    """Fine detail (0.7 to 1.4 px) as a share, in %, of coarser detail: near 60 where sharp, 25 where blurred.

    The smaller of the shares of detail one octave coarser and, weighted so that the two agree for a sharp face, two
    octaves coarser. Detail of under a pixel is noise as much as picture and is left out; contrast and brightness
    fall out. Bands are differences of Gaussians.
    """
    import cv2

    scale = min(1.0, _SHARPNESS_PX / face.shape[1])
    small = cv2.resize(face, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else face
    base = small.astype(np.float32)
    levels = [cv2.GaussianBlur(base, (0, 0), sigma) for sigma in (0.7, 1.4, 2.8, 5.6)]
    fine, middle, coarse = (float((one - two).std()) for one, two in pairwise(levels))
    return 100.0 * min(fine / max(middle, _LEAST_DETAIL), _COARSE_WEIGHT * fine / max(coarse, _LEAST_DETAIL))


def blockiness(luma: NDArray[np.uint8], box: Box) -> float:
    """How much larger the steps at the edges of 8 px blocks are than those between, in %; about 0 without blocks."""
    height, width = luma.shape
    top, left = (int(max(0.0, share) * size) // _GRID * _GRID for share, size in ((box.top, height), (box.left, width)))
    part = luma[top : int(box.bottom * height), left : int(box.right * width)].astype(np.int16)
    if min(part.shape) < 3 * _GRID:
        return 0.0
    return max(_grid_steps(part), _grid_steps(part.T))


def _grid_steps(part: NDArray[np.int16]) -> float:
    steps = np.abs(np.diff(part, axis=1)).mean(axis=0)
    at_edge = np.arange(1, part.shape[1]) % _GRID == 0
    return 100.0 * (float(steps[at_edge].mean()) / max(float(steps[~at_edge].mean()), 0.25) - 1.0)


def _uneven(face: NDArray[np.uint8]) -> float:
    """How much darker one side of the face is than the other, in %: the middle rows, without hair at the edges."""
    height, width = face.shape[:2]
    middle = face[height // 4 : 3 * height // 4].mean(axis=(0, 2))
    left, right = middle[width // 8 : width * 3 // 8].mean(), middle[width * 5 // 8 : width * 7 // 8].mean()
    brighter = max(float(left), float(right))
    return 100.0 * abs(float(left) - float(right)) / brighter if brighter > 0 else 0.0


def _colours(rgb: NDArray[np.uint8], mesh: FaceMesh) -> tuple[tuple[float, float, float], ...]:
    import cv2

    low, high = mesh.points[:, 0].min(), mesh.points[:, 0].max()
    radius = max(1, round(_PATCH_SHARE * float(high - low)))
    height, width = rgb.shape[:2]
    means = np.zeros((1, len(PATCHES), 3), np.float32)
    for i, name in enumerate(PATCHES):
        x, y = (round(float(value)) for value in mesh.points[list(_POINTS[name]), :2].mean(axis=0))
        x, y = min(max(x, radius), width - radius - 1), min(max(y, radius), height - radius - 1)
        means[0, i] = (
            rgb[max(0, y - radius) : y + radius + 1, max(0, x - radius) : x + radius + 1].mean(axis=(0, 1)) / 255
        )
    lab = cv2.cvtColor(means, cv2.COLOR_RGB2Lab)[0]
    return tuple((float(light), float(red), float(yellow)) for light, red, yellow in lab)
