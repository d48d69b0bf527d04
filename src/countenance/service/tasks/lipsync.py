"""The lips of a film follow another sound: check, a quick training, and a video, in one task."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from countenance.service.context import Service
from countenance.service.db.tables import CreditHold, Job, Lipsync
from countenance.service.jobs.handlers import Failed, Handler, JsonObject, Outcome
from countenance.service.jobs.queue import TRAIN
from countenance.service.tasks import inputs, outputs, warrants
from countenance.service.tasks.render import check_length, published
from countenance.service.videos import lipsyncs


def _prepare(service: Service, job_id: str, folder: Path) -> JsonObject | None:
    with service.database.transaction() as session:
        lipsync = _lipsync_of(session, job_id)
        if lipsync is None or not lipsyncs.begin(session, lipsync.id):
            return None
        hold = session.get(CreditHold, job_id)
    files = inputs.brought(service, "lipsync", lipsync.id, folder)
    check_length(service, folder / files["audio"], hold)
    if warrants.is_signed(service, "lipsync", lipsync.id):
        warrants.lay(service, "lipsync", lipsync.id, folder)
    claim = lipsync.claim
    return {
        "video": files["video"],
        "audio": files["audio"],
        "consent": files.get("consent"),
        "material": claim["material"],
        "subject": claim["subject"],
        "name": claim["full_name"],
        "language": claim["language"],
        "phrase_id": claim["phrase_id"],
        "declarations": claim["declarations"],
        "account": lipsync.workspace_id,
        "received_at": lipsync.created_at.isoformat(),
        "out": "video.mp4",
    }


def _on_event(service: Service, job_id: str, folder: Path, event: JsonObject) -> None:
    """Once the receipt is signed, one-time words are used up: whoever begins again must go on under it."""
    if event["event"] != "receipt":
        return
    with service.database.transaction() as session:
        lipsync = _lipsync_of(session, job_id)
    if lipsync is not None:
        warrants.keep(service, "lipsync", lipsync.id, folder)
        warrants.keep_receipt(service, "lipsync", lipsync.id, folder)


def _publish(service: Service, job_id: str, folder: Path, result: JsonObject) -> JsonObject:
    with service.database.transaction() as session:
        lipsync = _lipsync_of(session, job_id)
    if lipsync is None:
        return {}
    prefix = f"lipsyncs/{lipsync.id}"
    if "video" not in result:
        outputs.evidence(service, prefix, folder, result["evidence"])
        return {"findings": outputs.without_paths(result["findings"], folder)}
    outputs.held(service, result.get("receipt"), "lipsync", lipsync.id, None)
    keys = published(service, prefix, folder, result)
    return {
        "video_key": keys["video_key"],
        "duration_s": result["report"]["duration_s"],
        "receipt_id": result.get("receipt"),
    }


def _finish(session: Session, service: Service, job: Job, outcome: Outcome) -> None:
    if isinstance(outcome, Failed):
        lipsyncs.fail(session, job.subject_id, outcome.findings)
    elif "findings" in outcome.result:
        lipsyncs.fail(session, job.subject_id, outcome.result["findings"])
    elif outcome.result:
        made = outcome.result
        lipsyncs.complete(session, job.subject_id, made["video_key"], made["duration_s"], made.get("receipt_id"))


def _lipsync_of(session: Session, job_id: str) -> Lipsync | None:
    job = session.get(Job, job_id)
    lipsync = session.get(Lipsync, job.subject_id) if job is not None else None
    return None if lipsync is None or lipsync.deleted_at is not None else lipsync


DUBBING = Handler("lipsync", TRAIN, _prepare, _on_event, _publish, _finish)
