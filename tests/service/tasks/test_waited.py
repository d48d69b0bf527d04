"""What a task is told of the time at which it was asked for, however long it has waited since."""

from __future__ import annotations

import wave
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from countenance.consent.receipt_content import Material
from countenance.service.clock import now
from countenance.service.consent_requests import answer, ask
from countenance.service.context import Service
from countenance.service.credits import ledger
from countenance.service.db.tables import Replica, Upload, Workspace
from countenance.service.jobs.handlers import Handler
from countenance.service.jobs.work_folder import work_folder
from countenance.service.replicas import life
from countenance.service.replicas.wanted import NewReplica
from countenance.service.tasks.check import CHECKING
from countenance.service.tasks.lipsync import DUBBING
from countenance.service.tasks.sources import MediaRef
from countenance.service.videos import lipsyncs

FILE = MediaRef(upload_id="u1")
EARLIER = timedelta(hours=3)


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def studio(service: Service, tmp_path: Path) -> Service:
    moment = now() - EARLIER
    with wave.open(str(tmp_path / "a"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        sound.writeframes(bytes(32_000 * 3))
    service.objects.put("uploads/u1", tmp_path / "a")
    with service.database.transaction() as session:
        session.add(Workspace(id="w1", name="", created_at=moment))
        session.flush()
        ledger.grant(session, "w1", ledger.TRAINING, 3, "a gift")
        ledger.grant(session, "w1", ledger.VIDEO_SECOND, 900, "a gift")
        session.add(
            Upload(
                id="u1",
                workspace_id="w1",
                filename="a",
                bytes=(tmp_path / "a").stat().st_size,
                part_bytes=2**23,
                state="complete",
                object_key="uploads/u1",
                content_type="audio/wav",
                media={"duration_s": 3.0},
                created_at=moment,
                expires_at=moment + timedelta(days=7),
            )
        )
    return service


def prepared(service: Service, handler: Handler, job_id: str | None) -> Mapping[str, Any]:
    content = handler.prepare(service, job_id or "", work_folder(service.settings, job_id or ""))
    assert content is not None
    return content


def test_declarations_and_their_time_are_handed_on_whole(studio: Service) -> None:
    wanted = NewReplica(footage=FILE, material=Material.SYNTHETIC, declarations=("ai-generated",))
    with studio.database.transaction() as session:
        replica = life.create(session, studio, "w1", wanted)
        replica.created_at = now() - EARLIER
    content = prepared(studio, CHECKING, replica.job_id)
    assert content["declarations"] == replica.declarations
    assert content["declarations"][0]["when"]
    assert datetime.fromisoformat(content["received_at"]) == replica.created_at


def test_a_statement_by_a_link_came_when_it_was_recorded(studio: Service) -> None:
    with studio.database.transaction() as session:
        wanted = NewReplica(footage=FILE, full_name="Ada", consent_by_link=True)
        replica = life.create(session, studio, "w1", wanted)
        asked, token = ask.create(session, studio, "w1", replica.id)
        session.get_one(Upload, "u1").consent_request_id = asked.id
        session.get_one(Replica, replica.id).created_at = now() - EARLIER
    shown = answer.open_link(studio, token)
    with studio.database.transaction() as session:
        request = answer.record(session, studio, token, "u1", shown.phrase.id)
        request.answered_at = now() - EARLIER / 2
    content = prepared(studio, CHECKING, replica.job_id)
    assert datetime.fromisoformat(content["received_at"]) == request.answered_at


def test_a_film_came_when_it_was_asked_for(studio: Service) -> None:
    with studio.database.transaction() as session:
        wanted = lipsyncs.NewLipsync(FILE, FILE, material=Material.SYNTHETIC, declarations=("ai-generated",))
        lipsync = lipsyncs.create(session, studio, "w1", wanted)
        lipsync.created_at = now() - EARLIER
    content = prepared(studio, DUBBING, lipsync.job_id)
    assert content["declarations"] == lipsync.claim["declarations"]
    assert datetime.fromisoformat(content["received_at"]) == lipsync.created_at
