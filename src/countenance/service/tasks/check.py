"""The check of a replica's material: what training needs of it is kept, and the pictures that show what is wrong."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from countenance.service.context import Service
from countenance.service.db.tables import ConsentRequest, Job, MediaSource, Replica, Upload
from countenance.service.jobs.handlers import Failed, Handler, JsonObject, Outcome
from countenance.service.jobs.queue import CHECK
from countenance.service.replicas import life
from countenance.service.tasks import inputs, outputs, warrants


def replica_of(session: Session, job_id: str) -> Replica | None:
    """The replica of a job; None once it was deleted."""
    job = session.get(Job, job_id)
    replica = session.get(Replica, job.subject_id) if job is not None else None
    return None if replica is None or replica.deleted_at is not None else replica


def _prepare(service: Service, job_id: str, folder: Path) -> JsonObject | None:
    with service.database.transaction() as session:
        replica = replica_of(session, job_id)
        if replica is None or not life.begin(session, replica.id, "check"):
            return None
        received_at = _received_at(session, replica)
    files = inputs.brought(service, "replica", replica.id, folder)
    return {
        "footage": files.get("footage"),
        "picture": files.get("picture"),
        "consent": files.get("consent"),
        "material": replica.material,
        "subject": replica.subject,
        "name": replica.full_name,
        "language": replica.language,
        "phrase_id": replica.phrase_id,
        "declarations": replica.declarations,
        "account": replica.workspace_id,
        "reviewed_by": replica.reviewed_by,
        "received_at": received_at.isoformat(),
    }


def _received_at(session: Session, replica: Replica) -> datetime:
    """When the statement came: by a link later than the footage, as an upload before the replica was asked for."""
    recorded = select(ConsentRequest.answered_at).where(
        ConsentRequest.replica_id == replica.id, ConsentRequest.state == "recorded"
    )
    return session.scalar(recorded) or _uploaded_at(session, replica) or replica.created_at


def _uploaded_at(session: Session, replica: Replica) -> datetime | None:
    """When the recording of the statement was here; without one of its own it opens the footage."""
    of_replica = (MediaSource.subject_kind == "replica", MediaSource.subject_id == replica.id)
    roles = dict(session.execute(select(MediaSource.role, MediaSource.upload_id).where(*of_replica)).all())
    upload = session.get(Upload, roles.get("consent", roles.get("footage")) or "")
    return upload.completed_at if upload is not None else None


def _publish(service: Service, job_id: str, folder: Path, result: JsonObject) -> JsonObject:
    with service.database.transaction() as session:
        replica = replica_of(session, job_id)
    if replica is not None:
        outputs.evidence(service, f"replicas/{replica.id}", folder, result["evidence"])
        warrants.keep(service, "replica", replica.id, folder)
    kept = {name: result[name] for name in ("ok", "findings", "clearance")}
    return dict(outputs.without_paths(kept, folder))


def _finish(session: Session, service: Service, job: Job, outcome: Outcome) -> None:
    if isinstance(outcome, Failed):
        life.fail(session, service, job.subject_id, outcome.findings)
        return
    found = outcome.result
    life.checked(
        session, service, job.subject_id, findings=found["findings"], clearance=found["clearance"], ok=found["ok"]
    )


def _nothing(service: Service, job_id: str, folder: Path, event: JsonObject) -> None:
    """A check tells nothing but its progress."""


CHECKING = Handler("check", CHECK, _prepare, _nothing, _publish, _finish)
