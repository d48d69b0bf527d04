"""How far work is, and whether anybody is at it: a stage that takes long must not look stuck."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from countenance.service.clock import now
from countenance.service.db.tables import Job
from countenance.service.jobs import progress
from countenance.service.jobs.life import has_ended
from countenance.wire.problem import FindingBody, finding_body
from countenance.wire.status import Standing
from countenance.wire.times import iso_ms

Link = Callable[[str | None], str | None]
"""from an object's key to a URL that is good for a while; None of None"""


def standing(job: Job | None, lease_s: float) -> Standing:
    """See `service.jobs.progress.standing`; what has ended is done."""
    found = "ended" if job is None else progress.standing(job, now(), lease_s)
    return "done" if found == "ended" else found


def under_way(job: Job | None) -> Job | None:
    """The job, while it is not over."""
    return None if job is None or has_ended(job) else job


def stage(job: Job | None) -> str:
    """What is being done; empty where nothing is."""
    going = under_way(job)
    return going.stage if going else ""


def seconds_left(job: Job | None) -> float | None:
    """How long it will take, where that is known."""
    going = under_way(job)
    return going.seconds_left if going else None


def heartbeat(job: Job | None) -> str | None:
    """When a worker last said that it is at work on this."""
    going = under_way(job)
    return iso_ms(going.heartbeat_at) if going and going.heartbeat_at else None


def hundredths(job: Job | None, *, done: bool) -> str:
    """`37/100`."""
    if done:
        return "100/100"
    going = under_way(job)
    return f"{min(99, int(going.fraction * 100))}/100" if going else "0/100"


def findings(stored: Sequence[Any] | None, link: Link | None = None, folder: str = "") -> list[FindingBody]:
    """Findings as they are kept; `link` makes URLs of the evidence, which lies in a folder of the object store."""
    told = []
    for finding in stored or ():
        name = finding.get("evidence") or ""
        url = link(f"{folder}/{name.removeprefix('report/')}") if link and folder and name else None
        told.append(finding_body(finding, url))
    return told
