"""Replicas as they are answered."""

from __future__ import annotations

from typing import Any, Literal

from countenance.api.shown import progress
from countenance.api.shown.progress import Link
from countenance.consent.policy import Subject, requirement
from countenance.consent.receipt_content import Material
from countenance.service.db.tables import Job, Replica
from countenance.service.replicas.errors import REVIEW_REFUSED
from countenance.wire.replicas import (
    ConsentBody,
    CreatedReplica,
    ReplicaBody,
    ReplicaEvent,
    ReplicaReport,
    UpdatedReplica,
)
from countenance.wire.status import USABLE, shown, training_progress
from countenance.wire.times import iso_ms


def created(replica: Replica) -> CreatedReplica:
    """What is answered to whoever asked for it."""
    return CreatedReplica(replica_id=replica.id, replica_name=replica.name, status=shown(replica.status)[0])


def body(replica: Replica, job: Job | None, link: Link, lease_s: float) -> ReplicaBody:
    """A replica, with where its training stands."""
    status, finetune = shown(replica.status)
    return ReplicaBody(
        replica_id=replica.id,
        replica_name=replica.name,
        status=status,
        training_progress=_hundredths(replica, job),
        finetune_status=finetune,
        error_message=replica.error_message,
        thumbnail_video_url=link(replica.thumbnail_video_key),
        created_at=iso_ms(replica.created_at),
        updated_at=iso_ms(replica.updated_at),
        replica_type="system" if replica.workspace_id is None else "user",
        model_name=replica.model_name,
        default_voice_id=_voice(replica),
        original_voice_id=replica.id if replica.has_voice else None,
        voice_name=replica.voice_name,
        thumbnail_url=link(replica.thumbnail_key),
        material=replica.material,
        subject=replica.subject,
        language=replica.language,
        stage=progress.stage(job),
        seconds_left=progress.seconds_left(job),
        heartbeat=progress.heartbeat(job),
        standing=progress.standing(job, lease_s),
        error_type=replica.error_type,
        findings=progress.findings(replica.findings, link, report_folder(replica.id)),
        consent=_consent(replica),
        receipt_id=replica.receipt_id,
        preview_ready=replica.status in USABLE,
        has_voice=replica.has_voice,
        credits_used=replica.credits_used,
    )


def updated(replica: Replica) -> UpdatedReplica:
    """What a change came to."""
    return UpdatedReplica(
        replica_id=replica.id,
        replica_name=replica.name,
        default_voice_id=_voice(replica),
        original_voice_id=replica.id if replica.has_voice else None,
    )


def event(replica: Replica, job: Job | None, lease_s: float) -> ReplicaEvent:
    """Where the training stands."""
    status, finetune = shown(replica.status)
    return ReplicaEvent(
        replica_id=replica.id,
        status=status,
        finetune_status=finetune,
        training_progress=_hundredths(replica, job),
        stage=progress.stage(job),
        seconds_left=progress.seconds_left(job),
        heartbeat=progress.heartbeat(job),
        standing=progress.standing(job, lease_s),
        error_message=replica.error_message,
    )


def report(replica: Replica, link: Link) -> ReplicaReport:
    """Everything that was found."""
    return ReplicaReport(
        replica_id=replica.id,
        status=shown(replica.status)[0],
        findings=progress.findings(replica.findings, link, report_folder(replica.id)),
        clearance=replica.clearance,
        metrics=replica.metrics,
    )


def report_folder(replica_id: str) -> str:
    """Where the evidence of a replica lies in the object store."""
    return f"replicas/{replica_id}/report"


def _hundredths(replica: Replica, job: Job | None) -> str:
    return training_progress(replica.status, job.fraction if job else 0.0)


def _voice(replica: Replica) -> str | None:
    """The voice that it speaks in: a stock voice that was chosen, else its own."""
    return replica.voice_name or (replica.id if replica.has_voice else None)


def _consent(replica: Replica) -> ConsentBody:
    needed = requirement(Material(replica.material), Subject(replica.subject)).consent
    verdict: dict[str, Any] = (replica.clearance or {}).get("consent") or {}
    return ConsentBody(required=needed, verdict=_verdict(replica, needed, verdict))


def _verdict(
    replica: Replica, needed: bool, verdict: dict[str, Any]
) -> Literal["accepted", "refused", "review", "waiting", "not-needed"]:
    if not needed:
        return "not-needed"
    if replica.receipt_id is not None or replica.reviewed_by is not None:
        return "accepted"
    severities = {finding.get("severity") for finding in verdict.get("findings", ())}
    if "error" in severities or any(each.get("rule") == REVIEW_REFUSED.id for each in replica.findings or ()):
        return "refused"
    if not verdict:
        return "waiting"
    return "review" if "warning" in severities else "accepted"
