"""Write a replica of an older format anew in the present one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from countenance.engine.replica import DESCRIPTION, FORMAT_VERSION, check_place, describe, load, save


def renew(folder: Path, permitted: Callable[[str], None] | None = None) -> tuple[int, int]:
    """Bring a replica up to date, whole or not at all: the format that it had, and the one that it has now.

    Nothing is written where both are the same. Otherwise `permitted` is given the SHA-256 of `replica.json` before.

    Raises:
        CountenanceError: engine.not_a_replica, engine.replica_too_new, engine.replica_damaged, engine.place_taken,
            engine.cannot_store, and what `permitted` raises.
    """
    describe(folder)
    text = (folder / DESCRIPTION).read_bytes()
    before = int(json.loads(text.decode("utf-8"))["format_version"])
    if before != FORMAT_VERSION:
        check_place(folder)
        if permitted is not None:
            permitted(hashlib.sha256(text).hexdigest())
        save(load(folder), folder)
    return before, FORMAT_VERSION
