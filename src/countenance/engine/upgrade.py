"""Replicas of older formats: one named step from each format to the next.

The steps are taken in memory whenever a replica is read; its folder stays as it is until somebody has it written anew
(`engine.renew`). A step changes what it must and fills in what a newer format asks for beyond that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Description = dict[str, Any]
"""What `replica.json` holds"""
Arrays = dict[str, dict[str, NDArray[Any]]]
"""By file and name. Empty where only the description is wanted: a step must not rely on it."""
Step = Callable[[Description, Arrays], tuple[Description, Arrays]]


def from_1_to_2(description: Description, arrays: Arrays) -> tuple[Description, Arrays]:
    """Format 2 knows replicas by an id of their own, trains in tiers, and keeps how far sound and picture are apart.

    It may hold the weights of a refiner and a personal voice as well; a replica of format 1 holds neither. What was
    held out is a list of spans; it was one span. Its motion was learned from what the speech encoder gives after all of
    its four layers, which is written down since there is a choice.
    """
    added = {"id": id_of(description), "tier": "final", "offset_frames": 0}
    newer = {**added, **description, "format_version": 2}
    footage = description.get("footage")
    if isinstance(footage, Mapping) and "held_out_s" in footage:
        newer["footage"] = {**footage, "held_out_s": [footage["held_out_s"]]}
    if "engine.safetensors" in arrays:
        arrays["engine.safetensors"]["motion.layers"] = np.array([4], np.int32)
    return newer, arrays


STEPS: Mapping[int, Step] = {1: from_1_to_2}
"""By the format from which a step leads."""


def upgraded(description: Description, arrays: Arrays, newest: int) -> tuple[Description, Arrays]:
    """A replica as it would be in the format `newest`; nothing that was given is changed."""
    description, arrays = dict(description), {file: dict(held) for file, held in arrays.items()}
    while description["format_version"] < newest:
        description, arrays = STEPS[description["format_version"]](description, arrays)
    return description, arrays


def id_of(description: Mapping[str, Any]) -> str:
    """The id by which a replica is known wherever it lies; one without follows from the hashes of its files."""
    if isinstance(description.get("id"), str):
        return str(description["id"])
    hashes = description.get("hashes")
    files = sorted(hashes.items()) if isinstance(hashes, Mapping) else []
    return "r" + hashlib.sha256("\n".join(f"{name} {digest}" for name, digest in files).encode()).hexdigest()[:12]
