"""Uploads as they are answered."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Literal

from countenance.api.shown import progress
from countenance.api.shown.progress import Link
from countenance.service.context import Service
from countenance.service.db.tables import Job, Upload
from countenance.service.fetch.sniff import IMAGE
from countenance.service.tasks.failure import failure
from countenance.service.uploads import bucket
from countenance.service.uploads.links import part_links
from countenance.service.uploads.report import kind_of
from countenance.wire.times import iso_ms
from countenance.wire.uploads import BestPart, PartBody, UploadBody, UploadReport

_STATES: dict[str, Literal["queued", "running", "done", "failed"]] = {
    "waiting": "queued",
    "queued": "queued",
    "running": "running",
    "done": "done",
    "failed": "failed",
    "cancelled": "failed",
}
"""of a job, as they are shown"""


def without_parts(row: Upload) -> UploadBody:
    """An upload, as far as it is known inside a transaction."""
    return UploadBody(
        upload_id=row.id,
        filename=row.filename,
        bytes=row.bytes,
        part_bytes=row.part_bytes,
        state=row.state,
        sha256=row.sha256,
        content_type=row.content_type,
        media=row.media,
        created_at=iso_ms(row.created_at),
        expires_at=iso_ms(row.expires_at),
    )


def with_parts(body: UploadBody, service: Service, workspace_id: str, base_url: str) -> UploadBody:
    """The same with the parts that are missing; call it outside of a transaction."""
    missing = part_links(service, workspace_id, body.upload_id, base_url)
    parts = [PartBody(number=part.number, url=part.url, bytes=part.bytes) for part in missing]
    return body.model_copy(update={"parts": parts})


def report(row: Upload, job: Job, link: Link, lease_s: float) -> UploadReport:
    """What speaks against it, or how far the report is."""
    made = row.report or {}
    why = failure(job.findings or []) if _STATES[job.state] == "failed" else None
    found = [_named(finding, row.filename) for finding in (why.findings if why else made.get("findings", ()))]
    folder = f"{bucket.place_of(row.id)}/report"
    return UploadReport(
        upload_id=row.id,
        kind="picture" if kind_of(row) == IMAGE else "footage",
        state=_STATES[job.state],
        standing=progress.standing(job, lease_s),
        stage=progress.stage(job),
        fraction=job.fraction,
        seconds_left=progress.seconds_left(job),
        heartbeat=progress.heartbeat(job),
        ok=made.get("ok"),
        findings=progress.findings(found, link, folder),
        duration_s=made.get("duration_s", _duration_s(row)),
        usable=made.get("usable", []),
        usable_s=made.get("remaining_s"),
        speech_s=made.get("speech_s"),
        best=_best(made.get("best"), link, folder),
        evidence_url=_url(made.get("evidence"), link, folder),
        error_message=why.error_message if why else None,
        error_type=why.error_type if why else None,
        created_at=iso_ms(job.created_at),
        finished_at=iso_ms(job.finished_at) if job.finished_at else None,
    )


def _named(finding: Mapping[str, Any], filename: str) -> Mapping[str, Any]:
    """The same of the file as its owner calls it: here it has another name."""
    if not finding.get("file"):
        return finding
    said = str(finding["message"]).removeprefix(f"{PurePosixPath(finding['file']).name}: ")
    return {**finding, "file": filename, "message": f"{filename}: {said}"}


def _duration_s(row: Upload) -> float | None:
    """As it was found when the upload was complete."""
    return None if kind_of(row) == IMAGE else (row.media or {}).get("duration_s")


def _best(stored: dict[str, Any] | None, link: Link, folder: str) -> BestPart | None:
    if stored is None:
        return None
    url = _url(stored.get("evidence"), link, folder)
    return BestPart(spans=stored["spans"], duration_s=stored["duration_s"], why=stored["why"], evidence_url=url)


def _url(name: str | None, link: Link, folder: str) -> str | None:
    return link(f"{folder}/{name}") if name else None
