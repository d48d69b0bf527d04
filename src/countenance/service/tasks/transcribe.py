"""What is said in a recording."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from countenance.service.context import Service
from countenance.service.db.tables import Job
from countenance.service.jobs.handlers import Failed, Handler, JsonObject, Outcome
from countenance.service.jobs.queue import CHECK
from countenance.service.tasks import inputs, sources
from countenance.service.videos import transcriptions


def _prepare(service: Service, job_id: str, folder: Path) -> JsonObject | None:
    with service.database.transaction() as session:
        job = session.get_one(Job, job_id)
        if not transcriptions.begin(session, job.subject_id):
            return None
        subject_id = job.subject_id
    return {"media": inputs.brought(service, "transcription", subject_id, folder)["audio"]}


def _nothing(service: Service, job_id: str, folder: Path, event: JsonObject) -> None:
    """It tells nothing but its progress."""


def _publish(service: Service, job_id: str, folder: Path, result: JsonObject) -> JsonObject:
    """The recording is no longer needed; `transcriptions.complete` notes that it is deleted."""
    with service.database.reading() as session:
        job = session.get(Job, job_id)
    if job is not None:
        service.objects.delete(sources.stored_below("transcription", job.subject_id))
    return result


def _finish(session: Session, service: Service, job: Job, outcome: Outcome) -> None:
    if isinstance(outcome, Failed):
        transcriptions.fail(session, job.subject_id, outcome.findings)
    else:
        transcriptions.complete(session, job.subject_id, outcome.result)


TRANSCRIBING = Handler("transcribe", CHECK, _prepare, _nothing, _publish, _finish)
