"""How a replica stands, in the words of people: what its badge says, what that means, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from countenance.service.consent_requests.errors import REQUEST_DECLINED, REQUEST_EXPIRED
from countenance.service.jobs.progress import SHARES
from countenance.service.replicas.life import FOR_CONSENT, FOR_REVIEW
from countenance.wire.problem import FindingBody
from countenance.wire.replicas import ReplicaBody

_QUIET_SHARE = 0.5
"""Of a lease: after so much silence a worker is missed, though nobody takes its work over yet."""
_A_LITTLE_S = 5.0
_MINUTES_FROM_S = 90.0
_MATERIALS = {"footage": "Real footage", "synthetic": "AI-generated", "image": "One picture"}
_CHECKS = ("check footage", "check picture", "verify consent", "check origin", "compare")
_STAGES = {
    "queued": "waits for a worker",
    "check footage": "looking at the footage",
    "check picture": "looking at the picture",
    "verify consent": "listening to the consent",
    "check origin": "looking where it comes from",
    "listen": "listening to the voice",
    "compare": "comparing face and voice",
    "picture": "studying the picture",
    "voice": "learning the voice",
    "animate": "bringing the picture to life",
    "train": "learning the face",
    "watch": "watching the first seconds",
    "watch all": "watching all of the footage",
    "learn": "learning the face",
    "learn all": "learning all of the face",
    "preview": "making the preview",
    "refine": "refining the mouth",
    "learn the voice": "learning the voice",
    "test the voice": "testing the voice",
    "measure": "measuring how good it is",
    "store": "putting it away",
}


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody can do next, and where."""

    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Told:
    """How a replica stands."""

    key: str
    """ready, preview, preview_only, checking, training, paused, queued, consent, review, failed"""
    words: str
    tone: str
    """good, busy, wait, bad or quiet"""
    note: str = ""
    step: Step | None = None
    stage: str = ""
    percent: int | None = None
    """where it is under way"""
    seconds_left: float | None = None
    age_s: float | None = None
    """since a worker last said that it is at work on this"""
    news: str = ""
    """what is said to those who watch, once it has come to this"""

    @property
    def is_final(self) -> bool:
        """Whether it stays so."""
        return self.key in ("ready", "preview_only", "failed")

    @property
    def failed(self) -> bool:
        return self.key == "failed"


def told_of(replica: ReplicaBody, moment: datetime, lease_s: float) -> Told:
    """How a replica stands at a moment; `lease_s` as in `Settings`."""
    page = f"/replicas/{replica.replica_id}"
    if replica.status == "error":
        return _failed(replica, page)
    if replica.finetune_status == "completed":
        return Told("ready", "Ready", "good", step=_speak(replica), news="is ready.")
    if replica.finetune_status == "errored":
        note = "It speaks as the preview does; refining it failed. No credit was charged."
        return Told(
            "preview_only", "Preview only", "wait", note, _speak(replica), news="stays a preview: refining it failed."
        )
    if replica.standing == "waiting":
        return _waiting(replica, page)
    return _at_work(replica, moment, lease_s)


def material_words(replica: ReplicaBody) -> str:
    """What it is made from."""
    return _MATERIALS.get(replica.material, replica.material)


def worst(findings: list[FindingBody]) -> list[FindingBody]:
    """Errors first, then warnings, then advice; in their order otherwise."""
    order: Mapping[str, int] = {"error": 0, "warning": 1, "hint": 2}
    return sorted(findings, key=lambda each: order.get(each.severity, 3))


def _failed(replica: ReplicaBody, page: str) -> Told:
    errors = [each for each in replica.findings if each.severity == "error"]
    why = errors[0].title if errors else replica.error_message or "It could not be made."
    words = "Failed"
    if errors and errors[0].rule == REQUEST_DECLINED.id:
        words = "Declined"
    elif errors and errors[0].rule == REQUEST_EXPIRED.id:
        words = "Link expired"
    return Told("failed", words, "bad", why, Step("Full report", page), news=f"has failed: {why}")


