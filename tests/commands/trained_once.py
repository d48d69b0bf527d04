"""A replica that the command `train` made, without network: made once, for all tests that are about what follows."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from rough import PROGRAM
from without_network import without_network

_ROUGHLY = f"{PROGRAM}\nimport runpy\nrunpy.run_module('countenance', run_name='__main__', alter_sys=True)"


@dataclass(frozen=True, slots=True)
class TrainedOnce:
    """The replica, and what was left elsewhere. Change nothing in these folders."""

    replica: Path
    home: Path
    data: Path
    """the data folder: with the receipt, and the key that signed it"""
    done: subprocess.CompletedProcess[str]
    """what the command said"""


def train_once(footage: Path, folder: Path) -> TrainedOnce:
    """Train from `footage`, with everything in `folder`, which is new."""
    home, replica = folder / "home", folder / "a replica"
    home.mkdir(parents=True)
    arguments = ("train", str(footage), "--synthetic", "--out", str(replica), "--json")
    return TrainedOnce(replica, home, folder / "data", without_network(home, "code", _ROUGHLY, *arguments))
