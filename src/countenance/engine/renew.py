"""Write a replica of an older format anew in the present one."""

from __future__ import annotations

import json
from pathlib import Path

from countenance.engine.replica import DESCRIPTION, FORMAT_VERSION, check_place, describe, load, save


def renew(folder: Path) -> tuple[int, int]:
    """Bring a replica up to date, whole or not at all: the format that it had, and the one that it has now.

    Nothing is written where both are the same.

    Raises:
        CountenanceError: engine.not_a_replica, engine.replica_too_new, engine.replica_damaged, engine.place_taken,
            engine.cannot_store.
    """
    describe(folder)
    before = int(json.loads((folder / DESCRIPTION).read_text("utf-8"))["format_version"])
    if before != FORMAT_VERSION:
        check_place(folder)
        save(load(folder), folder)
    return before, FORMAT_VERSION
