"""The states of a replica as Tavus names them. Here a replica has more of them; `stage` and `standing` tell which."""

from __future__ import annotations

from typing import Literal

Status = Literal["started", "completed", "error"]
Finetune = Literal["training", "completed", "errored"]
Standing = Literal["waiting", "working", "stalled", "done"]
"""`waiting` for something outside or for its turn, `working` (a worker said so lately), `stalled` (none did)"""

_SHOWN: dict[str, tuple[Status, Finetune | None]] = {
    "waiting": ("started", None),
    "queued": ("started", None),
    "checking": ("started", None),
    "training": ("started", None),
    "preview": ("completed", "training"),
    "completed": ("completed", "completed"),
    "preview_only": ("completed", "errored"),
    "error": ("error", None),
}
FINAL = frozenset({"completed", "preview_only", "error"})
"""states that a replica does not leave"""
USABLE = frozenset({"preview", "completed", "preview_only"})
"""states in which it can speak"""


def shown(status: str) -> tuple[Status, Finetune | None]:
    """`status` and `finetune_status` of an internal status."""
    return _SHOWN[status]


def stored(status: str) -> tuple[str, ...]:
    """The internal statuses that are shown as this one; `training` is read as `started`."""
    wanted = "started" if status == "training" else status
    return tuple(own for own, (seen, _) in _SHOWN.items() if seen == wanted)


def training_progress(status: str, fraction: float) -> str:
    """`37/100`; never 100 before it is done, and 0 of what failed, as Tavus has it."""
    if status in ("completed", "preview_only"):
        return "100/100"
    return "0/100" if status == "error" else f"{min(99, int(fraction * 100))}/100"
