"""Where a net runs, and in which precision. Needs torch."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from countenance.engine.errors import NO_GPU
from countenance.errors import CountenanceError, Finding

if TYPE_CHECKING:
    from countenance.engine.refine.apply import Device
    from countenance.engine.refine.net import Net

Array = NDArray[np.float32]
Picture = NDArray[np.uint8]

GREY = 127.5
"""Grey levels per unit of what a net takes and gives."""
_TRIALS = 2
_TRIED_STEPS = 3
_TRIED_EVERY = 250


def chosen(device: Device, threads: int) -> torch.device:
    """The device that is meant, ready for use; `threads` of the processor (0: one per core) for all of this process.

    Raises:
        CountenanceError: engine.no_gpu.
    """
    torch.set_num_threads(threads or os.cpu_count() or 1)
    found = torch.cuda.is_available()
    if device == "cuda" and not found:
        raise CountenanceError(Finding(NO_GPU))
    return torch.device("cuda" if found and device != "cpu" else "cpu")


def faster_in_half(work: Callable[[bool], object], device: torch.device) -> bool:
    """Whether `work(half)` takes less of the processor's time in half precision (bfloat16).

    Processors with instructions for it are twice as fast, others several times slower; graphics cards that have it
    are faster. One thread is asked, because several wait for each other by spinning, which takes time as well.
    """
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    taken = {}
    for half in (False, True):
        work(half)
        taken[half] = min(_seconds(work, half) for _ in range(_TRIALS))
    torch.set_num_threads(threads)
    return taken[True] < taken[False]


def _seconds(work: Callable[[bool], object], half: bool) -> float:
    began = time.thread_time()
    work(half)
    return time.thread_time() - began


class Crew:
    """How many threads share the work of a step: as many as are fastest now.

    Two threads on two idle cores are half as fast again as one, but where others work on the cores as well they are
    several times slower, because each waits for the other by spinning. So it is tried out again and again.
    """

    def __init__(self, most: int, now: Callable[[], float] = time.monotonic) -> None:
        """Up to `most` threads; `now` is a clock."""
        self._sizes = sorted({1, most, *(size for size in (2, 4) if size < most)})
        self._now = now
        self._taken: dict[int, list[float]] = {}
        self._steps = 0

    def step(self, work: Callable[[], object]) -> int:
        """Do a step of the work; how many threads shared it."""
        trial = self._steps % _TRIED_EVERY
        if trial == 0:
            self._taken = {size: [] for size in self._sizes}
        tried = trial // _TRIED_STEPS
        size = self._sizes[tried] if tried < len(self._sizes) else min(self._sizes, key=self._typical)
        torch.set_num_threads(size)
        began = self._now()
        work()
        self._taken[size].append(self._now() - began)
        self._steps += 1
        return size

    def _typical(self, size: int) -> float:
        return float(np.median(self._taken[size][:_TRIED_STEPS]))


def tensor(pictures: NDArray[np.integer], device: torch.device, summed: int = 1) -> torch.Tensor:
    """(B, C, S, S) of -1 to 1 from (B, S, S, C), each value of which is the sum of so many pixels."""
    moved = torch.from_numpy(pictures).to(device).permute(0, 3, 1, 2)
    return (moved.float() / (summed * GREY) - 1.0).contiguous(memory_format=torch.channels_last)


class Runner:
    """A net that takes and gives arrays, in one thread if no number is given: it runs beside others that are busy."""

    def __init__(self, net: Net, side: int, threads: int, device: Device) -> None:
        self._device = chosen(device, threads or 1)
        self._net = net.to(device=self._device, memory_format=torch.channels_last).eval()
        blank = np.zeros((1, side, side, net.shape.inputs), np.uint8)
        self._half = False
        self._half = faster_in_half(
            lambda half: self._run(blank, np.zeros((1, net.shape.conditions), np.float32), half), self._device
        )

    def __call__(self, pictures: Picture, wishes: Array) -> Array:
        """(B, s, s, 3) in grey levels, from (B, S, S, C) and (B, K): a correction, or a picture from 0 to 255."""
        out = self._run(pictures, wishes, self._half)
        return (out + 1.0) * GREY if self._net.shape.full_band else out * GREY

    def _run(self, pictures: Picture, wishes: Array, half: bool) -> Array:
        given = tensor(pictures, self._device), torch.from_numpy(wishes).to(self._device)
        with torch.inference_mode(), torch.autocast(self._device.type, torch.bfloat16, enabled=half):
            out = self._net(*given)
        return np.ascontiguousarray(out.float().permute(0, 2, 3, 1).cpu().numpy())
