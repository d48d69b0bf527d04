"""What is done for a replica, step by step: what is behind it, what is being done, and what is to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from countenance.api.call import Call
from countenance.api.routes import replicas
from countenance.portal import cards
from countenance.portal.standing import Told
from countenance.service.jobs.progress import SHARES
from countenance.service.replicas.life import FOR_CONSENT, FOR_REVIEW
from countenance.wire.replicas import ReplicaBody

_LAST = ("measure", "store")
_OF_TRAINING = ("engine.", "people.", "picture.", "voice.", "service.internal", "service.worker", "service.job")


@dataclass(frozen=True, slots=True)
class Stage:
    """One step."""

    words: str
    state: Literal["done", "now", "next", "waits", "failed"]
    """`waits` is where it stands, though nobody is at work on it"""


def stages(replica: ReplicaBody, told: Told) -> tuple[Stage, ...]:
    """All steps of a replica, in their order."""
    names = dict(_names(replica))
    at = _place(replica)
    order = list(names)
    if at is None:
        return tuple(Stage(words, "done") for words in names.values())
    here = order.index(at)
    if told.failed or told.key == "preview_only":
        state: Literal["now", "waits", "failed"] = "failed"
    else:
        state = "now" if told.tone == "busy" or told.key == "preview" else "waits"
    return tuple(
        Stage(words, "done" if order.index(key) < here else state if key == at else "next")
        for key, words in names.items()
    )


def _names(replica: ReplicaBody) -> Sequence[tuple[str, str]]:
    asked = replica.consent is not None and replica.consent.request_state is not None
    by_link = [("consent", "The person agrees")] if asked or replica.stage == FOR_CONSENT else []
    review = [("review", "Somebody looks and listens")] if replica.stage == FOR_REVIEW else []
    if replica.material == "image":
        looked, refined = "The picture is checked", "The mouth is refined"
    else:
        real = replica.material == "footage"
        looked = "The footage and the consent are checked" if real else "The footage is checked"
        refined = "Mouth and voice are refined"
    made = [("check", looked), *review, ("learn", "It learns the face: a preview"), ("refine", refined)]
    return [*by_link, *made, ("measure", "It is measured")]


def _place(replica: ReplicaBody) -> str | None:
    """Where it stands; None where all is done."""
    if replica.finetune_status == "completed":
        return None
    if replica.stage == FOR_CONSENT:
        return "consent"
    if replica.stage == FOR_REVIEW:
        return "review"
    if replica.finetune_status == "errored":
        return "refine"
    if replica.status == "error":
        return _failed_at(replica)
    if replica.stage in _LAST:
        return "measure"
    if replica.finetune_status == "training":
        return "refine"
    percent = int(replica.training_progress.partition("/")[0])
    return "check" if percent < int(SHARES["check"][1] * 100) else "learn"


def _failed_at(replica: ReplicaBody) -> str:
    asked = replica.consent is not None and replica.consent.request_state is not None
    rules = [finding.rule for finding in replica.findings if finding.severity == "error"]
    if asked and any(rule.startswith("consent.request") for rule in rules):
        return "consent"
    return "learn" if rules and all(rule.startswith(_OF_TRAINING) for rule in rules) else "check"


def phase(replica: ReplicaBody, told: Told) -> str:
    """What there is to see of a replica beside how far it is: another phase has other parts of the page."""
    if told.key == "consent":
        state = replica.consent.request_state if replica.consent else None
        return f"consent-{state or 'none'}"
    if told.is_final or told.key == "review":
        return told.key
    if replica.preview_ready:
        return "preview"
    return "checked" if _place(replica) in ("learn", "refine", "measure") else "begun"


def by_id(call: Call, ids: Sequence[str]) -> dict[str, ReplicaBody]:
    """Those of these that there are, each with the state of its last link for consent, also when that is answered."""
    return cards.there(call, ids, replicas.get)


def status_values(call: Call, replica: ReplicaBody) -> Mapping[str, Any]:
    """What the template of a replica's state needs on its own page."""
    shown = cards.replica_values(call, replica)
    return {**shown, "stages": stages(replica, shown["told"]), "phase": phase(replica, shown["told"])}
