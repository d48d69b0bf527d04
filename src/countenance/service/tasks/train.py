"""The training of a replica: its preview is published while it goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from countenance.service.context import Service
from countenance.service.db.tables import Job
from countenance.service.jobs.handlers import Failed, Handler, JsonObject, Outcome
from countenance.service.jobs.queue import TRAIN
from countenance.service.replicas import life
from countenance.service.replicas.life import Published
from countenance.service.tasks import inputs, outputs, warrants
from countenance.service.tasks.check import replica_of

_OUT = "replica"


def _prepare(service: Service, job_id: str, folder: Path) -> JsonObject | None:
    with service.database.transaction() as session:
        replica = replica_of(session, job_id)
        if replica is None or not life.begin(session, replica.id, "train"):
            return None
    files = inputs.brought(service, "replica", replica.id, folder)
    warrants.lay(service, "replica", replica.id, folder)
    return {
        "warrant": warrants.WARRANT,
        "footage": files.get("footage"),
        "picture": files.get("picture"),
        "consent": files.get("consent"),
        "replica_id": replica.id,
        "out": _OUT,
        "reviewed_by": replica.reviewed_by,
        "voice": replica.voice_name,
    }


def _on_event(service: Service, job_id: str, folder: Path, event: JsonObject) -> None:
    with service.database.transaction() as session:
        replica = replica_of(session, job_id)
    if replica is None:
        return
    if event["event"] == "receipt":
        warrants.keep_receipt(service, "replica", replica.id, folder)
    if event["event"] != "preview":
        return
    stored = _stored(service, replica.id, folder, event)
    with service.database.transaction() as session:
        life.preview_ready(session, service, replica.id, Published(**stored))


def _publish(service: Service, job_id: str, folder: Path, result: JsonObject) -> JsonObject:
    with service.database.transaction() as session:
        replica = replica_of(session, job_id)
    if replica is None:
        return {}
    stored = _stored(service, replica.id, folder, result)
    description = result["description"]
    voice = description.get("voice")
    has_voice = isinstance(voice, dict) and bool(voice.get("used"))
    metrics = {**(description.get("metrics") or {}), **({"voice": voice} if has_voice else {})}
    return {**stored, "has_voice": has_voice, "metrics": metrics or None}


def _stored(service: Service, replica_id: str, folder: Path, told: JsonObject) -> dict[str, Any]:
    """Store the bundle and its pictures; the first fields of `Published`."""
    key = outputs.bundle(service, replica_id, folder / _OUT)
    beside = key.removesuffix("/bundle")
    still, moving = outputs.PICTURES
    pictures = {
        "thumbnail_key": outputs.file(service, beside, folder / still, "image/jpeg"),
        "thumbnail_video_key": outputs.file(service, beside, folder / moving, "video/mp4"),
    }
    outputs.held(service, told.get("receipt"), "replica", replica_id, key)
    return {"bundle": key, "receipt_id": told.get("receipt"), **pictures}


def _finish(session: Session, service: Service, job: Job, outcome: Outcome) -> None:
    if isinstance(outcome, Failed):
        life.fail(session, service, job.subject_id, outcome.findings)
    elif outcome.result:
        life.complete(session, service, job.subject_id, Published(**outcome.result))


TRAINING = Handler("train", TRAIN, _prepare, _on_event, _publish, _finish)
