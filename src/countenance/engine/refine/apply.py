"""A learned net at work: the finish that `compose.Compositor` gives to every mouth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from countenance.engine.align import chain, invert
from countenance.engine.arrays import check_refiner
from countenance.engine.compose import Finish, Layers, Stage
from countenance.engine.refine.crop import Crop, Wishes

if TYPE_CHECKING:
    from countenance.engine.refine.net import Net

Array = NDArray[np.float32]
Picture = NDArray[np.uint8]
Weights = dict[str, NDArray[Any]]

Device = Literal["auto", "cpu", "cuda"]

_NET = "net."


def available() -> bool:
    """Whether torch is installed; without it mouths are shown as they were bent."""
    return find_spec("torch") is not None


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """A net and what it needs to know of the pictures that it is given."""

    net: Net
    crop: Crop
    wishes: Wishes
    neutral: Picture
    """(S, S, 3); only a net that paints anew looks at it"""


def weights_of(learned: Learned) -> Weights:
    """All of it as arrays by name, for `safetensors`."""
    from countenance.engine.refine.net import arrays_of

    shape = learned.net.shape
    return {
        "shape": np.array([shape.inputs, shape.conditions, shape.width, shape.full_band], np.int32),
        "side": np.array([learned.crop.side], np.int32),
        "centre": learned.crop.centre,
        "mean": learned.wishes.mean,
        "components": learned.wishes.components,
        "neutral": learned.neutral,
        **{_NET + name: array for name, array in arrays_of(learned.net).items()},
    }


def learned_of(weights: Mapping[str, NDArray[Any]]) -> Learned:
    """What `weights_of` wrote.

    Raises:
        ValueError: if these are not such arrays.
    """
    from countenance.engine.refine.net import Shape, net_of

    try:
        check_refiner(weights)
        inputs, conditions, width, full_band = (int(value) for value in weights["shape"])
        own = {name.removeprefix(_NET): array for name, array in weights.items() if name.startswith(_NET)}
        net = net_of(Shape(inputs, conditions, width, bool(full_band)), own)
    except (KeyError, TypeError, RuntimeError) as error:
        raise ValueError("these are not the weights of the net") from error
    crop, wishes = Crop(int(weights["side"][0]), weights["centre"]), Wishes(weights["mean"], weights["components"])
    return Learned(net, crop, wishes, weights["neutral"])


def finish_of(weights: Mapping[str, NDArray[Any]], threads: int = 0, device: Device = "auto") -> Finish:
    """The finish that these weights have learned. Needs torch (`available`).

    Raises:
        CountenanceError: engine.no_gpu.
        ValueError: if they are not the weights of a net.
    """
    return _NetFinish(learned_of(weights), threads, device)


def to_paint_anew(frame: Picture, region: Picture, neutral: Picture) -> Picture:
    """(..., S, S, 7) what a net is given that paints the mouth anew: the picture without it, where, and whose."""
    hidden = (region > 0)[..., None]
    person = np.broadcast_to(neutral, frame.shape)
    return np.concatenate([np.where(hidden, np.uint8(0), frame), region[..., None], person], axis=-1)


class _NetFinish:
    """Runs the net on one mouth at a time."""

    def __init__(self, learned: Learned, threads: int, device: Device) -> None:
        from countenance.engine.refine.device import Runner

        self._learned = learned
        self._runner = Runner(learned.net, learned.crop.side, threads, device)

    def __call__(self, stage: Stage, layers: Layers) -> Picture:
        crop, paints_anew = self._learned.crop, self._learned.net.shape.full_band
        left, top, right, bottom = layers.box
        to_box = np.array([[1, 0, -left], [0, 1, -top]], np.float32)
        from_canonical = chain(to_box, invert(stage.to_canonical))
        shown = crop.cut(layers.met, from_canonical)
        if paints_anew:
            frame = crop.cut(stage.image, invert(stage.to_canonical))
            region = crop.cut(np.rint(255 * layers.region).astype(np.uint8), from_canonical, border=cv2.BORDER_CONSTANT)
            shown = to_paint_anew(frame, region, self._learned.neutral)
        out = self._runner(shown[None], self._learned.wishes.of(layers.wanted[None], layers.filmed[None]))[0]
        across = _over(out, chain(from_canonical, crop.to_canonical), crop.side, (right - left, bottom - top))
        if paints_anew:
            return np.clip(np.rint(across), 0, 255).astype(np.uint8)
        return np.asarray(cv2.add(layers.met, across, dtype=cv2.CV_8U), np.uint8)


def _over(out: Array, into: Array, side: int, size: tuple[int, int]) -> Array:
    """(h, w, 3) the net's output, which covers a crop of `side` pixels that `into` (2, 3) leads out of."""
    step = side / out.shape[0]
    grow = np.array([[step, 0, (step - 1) / 2], [0, step, (step - 1) / 2]], np.float32)
    spread = cv2.warpAffine(out, chain(into, grow), size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(spread, np.float32)