def _waiting(replica: ReplicaBody, page: str) -> Told:
    if replica.stage == FOR_REVIEW:
        about = "who agreed" if replica.material == "footage" else "what it is made from"
        note = f"The check left a doubt about {about}. Somebody has to look and listen."
        news = "waits for somebody to look at it."
        return Told("review", "In review", "wait", note, Step("Look at it", f"/review/{replica.replica_id}"), news=news)
    if replica.stage == FOR_CONSENT:
        return _for_consent(replica, page)
    note = "The check is passed. " if percent_of(replica) >= int(SHARES["train"][0] * 100) else ""
    return Told("queued", "Queued", "quiet", f"{note}It begins by itself as soon as a worker is free.")


def _for_consent(replica: ReplicaBody, page: str) -> Told:
    state = replica.consent.request_state if replica.consent else None
    step = Step("See the link", page)
    if state == "open":
        note = "The person has a link and has not answered yet."
        return Told("consent", "Waiting for consent", "wait", note, step)
    if state == "expired":
        note = "The link has expired. Make another one."
        return Told("consent", "Link expired", "wait", note, Step("Make a link", page))
    if state == "withdrawn":
        note = "The link was taken back. Make another one."
        return Told("consent", "Link taken back", "wait", note, Step("Make a link", page))
    return Told("consent", "Consent needed", "wait", "Nobody has been asked yet.", Step("Make a link", page))


def _at_work(replica: ReplicaBody, moment: datetime, lease_s: float) -> Told:
    age_s, percent = _age(replica, moment), percent_of(replica)
    is_refined = replica.finetune_status == "training"
    if replica.standing == "stalled" or (age_s is not None and age_s > _QUIET_SHARE * lease_s):
        pause = _pause(replica.standing == "stalled", age_s, lease_s)
        made = Told("paused", "Paused", "wait", pause, percent=percent, age_s=age_s)
        # What can speak already goes on doing so: that is the better news.
        note = f"It can speak already. Refining it is paused. {pause}"
        return replace(made, words="Preview ready", note=note, step=_speak(replica)) if is_refined else made
    is_checked = replica.stage not in _CHECKS and percent >= int(SHARES["check"][1] * 100)
    made = Told(
        "training" if is_checked else "checking",
        "Training" if is_checked else "Checking",
        "busy",
        stage=stage_words(replica.stage),
        percent=percent,
        seconds_left=replica.seconds_left,
        age_s=age_s,
    )
    if not is_refined:
        return made
    note, news = "It can speak already, and is being refined.", "can speak: the preview is ready."
    return replace(made, key="preview", words="Preview ready", tone="good", note=note, news=news, step=_speak(replica))


def _pause(is_stalled: bool, age_s: float | None, lease_s: float) -> str:
    if is_stalled or age_s is None:
        return "No worker is there. It goes on by itself, from where it was, as soon as one is."
    if age_s > lease_s:
        return "The worker is gone. Another one is about to go on from where it was."
    return f"The worker is gone. It goes on by itself within about {_rounded(lease_s - age_s + _A_LITTLE_S)}."


def _speak(replica: ReplicaBody) -> Step:
    return Step("Say something", f"/videos/new?replica={replica.replica_id}")


def stage_words(stage: str) -> str:
    """What is being done, in plain words."""
    return _STAGES.get(stage, stage)


def percent_of(replica: ReplicaBody) -> int:
    """How much of it is done."""
    return int(replica.training_progress.partition("/")[0])


def _age(replica: ReplicaBody, moment: datetime) -> float | None:
    if replica.heartbeat is None:
        return None
    return max(0.0, (moment - datetime.fromisoformat(replica.heartbeat)).total_seconds())


def _rounded(seconds: float) -> str:
    return f"{int(-(-seconds // 5) * 5)} s" if seconds < _MINUTES_FROM_S else f"{int(-(-seconds // 60))} min"
