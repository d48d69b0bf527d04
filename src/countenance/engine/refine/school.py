"""Teaches the net, one batch after another. Needs torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from countenance.engine.refine.apply import Learned, to_paint_anew
from countenance.engine.refine.device import GREY, faster_in_half, tensor
from countenance.engine.refine.net import POOL, Net, Shape, spread
from countenance.engine.refine.notes import Arrays, noted, take_up
from countenance.engine.refine.pairs import Lesson, Pairs

Array = NDArray[np.float32]
Picture = NDArray[np.uint8]
Rows = NDArray[np.intp]

BATCH = 16
"""Pictures of a step: eight pairs of neighbours in time."""
_RATE = 2e-3
_WARM_SHARE = 0.03
_LAST_RATE = 0.02
_KEPT = 0.98
"""Weights are averaged over about fifty steps: the net that is judged and used does not jump about."""
_LIPS_WEIGHT = 3.0
_SLOPE_WEIGHT = 0.5
_TEXTURE_WEIGHT = 0.5
_CHANGE_WEIGHT = 0.5
_LIGHT_SHIFT = 0.06
_CALM = 1e-3


class School:
    """A net on its way through a lesson."""

    def __init__(self, lesson: Lesson, width: int, device: torch.device, seed: int, *, paint_anew: bool) -> None:
        pictures, wishes = 7 if paint_anew else 3, lesson.learned.wishes.shape[1]
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            net = Net(Shape(pictures, wishes, width, paint_anew))
        self._lesson, self._device, self._anew = lesson, device, paint_anew
        self._net = net.to(device=device, memory_format=torch.channels_last).train()
        self._average = AveragedModel(self._net, multi_avg_fn=get_ema_multi_avg_fn(_KEPT))
        self._steps = torch.optim.Adam(self._net.parameters(), lr=_RATE, betas=(0.9, 0.98), fused=True)
        self._random = np.random.default_rng(seed)
        self._starts = np.flatnonzero(lesson.learned.follows) - 1
        # What is finer than a correction cannot be changed by it, and need not be looked at.
        self._pool = 1 if paint_anew else POOL
        learned = lesson.learned
        self._shown, self._real, self._region = (
            _summed(pictures, self._pool) for pictures in (learned.shown, learned.real, learned.region)
        )
        self._half = False
        self._half = faster_in_half(self._try, device)

    @property
    def half(self) -> bool:
        """Whether it works in half precision."""
        return self._half

    def step(self, share: float) -> None:
        """Learn from one batch; `share` of the whole lesson is over."""
        rate = (
            _RATE
            * min(1.0, share / _WARM_SHARE)
            * (_LAST_RATE + (1 - _LAST_RATE) * 0.5 * (1 + math.cos(math.pi * share)))
        )
        for group in self._steps.param_groups:
            group["lr"] = rate
        first = self._random.choice(self._starts, BATCH // 2)
        self._loss(np.stack([first, first + 1], axis=1).ravel(), self._half).backward()
        self._steps.step()
        self._steps.zero_grad()
        self._average.update_parameters(self._net)

    def notes(self) -> tuple[Arrays, dict[str, Any]]:
        """All that the next step depends on; see `go_on`."""
        told = {"random": self._random.bit_generator.state, "half": self._half}
        return noted(self._net, self._average, self._steps), told

    def go_on(self, arrays: Arrays, told: Mapping[str, Any]) -> None:
        """As if all that led to these `notes` had happened here."""
        take_up(arrays, self._net, self._average, self._steps)
        self._random.bit_generator.state = told["random"]
        self._half = bool(told["half"])

    def learned(self) -> Learned:
        """The net as it is now."""
        lesson = self._lesson
        return Learned(self._average.module, lesson.crop, lesson.wishes, lesson.neutral)

    def pictures(self, pairs: Pairs) -> Picture:
        """(P, S, S, 3) the mouths of pairs as the net has them now."""
        done = []
        for start in range(0, len(pairs), BATCH):
            rows = np.arange(start, min(start + BATCH, len(pairs)))
            picture = tensor(pairs.shown[rows], self._device)
            given = functional.avg_pool2d(picture, self._pool)
            if self._anew:
                given = self._hidden(pairs, rows)
            with torch.inference_mode():
                out = self._out(self._average.module, picture, given, pairs.wishes[rows], self._half)
            done.append(((out.clamp(-1.0, 1.0) + 1.0) * GREY).round().to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy())
        return np.concatenate(done)

    def _try(self, half: bool) -> None:
        self._loss(np.arange(min(BATCH, len(self._lesson.learned))) // 2 * 2, half).backward()
        self._steps.zero_grad()

    def _hidden(self, pairs: Pairs, rows: Rows) -> torch.Tensor:
        """What a net is given that paints anew."""
        return tensor(to_paint_anew(pairs.real[rows], pairs.region[rows], self._lesson.neutral), self._device)

    def _out(self, net: Net, picture: torch.Tensor, given: torch.Tensor, wishes: Array, half: bool) -> torch.Tensor:
        """(B, 3, s, s) -1 to 1, what stands in the region: pictures of that size corrected, or painted anew."""
        with torch.autocast(self._device.type, torch.bfloat16, enabled=half):
            out = net.of_small(given, torch.from_numpy(wishes).to(self._device))
        return out.float() if self._anew else picture + spread(out.float(), picture.shape[-1])

    def _loss(self, rows: Rows, half: bool) -> torch.Tensor:
        """Of neighbours in time, one after the other."""
        pairs = self._lesson.learned
        shift = self._random.normal(0.0, _LIGHT_SHIFT, (len(rows) // 2, 3, 1, 1)).astype(np.float32)
        light = 0.0 if self._anew else torch.from_numpy(np.repeat(shift, 2, axis=0)).to(self._device)
        shown, real = (tensor(part[rows], self._device, self._pool**2) + light for part in (self._shown, self._real))
        given = self._hidden(pairs, rows) if self._anew else shown
        error = self._out(self._net, shown, given, pairs.wishes[rows], half) - real
        weight = self._weight(rows)
        loss = _mean(error, weight)
        loss = loss + _SLOPE_WEIGHT * _mean(error.diff(dim=3), weight[..., 1:])
        loss = loss + _SLOPE_WEIGHT * _mean(error.diff(dim=2), weight[:, :, 1:])
        if self._anew:
            loss = loss + _TEXTURE_WEIGHT * _mean(error - functional.avg_pool2d(error, 5, 1, 2), weight)
        return loss + _CHANGE_WEIGHT * _mean(error[1::2] - error[::2], weight[::2])

    def _weight(self, rows: Rows) -> torch.Tensor:
        """(B, 1, s, s) how much a place counts: where the mouth is shown, and more so around the lips."""
        region = torch.from_numpy(self._region[rows]).to(self._device).float()[:, None] / (255.0 * self._pool**2)
        place = self._pool * torch.arange(region.shape[-1], device=self._device)
        lips = torch.from_numpy(self._lesson.learned.lips[rows]).to(self._device)
        left, top, right, bottom = lips[..., None].unbind(dim=1)
        inside = ((place >= top) & (place < bottom))[:, :, None] & ((place >= left) & (place < right))[:, None]
        return region * (1.0 + _LIPS_WEIGHT * inside[:, None].float())


def _summed(pictures: Picture, pool: int) -> NDArray[np.integer]:
    """(P, S / pool, S / pool, ...) sums of squares of so many pixels."""
    if pool == 1:
        return pictures
    total = np.zeros((len(pictures), *(side // pool for side in pictures.shape[1:3]), *pictures.shape[3:]), np.int16)
    for row in range(pool):
        for column in range(pool):
            total += pictures[:, row::pool, column::pool]
    return total


def _mean(error: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Weighted mean length of errors, smooth at zero."""
    return (weight * (error.square() + _CALM**2).sqrt()).sum() / (3.0 * weight.sum() + 1e-6)
