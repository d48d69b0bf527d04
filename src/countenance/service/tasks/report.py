"""The report of an upload: its file goes in, findings and the pictures that show them come out."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from countenance.service.context import Service
from countenance.service.db.tables import Job, Upload
from countenance.service.fetch.sniff import IMAGE
from countenance.service.jobs.handlers import Failed, Handler, JsonObject, Outcome
from countenance.service.jobs.queue import CHECK
from countenance.service.tasks import inputs, outputs
from countenance.service.uploads import bucket, report

_KEPT = ("duration_s", "usable", "remaining_s", "speech_s", "best", "evidence")
"""Of the report; what else is in it (what a picture's file says of itself, for one) nobody asks for."""


def _wanted(service: Service, job_id: str) -> Upload | None:
    with service.database.reading() as session:
        return report.wanted(session, job_id)


def _prepare(service: Service, job_id: str, folder: Path) -> JsonObject | None:
    upload = _wanted(service, job_id)
    if upload is None or upload.object_key is None:
        return None
    role = "picture" if report.kind_of(upload) == IMAGE else "footage"
    name = f"{inputs.FOLDER}/{role}{inputs.suffix_of(upload.content_type)}"
    if not (folder / name).exists():
        inputs.linked(service, upload.object_key, folder / name)
    return {role: name}


def _nothing(service: Service, job_id: str, folder: Path, event: JsonObject) -> None:
    """It tells nothing but its progress."""


def _publish(service: Service, job_id: str, folder: Path, result: JsonObject) -> JsonObject:
    upload = _wanted(service, job_id)
    if upload is not None:
        place = bucket.place_of(upload.id)
        outputs.evidence(service, place, folder, result["evidence"])
        # Whoever deleted the upload meanwhile may have looked before the pictures were there.
        if _wanted(service, job_id) is None:
            service.objects.delete(f"{place}/report")
    told = {name: result["report"][name] for name in _KEPT if name in result["report"]}
    return dict(outputs.without_paths({"ok": result["ok"], "findings": result["findings"], **told}, folder))


def _finish(session: Session, service: Service, job: Job, outcome: Outcome) -> None:
    if isinstance(outcome, Failed):
        # Where the worker had the file is nobody's business.
        findings = [{**each, "file": Path(each.get("file", "")).name} for each in outcome.findings]
        report.fail(session, job, findings)
    else:
        report.complete(session, job, outcome.result)


REPORTING = Handler("report", CHECK, _prepare, _nothing, _publish, _finish)
