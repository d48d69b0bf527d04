"""How states, progress and verdicts are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from countenance.api.shown import progress
from countenance.api.shown.replicas import body
from countenance.service.clock import now
from countenance.service.db.tables import Job, Replica
from countenance.wire.status import shown, stored, training_progress

_STATES = {
    "waiting": ("started", None),
    "queued": ("started", None),
    "checking": ("started", None),
    "training": ("started", None),
    "preview": ("completed", "training"),
    "completed": ("completed", "completed"),
    "preview_only": ("completed", "errored"),
    "error": ("error", None),
}


def test_every_state_has_tavus_names() -> None:
    assert {status: shown(status) for status in _STATES} == _STATES
    assert set(stored("started")) == set(stored("training")) == {"waiting", "queued", "checking", "training"}
    assert stored("nonsense") == ()


@pytest.mark.parametrize(
    ("status", "fraction", "told"),
    [("training", 0.379, "37/100"), ("preview", 1.0, "99/100"), ("completed", 0.5, "100/100"), ("error", 0.7, "0/100")],
)
def test_progress(status: str, fraction: float, told: str) -> None:
    assert training_progress(status, fraction) == told


def _job(state: str, heard_s: float | None) -> Job:
    heard = None if heard_s is None else now() - timedelta(seconds=heard_s)
    return Job(state=state, stage="fit", fraction=0.5, heartbeat_at=heard, created_at=now(), seconds_left=9.0)


@pytest.mark.parametrize(
    ("state", "heard_s", "told"),
    [
        ("waiting", None, "waiting"),
        ("queued", None, "waiting"),
        ("running", None, "working"),
        ("running", 5.0, "working"),
        ("running", 179.0, "working"),
        ("running", 181.0, "stalled"),
        ("failed", 5.0, "done"),
    ],
)
def test_whether_anybody_is_at_work(state: str, heard_s: float | None, told: str) -> None:
    job = _job(state, heard_s)
    assert progress.standing(job, 60.0) == told
    assert (progress.stage(job), progress.seconds_left(job)) == (("", None) if told == "done" else ("fit", 9.0))


_WARNING: dict[str, Any] = {"findings": [{"severity": "warning"}]}


@pytest.mark.parametrize(
    ("material", "consent", "more", "told"),
    [
        ("image", None, {}, "not-needed"),
        ("footage", None, {}, "waiting"),
        ("footage", {"findings": []}, {}, "accepted"),
        ("footage", _WARNING, {}, "review"),
        ("footage", _WARNING, {"reviewed_by": "me"}, "accepted"),
        ("footage", {"findings": [{"severity": "error"}]}, {}, "refused"),
        ("footage", None, {"receipt_id": "abc"}, "accepted"),
    ],
)
def test_the_verdict_on_consent(material: str, consent: object, more: dict[str, Any], told: str) -> None:
    row = Replica(
        id="r1", workspace_id="w1", name="Rio", status="training", material=material, subject="self", language="en",
        model_name="m", clearance={"consent": consent}, created_at=now(), updated_at=now(), has_voice=False,
        credits_used=0, **more,
    )  # fmt: skip
    shown_consent = body(row, None, lambda key: key, 60.0).consent
    assert shown_consent is not None
    assert shown_consent.verdict == told


def test_where_a_file_lay_is_not_shown() -> None:
    stored = {"rule": "x", "severity": "error", "title": "", "message": "", "file": "in/footage.mp4"}
    assert [each.file for each in progress.findings([stored, {**stored, "file": ""}])] == ["footage.mp4", ""]
