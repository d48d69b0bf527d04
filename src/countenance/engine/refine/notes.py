"""Where a net is in its lesson, written down now and then: so that learning goes on if its process dies. Needs torch.

What is written is all that the next step depends on: weights, their average, the optimiser's memory, and the state of
chance. A net that goes on from notes comes to what it would have come to without the interruption.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.optim.swa_utils import AveragedModel

from countenance.engine.checkpoint import Checkpoints
from countenance.engine.refine.net import Net

Arrays = dict[str, NDArray[Any]]

EVERY_S = 20.0
_NAME = "refining"
_MEMORY = ("exp_avg", "exp_avg_sq")


class Notes:
    """The notes of one lesson; without `kept` nothing is noted."""

    def __init__(self, kept: Checkpoints | None, lesson: Mapping[str, Any]) -> None:
        """`lesson` (JSON-ready) is what the notes are good for."""
        self._kept, self._lesson = kept, dict(lesson)
        self._written_s = time.monotonic()

    def earlier(self) -> tuple[Arrays, dict[str, Any]] | None:
        """What an earlier process has noted of the same lesson."""
        found = None if self._kept is None else self._kept.kept(_NAME)
        return found if found is not None and found[1]["lesson"] == self._lesson else None

    def are_due(self) -> bool:
        return self._kept is not None and time.monotonic() - self._written_s >= EVERY_S

    def write(self, arrays: Arrays, told: Mapping[str, Any]) -> None:
        """Replace the notes.

        Raises:
            CountenanceError: engine.cannot_store.
        """
        if self._kept is not None:
            self._kept.keep(_NAME, arrays, {**told, "lesson": self._lesson})
            self._written_s = time.monotonic()


def noted(net: Net, average: AveragedModel, steps: torch.optim.Adam) -> Arrays:
    """Weights, their average and the optimiser's memory by name."""
    tensors = {f"net.{name}": value for name, value in net.state_dict().items()}
    tensors |= {f"average.{name}": value for name, value in average.state_dict().items()}
    for index, parameter in enumerate(net.parameters()):
        tensors |= {f"steps.{index}.{name}": value for name, value in steps.state[parameter].items()}
    return {name: value.detach().cpu().numpy() for name, value in tensors.items()}


def take_up(arrays: Arrays, net: Net, average: AveragedModel, steps: torch.optim.Adam) -> None:
    """Put back what `noted` gave."""
    for prefix, module in (("net.", net), ("average.", average)):
        state = module.state_dict()
        module.load_state_dict({name: _as(arrays[prefix + name], value) for name, value in state.items()})
    for index, parameter in enumerate(net.parameters()):
        own = {name: _as(arrays[f"steps.{index}.{name}"], parameter) for name in _MEMORY}
        own["step"] = torch.tensor(float(arrays[f"steps.{index}.step"].item()), device=parameter.device)
        steps.state[parameter] = own


def _as(array: NDArray[Any], like: torch.Tensor) -> torch.Tensor:
    """The array as a tensor that lies in memory as `like` does: the optimiser walks through both side by side."""
    tensor = torch.empty_like(like, requires_grad=False)
    return tensor.copy_(torch.from_numpy(np.ascontiguousarray(array)).reshape(like.shape))
