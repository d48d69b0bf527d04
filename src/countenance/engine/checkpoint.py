"""What a training has so far, as files, so that it goes on from there if its process dies.

key.json              what all of it was made from; whatever is for something else is deleted
<name>.safetensors    arrays, and what is to be said of them
*.mp4                 clips that arrays name, with their hashes

Each file appears when it is whole. They hold a face and a voice: their owner's alone, and gone when training is done.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from countenance.engine.replica import describe, file_sha256, storage_errors
from countenance.errors import CountenanceError
from countenance.media import private

Arrays = Mapping[str, NDArray[Any]]
Learned = tuple[dict[str, NDArray[Any]] | None, dict[str, Any]]

_FORMAT = 2
"""Raised when what is kept would be read or gone on with otherwise than it was meant: what was kept before is deleted
then. Other changes of the software leave it, so that a training outlives an update."""
_KEY, _SUFFIX, _TOLD = "key.json", ".safetensors", "told"


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """A folder for one training."""

    folder: Path
    replica_id: str
    """the same in every try"""

    def keep(self, name: str, arrays: Arrays, told: Mapping[str, Any]) -> None:
        """Keep arrays, and what is to be said of them (JSON-ready), under a name.

        Raises:
            CountenanceError: engine.cannot_store.
        """
        text = np.frombuffer(json.dumps(told).encode(), np.uint8)
        whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
        with storage_errors(self.folder):
            private.write(self.folder / (name + _SUFFIX), save({_TOLD: text, **whole}))

    def kept(self, name: str) -> tuple[dict[str, NDArray[Any]], dict[str, Any]] | None:
        """What was kept under a name; None if nothing was, or if it cannot be read."""
        try:
            arrays: dict[str, NDArray[Any]] = load_file(self.folder / (name + _SUFFIX))
            return arrays, dict(json.loads(arrays.pop(_TOLD).tobytes()))
        except (OSError, SafetensorError, KeyError, ValueError):
            return None

    def once(self, name: str, learned: Callable[[], Learned]) -> Learned:
        """What was kept under a name, or what is learned now, and kept: arrays, if it came to any, and what is said.

        Raises:
            CountenanceError: engine.cannot_store, and what `learned` raises.
        """
        found = self.kept(name)
        if found is not None:
            return found[0] or None, found[1]
        arrays, told = learned()
        self.keep(name, arrays or {}, told)
        return arrays, told

    def is_made(self, place: Path) -> bool:
        """Whether an earlier try has put the replica, or its preview, in place."""
        try:
            return bool(describe(place)["id"] == self.replica_id)
        except (CountenanceError, KeyError):
            return False

    def clear(self) -> None:
        """Training is done: nothing of the person stays here."""
        shutil.rmtree(self.folder, ignore_errors=True)


def opened(folder: Path, key: Mapping[str, Any], replica_id: str | None = None) -> Checkpoints:
    """The checkpoints in a folder, made if need be; without what was kept in another format or for another key.

    `key` (JSON-ready) names all that decides what a training comes to. Without a `replica_id` there will be a new one.

    Raises:
        CountenanceError: engine.cannot_store.
    """
    content = json.dumps({"format": _FORMAT, "replica": replica_id, **key}, sort_keys=True)
    wanted = sha256(content.encode()).hexdigest()
    try:
        found = json.loads((folder / _KEY).read_text("utf-8"))
        if found["key"] == wanted:
            return Checkpoints(folder, str(found["replica"]))
    except (OSError, ValueError, KeyError, TypeError):
        pass
    replica_id = replica_id or "r" + token_hex(6)
    with storage_errors(folder):
        if folder.exists():
            shutil.rmtree(folder)
        private.private_folder(folder).chmod(0o700)
        private.write(folder / _KEY, json.dumps({"key": wanted, "replica": replica_id}).encode())
    return Checkpoints(folder, replica_id)


def digest_of(*arrays: NDArray[Any]) -> str:
    """For a key."""
    return sha256(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)).hexdigest()


def is_whole(clip: Path, digest: str) -> bool:
    """Whether a clip is as it was when its hash was taken."""
    return clip.is_file() and file_sha256(clip) == digest
