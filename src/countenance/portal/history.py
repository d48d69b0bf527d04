"""What has become of a replica so far: when it was asked for, answered, checked, seen and done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from countenance.service.db.tables import AuditEntry, ConsentRequest, CreditHold, Job, Replica

_ANSWERS = {
    "recorded": ("The person agreed by the link", "good"),
    "declined": ("The person said no", "bad"),
    "expired": ("The link expired", "wait"),
    "withdrawn": ("The link was taken back", "quiet"),
}
_NOTED = {
    "replica.review": ("Somebody looked, listened and confirmed it", "good"),
    "replica.review.refuse": ("Somebody looked, listened and refused it", "bad"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened."""

    at: datetime
    words: str
    tone: str = "quiet"
    took: str = ""
    """how long it took, in words; empty where that says nothing"""


@dataclass(frozen=True, slots=True)
class Paid:
    """What a replica costs."""

    words: str
    note: str
    tone: str


def moments(
    replica: Replica, job: Job | None, asked: Sequence[ConsentRequest], entries: Sequence[AuditEntry]
) -> tuple[Moment, ...]:
    """What happened, the latest first."""
    found = [Moment(replica.created_at, "Asked for"), *_of_links(asked), *_of_people(entries)]
    begun = job.started_at if job is not None else None
    end = replica.preview_at or replica.completed_at or (job.finished_at if job is not None else None)
    if begun is not None and (end is None or begun < end):
        found.append(Moment(begun, "A worker began with it", took=lasted(replica.created_at, begun)))
    since = max((each.at for each in found if each.at <= (replica.preview_at or each.at)), default=replica.created_at)
    if replica.preview_at is not None:
        found.append(Moment(replica.preview_at, "The preview could speak", "good", lasted(since, replica.preview_at)))
        since = replica.preview_at
    if replica.completed_at is not None:
        found.append(Moment(replica.completed_at, "Complete", "good", lasted(since, replica.completed_at)))
    elif job is not None and job.state == "failed" and job.finished_at is not None:
        what = "Refining it failed" if replica.status == "preview_only" else "It failed"
        found.append(Moment(job.finished_at, what, "bad", lasted(since, job.finished_at)))
    return tuple(sorted(found, key=lambda each: each.at))[::-1]


def paid(hold: CreditHold | None) -> Paid | None:
    """What became of the training that was held for it; None where none was."""
    if hold is None:
        return None
    if hold.state == "held":
        return Paid("1 training is held", "It is used when the replica is complete; an error costs nothing.", "busy")
    if hold.captured:
        note = "Charged when it was complete." if hold.reason == "completed" else "It was deleted while it was trained."
        return Paid("1 training was used", note, "quiet")
    return Paid("No credit was charged", "The training that was held for it is free again.", "good")


def lasted(start: datetime, end: datetime) -> str:
    """How long that is: `40 s`, `12 min`, `3 h`, `5 days`."""
    seconds = (end - start).total_seconds()
    if seconds < 1:
        return ""
    for below, unit, size in ((90, "s", 1), (5400, "min", 60), (48 * 3600, "h", 3600)):
        if seconds < below:
            return f"{round(seconds / size)} {unit}"
    return f"{round(seconds / 86400)} days"


def _of_links(asked: Sequence[ConsentRequest]) -> Iterator[Moment]:
    for request in asked:
        yield Moment(request.created_at, "The person was asked by a link")
        if request.answered_at is not None and request.state in _ANSWERS:
            words, tone = _ANSWERS[request.state]
            yield Moment(request.answered_at, words, tone, lasted(request.created_at, request.answered_at))


def _of_people(entries: Sequence[AuditEntry]) -> Iterator[Moment]:
    for entry in entries:
        if entry.action in _NOTED:
            words, tone = _NOTED[entry.action]
            yield Moment(entry.at, words, tone)
