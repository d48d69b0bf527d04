"""Whether arrays are those of a replica: whoever reads one from elsewhere must not find out while rendering."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countenance.engine.atlas import CONTROL, check_patch
from countenance.engine.landmarks import MOUTH
from countenance.engine.motion import LAGS
from countenance.engine.mouth import COMPONENTS

if TYPE_CHECKING:
    from countenance.engine.replica import Replica

_TARGETS = COMPONENTS + 1
_M, _C = len(MOUTH), len(CONTROL)


def check_arrays(replica: Replica) -> None:
    """Whether a replica's arrays have the shapes that their classes document, and hold numbers.

    Raises:
        ValueError: if they do not.
    """
    basis, motion, track, atlas = replica.basis, replica.motion, replica.track, replica.atlas
    reduced = motion.feature_basis.shape[-1] if motion.feature_basis.ndim == 2 else 0
    heard, frames, mouths = len(motion.feature_mean), len(track.stretch), len(atlas.frame)
    learned = {
        "rest": (replica.rest, (_TARGETS,)),
        "mean": (basis.mean, (_M, 2)),
        "pose mean": (basis.pose_mean, (3,)),
        "pose response": (basis.pose_response, (3, _M, 2)),
        "components": (basis.components, (COMPONENTS, _M, 2)),
        "feature mean": (motion.feature_mean, (heard,)),
        "feature basis": (motion.feature_basis, (heard, reduced)),
        "stack mean": (motion.stack_mean, (reduced * len(LAGS),)),
        "weights": (motion.weights, (reduced * len(LAGS), _TARGETS)),
        "target mean": (motion.target_mean, (_TARGETS,)),
        "gain": (motion.gain, (_TARGETS,)),
        "template": (replica.template, (len(replica.template), 2)),
        "code": (atlas.code, (mouths, COMPONENTS)),
        "gap": (atlas.gap, (mouths,)),
        "pose": (atlas.pose, (mouths, 3)),
        "control": (atlas.control, (mouths, _C, 2)),
        "from canonical": (atlas.from_canonical, (mouths, 2, 3)),
    }
    seen = {
        "to canonical": (track.to_canonical, (frames, 2, 3)),
        "points": (track.control, (frames, _C, 2)),
        "turn": (track.pose, (frames, 3)),
        "blink": (track.blink, (frames,)),
        "speaking": (track.speaking, (frames,)),
    }
    for name, (array, shape) in {**learned, **seen}.items():
        _check(name, array, shape, finite=name in learned)
    for counted, length in ((atlas.frame, mouths), (track.stretch, frames), (motion.layers, 1)):
        if counted.shape != (length,) or counted.dtype.kind != "i":
            raise ValueError(f"these are not {length} whole numbers")
    pictures = track.thumbnail
    if pictures.ndim != 4 or (len(pictures), pictures.shape[-1]) != (frames, 3) or pictures.dtype != np.uint8:
        raise ValueError("thumbnail is no row of pictures")
    if not frames or not mouths or len(atlas.jpegs) != mouths:
        raise ValueError("there is not a picture of every mouth")
    for jpeg in atlas.jpegs:
        check_patch(jpeg)


def check_refiner(weights: Mapping[str, NDArray[Any]]) -> None:
    """Whether these can be what `refine.apply.weights_of` wrote; needs no torch.

    Raises:
        ValueError: if they cannot; KeyError if one is missing.
    """
    size, side = weights["shape"], weights["side"]
    if (size.shape, side.shape) != ((4,), (1,)) or not {size.dtype.kind, side.dtype.kind} <= {"i"}:
        raise ValueError("the net has no size")
    inputs, conditions, width, full_band = (int(value) for value in size)
    pixels = int(side[0])
    if (inputs, full_band) not in ((3, 0), (7, 1)) or not 1 <= width <= 64:
        raise ValueError("there is no such net")
    if not 16 <= pixels <= 512 or pixels % (16 if full_band else 32):
        raise ValueError("the net cannot be given such pictures")
    if conditions % 2 or not 2 <= conditions <= 2 * _M * 2:
        raise ValueError("the net cannot be told what is wanted")
    _check("centre", weights["centre"], (2,), finite=True)
    _check("mean", weights["mean"], (_M * 2,), finite=True)
    _check("components", weights["components"], (conditions // 2, _M * 2), finite=True)
    neutral = weights["neutral"]
    if neutral.shape != (pixels, pixels, 3) or neutral.dtype != np.uint8:
        raise ValueError("neutral is no such picture")
    for name, array in weights.items():
        if name.startswith("net."):
            _check(name, array, array.shape, finite=True)


def _check(name: str, array: NDArray[Any], shape: tuple[int, ...], *, finite: bool) -> None:
    if array.shape != shape or array.dtype.kind != "f":
        raise ValueError(f"{name} has another shape than {shape}")
    if finite and not np.isfinite(array).all():
        raise ValueError(f"{name} is not finite")
