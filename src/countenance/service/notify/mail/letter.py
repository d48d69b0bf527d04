"""What an e-mail says: for each kind of event a subject, a beginning, findings with pictures, and a link."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from countenance.errors import CountenanceError, amount
from countenance.service.address import address
from countenance.service.consent_requests.revoke import REVOKED
from countenance.service.context import Service
from countenance.service.db.tables import Lipsync, OutboxEvent, Replica, Transcription, Video
from countenance.service.notify.types import ASKED, DISABLED
from countenance.service.replicas import events as replicas

_MOST_FINDINGS, _MOST_PICTURES = 6, 3
_MOST_PICTURE_BYTES = 2_000_000
_ORDER = {"error": 0, "warning": 1, "hint": 2}
AT_A_TERMINAL = " (on the command line with --reviewed)"
"""What remedies say for those who are at one."""
_OF_WHAT_IT_SHOWS = "Whether it is what it was declared to be is not clear to the machine. Please look at it."
_DOUBTS = {
    "footage": "Whether the right person agreed is not clear to the machine. Please compare the recordings.",
    "synthetic": _OF_WHAT_IT_SHOWS,
    "image": _OF_WHAT_IT_SHOWS,
}
"""What waits for a human, by what the replica is made from."""
_FREE = "Nothing was charged: what was set aside for it is available again."


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding, as a person reads it."""

    title: str
    seen: str
    """what was seen in this material, measured, and when; may be empty"""
    remedy: str
    picture: bytes | None = field(default=None, repr=False)
    """JPEG or PNG"""
    kind: str = "jpeg"
    rule: str = ""
    """its id in the error catalogue"""


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail before it has a form."""

    subject: str
    heading: str
    paragraphs: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    action: str = ""
    """what the link says"""
    url: str = ""


def letter_for(service: Service, event: OutboxEvent) -> Letter:
    """The letter that tells of an event, from what is known now: of something that was deleted little is."""
    with service.database.reading() as session:
        made = None
        if event.subject_kind in _TABLES:
            made = session.get(_TABLES[event.subject_kind], event.subject_id)
    if event.type == ASKED:
        return _asked(event.payload, service.settings.contact.strip())
    if event.type == DISABLED:
        return _disabled(service, event.payload)
    if event.type == REVOKED:
        return _revoked(service, event.payload)
    if event.subject_kind == "replica":
        return _of_replica(service, event, made if isinstance(made, Replica) else None)
    return _of_failure(service, event, made)


_TABLES: dict[str, type[Replica | Video | Lipsync | Transcription]] = {
    "replica": Replica,
    "video": Video,
    "lipsync": Lipsync,
    "transcription": Transcription,
}


def _of_replica(service: Service, event: OutboxEvent, replica: Replica | None) -> Letter:
    is_there = replica is not None and replica.deleted_at is None
    name = replica.name if replica is not None and is_there else event.subject_id
    url = _page(service, f"replicas/{event.subject_id}")
    problems = _problems(service, replica) if replica is not None and is_there else ()
    if event.type == replicas.COMPLETED:
        said = ("It is trained and can speak: write a script, or give it a recording.", *_advice(problems))
        return Letter(f"{name} is ready", f"{name} is ready", said, problems, "Open the replica", url)
    if event.type == replicas.PREVIEW_ONLY:
        said = ("It can speak as its preview does, but refining it did not succeed.", _FREE)
        return Letter(f"{name} stays a preview", f"{name} stays a preview", said, problems, "Open the replica", url)
    if event.type == replicas.REVIEW:
        said = (_DOUBTS.get(replica.material if replica is not None else "", _DOUBTS["footage"]),)
        url = _page(service, f"review/{event.subject_id}")
        return Letter(f"{name} needs your look", f"{name} needs your look", said, problems, "Look at it", url)
    said = ("Here is what went wrong, and what to do differently.", _FREE)
    if not problems:
        said = (str(event.payload.get("error_message") or "It could not be trained."), _FREE)
    return Letter(f"{name} could not be trained", f"{name} could not be trained", said, problems, "See it", url)


def _of_failure(service: Service, event: OutboxEvent, made: Any) -> Letter:
    kind = {"video": "video", "lipsync": "lip-synced film", "transcription": "transcript"}[event.subject_kind]
    name = made.name if made is not None and made.deleted_at is None else event.subject_id
    heading = f"The {kind} {name} could not be made"
    problems = tuple(_problem(found, None) for found in _sorted(getattr(made, "findings", None) or ()))
    why = () if problems else (str(event.payload.get("error_message") or event.payload.get("status_details") or ""),)
    if event.subject_kind == "video":
        return Letter(heading, heading, (*why, _FREE), problems, "See it", _page(service, f"videos/{event.subject_id}"))
    # Of films and transcripts, which programs make, there are no pages; of what went wrong there is one.
    url = _page(service, f"help/errors#{problems[0].rule}" if problems else "help/errors")
    return Letter(heading, heading, (*why, _FREE), problems, "What it means", url)


def _asked(payload: dict[str, Any], contact: str) -> Letter:
    organisation = payload["organisation"]
    whom = f"{organisation} ({contact})" if contact else f"{organisation}, or whoever told you of this letter"
    return Letter(
        f"{organisation} asks for your consent",
        "May a digital replica of you be made?",
        (
            f"Dear {payload['full_name']}, {organisation} would like to make a digital replica of you: videos that "
            "look and sound like you, made by a computer.",
            "Only you can agree. On the page behind this link you read a short statement aloud, and a camera records "
            "it. If you do not want this, decline there, or do nothing.",
            "What for: people whom it lets do so write texts, and the replica says them in videos. Which ones, and who "
            f"will see them, ask {whom}.",
            f"The link is for you alone. You can agree by it until {_moment(payload['expires_at'])}. If you do, keep "
            "this letter: by the same link you see later what you have agreed to, and take it back, at any time and "
            "without a reason.",
        ),
        action="Read the statement",
        url=payload["url"],
    )


def _revoked(service: Service, payload: dict[str, Any]) -> Letter:
    """Whose replica it was is not told: who asked for it finds it by its number, and nothing else of it stays."""
    number, receipt_id = payload["replica_id"], payload.get("receipt_id")
    heading = f"The consent for {number} was taken back"
    return Letter(
        heading,
        "A consent was taken back",
        (
            f"The person whom the replica {number} shows has taken their consent back by themself, on "
            f"{_moment(payload['revoked_at'])}. They had agreed on {_moment(payload['agreed_at'])}.",
            "No more videos can be made with it. The replica is erased, with its videos and the recordings, and with "
            "the footage, unless something else was made from that. If it was still in training, that has ended and "
            "cost nothing.",
            "Videos that were downloaded or published before are not known here. Delete them, unless something else "
            "than this consent allows you to keep them.",
        ),
        action="See what was erased" if receipt_id else "See what this means",
        url=_page(service, f"receipts/{receipt_id}" if receipt_id else f"replicas/{number}"),
    )


def _disabled(service: Service, payload: dict[str, Any]) -> Letter:
    return Letter(
        "A webhook endpoint was switched off",
        "A webhook endpoint was switched off",
        (
            f"{payload['url']} has not taken anything for days, or said that it is gone (410).",
            "Mend it and switch it on again; what was missed can be sent again from the log.",
        ),
        action="Open the endpoints",
        url=_page(service, "notifications/webhooks"),
    )


def _advice(problems: tuple[Problem, ...]) -> tuple[str, ...]:
    return ("What would make the next recording better is below.",) if problems else ()


def _problems(service: Service, replica: Replica) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    for found in _sorted(replica.findings or ()):
        wanted = len([one for one in problems if one.picture]) < _MOST_PICTURES
        evidence = str(found.get("evidence") or "") if wanted else ""
        picture = _picture(service, f"replicas/{replica.id}/report/{evidence}") if evidence else None
        problems.append(_problem(found, picture, "png" if evidence.endswith(".png") else "jpeg"))
    return tuple(problems)


def _sorted(findings: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """The gravest first; of those that are as grave, what is about people before light and sound."""

    def rank(found: dict[str, Any]) -> tuple[int, bool]:
        return _ORDER.get(found.get("severity", ""), 3), not str(found.get("rule")).startswith("consent.")

    yield from sorted(findings, key=rank)[:_MOST_FINDINGS]


def _problem(found: dict[str, Any], picture: bytes | None, kind: str = "jpeg") -> Problem:
    measured, unit, limit = found.get("measured"), found.get("unit") or "", found.get("limit")
    seen = [str(found.get("detail") or "")]
    if isinstance(measured, (int, float)):
        within = f", limit {amount(limit, unit)}" if isinstance(limit, (int, float)) else ""
        seen.append(f"Measured {amount(measured, unit)}{within}.")
    spans = found.get("spans") or []
    if spans:
        seen.append("At " + ", ".join(f"{_clock(start)} to {_clock(end)}" for start, end in spans[:5]) + ".")
    told = " ".join(filter(None, seen))
    remedy = str(found.get("remedy", "")).replace(AT_A_TERMINAL, "")
    return Problem(str(found.get("title", "")), told, remedy, picture, kind, str(found.get("rule", "")))


def _picture(service: Service, key: str) -> bytes | None:
    """A picture of the report; a letter without it is better than none."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture"
        try:
            service.objects.get(key, path)
        except CountenanceError:
            return None
        return path.read_bytes() if path.stat().st_size <= _MOST_PICTURE_BYTES else None


def _page(service: Service, path: str) -> str:
    return address(service.settings, path)


def _moment(iso: str | None) -> str:
    """`2026-11-26T04:30:00+00:00` as people read it."""
    return f"{iso[:10]}, {iso[11:16]} UTC" if iso else "an unknown day"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes:02d}:{rest:02d}"
