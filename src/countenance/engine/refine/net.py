"""The net: a U-Net (Ronneberger et al. 2015, arXiv:1505.04597) on a picture folded to half its side.

Dense convolutions, because depthwise ones are about three times slower per operation on processors. What is wanted
of the mouth scales and shifts every level (FiLM, Perez et al. 2017, arXiv:1709.07871).

Needs torch, so nothing but `fit` and `apply` imports this file, and they only where they work with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

FOLD = 2
"""The picture is folded by this much: a quarter of the places, four times the channels."""
_LEVELS = 4
_HIDDEN = 64
POOL = 2
"""A correction is made from a picture of so much less; it has one value for `POOL` * `FOLD` pixels across: colour and
shade, and no texture."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a net looks like."""

    inputs: int
    """channels of the picture that it is given"""
    conditions: int
    """numbers that say what is wanted of the mouth"""
    width: int = 24
    """channels of the first level; each further level has twice as many"""
    full_band: bool = False
    """paints every pixel anew instead of correcting colour and shade"""


class Net(nn.Module):
    """(B, inputs, S, S) pictures, -1 to 1, and (B, conditions) to (B, 3, S, S).

    With `full_band` the output is a picture; without, it is a correction of a fourth of the side, to be spread over S.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        widths = [shape.width * 2**level for level in range(_LEVELS)]
        self.shape = shape
        self.stem = nn.Conv2d(shape.inputs * FOLD**2, widths[0], 3, padding=1)
        self.down = nn.ModuleList(
            _Block(widths[max(0, level - 1)], widths[level], level > 0) for level in range(_LEVELS)
        )
        self.up = nn.ModuleList(
            _Block(widths[level + 1] + widths[level], widths[level], False) for level in range(_LEVELS - 1)
        )
        self.head = nn.Conv2d(widths[0], 3 * (FOLD**2 if shape.full_band else 1), 3, padding=1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        self.film = nn.Sequential(
            nn.Linear(shape.conditions, _HIDDEN),
            nn.ReLU(),
            nn.Linear(_HIDDEN, 2 * (sum(widths) + sum(widths[:-1]))),
        )
        nn.init.zeros_(self.film[2].weight)
        nn.init.zeros_(self.film[2].bias)

    def forward(self, picture: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        return self.of_small(picture if self.shape.full_band else functional.avg_pool2d(picture, POOL), wanted)

    def of_small(self, picture: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        """The same for a picture that is as small as the net works on: `POOL` times smaller, but with `full_band`."""
        film = iter(self._films(wanted))
        x = functional.relu(self.stem(functional.pixel_unshuffle(picture, FOLD)))
        passed = []
        for block in self.down:
            x = block(x, next(film))
            passed.append(x)
        passed.pop()
        for block in reversed(self.up):
            x = functional.interpolate(x, scale_factor=2, mode="nearest")
            x = block(torch.cat([x, passed.pop()], dim=1), next(film))
        x = self.head(x)
        return functional.pixel_shuffle(x, FOLD) if self.shape.full_band else x

    def _films(self, wanted: torch.Tensor) -> list[torch.Tensor]:
        """For each block in order of use, (B, 2 * width, 1, 1): scales, then shifts."""
        blocks = [*self.down, *reversed(self.up)]
        return list(self.film(wanted)[..., None, None].split([2 * block.width for block in blocks], dim=1))


class _Block(nn.Module):
    """Two convolutions, the first of which FiLM steers, around a shortcut."""

    def __init__(self, before: int, width: int, halves: bool) -> None:
        super().__init__()
        self.width = width
        self.first = nn.Conv2d(before, width, 3, padding=1, stride=2 if halves else 1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: torch.Tensor, film: torch.Tensor) -> torch.Tensor:
        scale, shift = film.chunk(2, dim=1)
        x = functional.relu(self.first(x) * (1.0 + scale) + shift)
        return functional.relu(self.second(x) + x)


def spread(correction: torch.Tensor, side: int) -> torch.Tensor:
    """(B, 3, side, side) of a smaller correction, linear in between."""
    return functional.interpolate(correction, size=(side, side), mode="bilinear", align_corners=False)


def arrays_of(net: Net) -> dict[str, NDArray[np.float32]]:
    """The net's weights by name."""
    return {name: value.detach().float().cpu().numpy().copy() for name, value in net.state_dict().items()}


def net_of(shape: Shape, arrays: dict[str, NDArray[np.float32]]) -> Net:
    """A net with these weights, ready to be used.

    Raises:
        ValueError: if the weights are not those of such a net.
    """
    net = Net(shape)
    try:
        net.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in arrays.items()})
    except RuntimeError as error:
        raise ValueError("these are not the weights of the net") from error
    net.eval()
    return net
