"""The life of a replica: the only place that changes its status, and what it costs.

    waiting -> queued -> checking -> queued -> training -> preview -> completed
                                  -> waiting (for a human)          -> preview_only
    any of them before the preview -> error

Every change is conditional on the status before it, so that what is told twice, late or in another order changes
nothing. A training is paid for in the transaction in which the replica becomes `completed`; every other end is free.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from countenance.consent.receipt_rules import REVOKED
from countenance.errors import Finding, Severity
from countenance.service import ids
from countenance.service.clock import now
from countenance.service.consent_requests import closing
from countenance.service.context import Service
from countenance.service.credits import ledger
from countenance.service.db.tables import Job, Lipsync, Replica
from countenance.service.errors import REPLICA_UNKNOWN, refused
from countenance.service.jobs import life as jobs
from countenance.service.jobs.queue import CHECK, TRAIN, workflow_id
from countenance.service.purge import actions as purge
from countenance.service.replicas import events, find
from countenance.service.replicas.errors import NOTHING_TO_REVIEW, REVIEW_REFUSED
from countenance.service.replicas.wanted import NewReplica, accepted, name_of, voice_of
from countenance.service.tasks import sources
from countenance.service.tasks.failure import failure
from countenance.service.uploads.drop import abort_by_closed_links
from countenance.service.videos import lipsyncs, waiting

TASKS = ("check", "train")
"""The tasks of a replica's job, in their order."""
FOR_CONSENT = "waiting for consent"
FOR_REVIEW = "waiting for review"
_BEFORE_PREVIEW = ("waiting", "queued", "checking", "training")


@dataclass(frozen=True, slots=True)
class Published:
    """What a training, or its preview, has left in the object store."""

    bundle: str
    """its folder"""
    receipt_id: str | None
    thumbnail_key: str | None = None
    thumbnail_video_key: str | None = None
    has_voice: bool = False
    metrics: Mapping[str, Any] | None = None

    def values(self) -> dict[str, Any]:
        """For an UPDATE; pictures that a preview has are kept where the end brings none."""
        pictures = {"thumbnail_key": self.thumbnail_key, "thumbnail_video_key": self.thumbnail_video_key}
        return {
            "bundle": self.bundle,
            "receipt_id": self.receipt_id,
            "has_voice": self.has_voice,
            "metrics": dict(self.metrics) if self.metrics is not None else None,
            **{name: key for name, key in pictures.items() if key is not None},
        }


def create(session: Session, service: Service, workspace_id: str, wanted: NewReplica) -> Replica:
    """A new replica, its files, its job, the training that it holds, and its first task; all or nothing.

    Raises:
        CountenanceError: what `wanted.accepted` and `sources.check` raise; service.out_of_credits.
    """
    spoken_by = sources.arrived_at(session, workspace_id, wanted.consent or wanted.footage)
    declared = accepted(wanted, workspace_id, service.settings, spoken_by)
    voice = voice_of(wanted.voice_name, service.settings)
    replica_id = ids.replica_id()
    name = name_of(wanted.name, otherwise=replica_id)
    waits = wanted.consent_by_link
    job = jobs.create(session, workspace_id, "replica", replica_id, "check", FOR_CONSENT if waits else "queued")
    ledger.hold(session, job.id, workspace_id, ledger.TRAINING, 1, "replica", replica_id)
    moment = now()
    replica = Replica(
        id=replica_id,
        workspace_id=workspace_id,
        name=name,
        status="waiting" if waits else "queued",
        material=wanted.made_of.value,
        subject=wanted.shows.value,
        full_name=" ".join(wanted.full_name.split()) if wanted.full_name else None,
        language=wanted.language,
        phrase_id=wanted.phrase_id,
        declarations=[asdict(each) for each in declared],
        model_name=wanted.model_name,
        voice_name=voice,
        callback_url=wanted.callback_url or None,
        properties=dict(wanted.properties),
        job_id=job.id,
        created_at=moment,
        updated_at=moment,
        has_voice=False,
        credits_used=0,
    )
    session.add(replica)
    for role, ref in wanted.media.items():
        sources.add(session, workspace_id, "replica", replica_id, role, ref)
    session.flush()
    if not waits:
        jobs.hand_on(session, service.queue, job, CHECK, "check")
    return replica


def rename(session: Session, workspace_id: str, replica_id: str, name: str) -> Replica:
    """Give a replica another name.

    Raises:
        CountenanceError: service.replica_unknown; service.request_invalid for a name that is too long.
    """
    replica = find.own(session, workspace_id, replica_id)
    replica.name, replica.updated_at = name_of(name, otherwise=replica.name), now()
    return replica


def set_voice(session: Session, service: Service, workspace_id: str, replica_id: str, voice: str | None) -> Replica:
    """Give a replica another stock voice, or its own back (None or empty).

    Raises:
        CountenanceError: service.replica_unknown, voice.unknown_voice.
    """
    replica = find.own(session, workspace_id, replica_id)
    replica.voice_name, replica.updated_at = voice_of(voice, service.settings), now()
    return replica


def consented(session: Session, service: Service, replica_id: str) -> bool:
    """The statement has come, and its source is noted: the check may begin. Links that were not used are closed."""
    job = locked_job(session, replica_id)
    if job is None or job.task != "check" or _moved(session, replica_id, ("waiting",), "queued") is None:
        return False
    closing.withdraw(session, replica_id)
    jobs.hand_on(session, service.queue, job, CHECK, "check")
    return True


def begin(session: Session, replica_id: str, task: str) -> bool:
    """A worker begins a task (`check` or `train`), or goes on with it after its process died.

    False where it is not that task's turn, or the replica was deleted.
    """
    job = locked_job(session, replica_id)
    if job is None or job.task != task:
        return False
    working = "checking" if task == "check" else "training"
    if _moved(session, replica_id, ("queued", working), working) is not None:
        return True
    replica = session.get_one(Replica, replica_id, populate_existing=True)
    return task == "train" and replica.status == "preview" and replica.deleted_at is None


def checked(
    session: Session,
    service: Service,
    replica_id: str,
    *,
    findings: Sequence[Mapping[str, Any]],
    clearance: Mapping[str, Any] | None,
    ok: bool,
) -> bool:
    """The check has ended: training follows, or a human looks, or it is over. False where nothing was checked.

    A check that is not `ok` although none of its findings is an error has doubts that a human can clear.
    """
    job = locked_job(session, replica_id)
    if job is None:
        return False
    kept: dict[str, Any] = {"findings": [*findings], "clearance": dict(clearance) if clearance is not None else None}
    if not ok and any(finding.get("severity") == Severity.ERROR for finding in findings):
        return _failed(session, service, job, replica_id, ("checking",), findings, kept)
    replica = _moved(session, replica_id, ("checking",), "queued" if ok else "waiting", **kept)
    if replica is None:
        return False
    if ok:
        jobs.hand_on(session, service.queue, job, TRAIN, "train")
    else:
        job.state, job.task, job.stage, job.seconds_left = "waiting", "train", FOR_REVIEW, None
        events.tell(session, replica, events.REVIEW)
    return True


def review(session: Session, service: Service, workspace_id: str, replica_id: str, reviewer: str) -> Replica:
    """A human has looked and listened, and confirms what the machine left to them: training follows.

    Raises:
        CountenanceError: service.replica_unknown, service.nothing_to_review.
    """
    job = _under_review(session, workspace_id, replica_id)
    replica = _moved(session, replica_id, ("waiting",), "queued", reviewed_by=reviewer)
    if replica is None:
        raise refused(NOTHING_TO_REVIEW, measured=replica_id)
    jobs.hand_on(session, service.queue, job, TRAIN, "train")
    return replica


def refuse_review(
    session: Session, service: Service, workspace_id: str, replica_id: str, reviewer: str, reason: str = ""
) -> Replica:
    """A human has looked and listened, and refuses what the machine left to them: it is over, and free. Who that was
    and why is told with what the machine found; `reason` is for whoever asked for the replica.

    Raises:
        CountenanceError: service.replica_unknown, service.nothing_to_review.
    """
    job = _under_review(session, workspace_id, replica_id)
    replica = session.get_one(Replica, replica_id, populate_existing=True)
    said = f"{reviewer}: {reason.strip()}" if reason.strip() else f"It was {reviewer}."
    findings = [Finding(REVIEW_REFUSED, detail=said).as_dict(), *(replica.findings or ())]
    if not _failed(session, service, job, replica_id, ("waiting",), findings):
        raise refused(NOTHING_TO_REVIEW, measured=replica_id)
    return replica


def _under_review(session: Session, workspace_id: str, replica_id: str) -> Job:
    find.own(session, workspace_id, replica_id)
    job = locked_job(session, replica_id)
    if job is None or not waits_before(job, "train"):
        raise refused(NOTHING_TO_REVIEW, measured=replica_id)
    return job


def preview_ready(session: Session, service: Service, replica_id: str, published: Published) -> bool:
    """The replica can speak, and goes on being refined."""
    locked_job(session, replica_id)
    replica = _moved(session, replica_id, ("training",), "preview", preview_at=now(), **published.values())
    if replica is None:
        return False
    events.tell(session, replica, events.PREVIEW)
    waiting.start(session, service, replica_id)
    return True


def complete(session: Session, service: Service, replica_id: str, published: Published) -> bool:
    """The training has succeeded: only here is it paid for."""
    job = locked_job(session, replica_id)
    if job is None:
        return False
    done = {"completed_at": now(), "credits_used": 1, **published.values()}
    replica = _moved(session, replica_id, ("training", "preview"), "completed", **done)
    if replica is None:
        return False
    jobs.end(job, "done")
    events.tell(session, replica, events.COMPLETED)
    waiting.start(session, service, replica_id)
    ledger.capture(session, job.id)
    return True


def fail(session: Session, service: Service, replica_id: str, findings: Sequence[Mapping[str, Any]]) -> bool:
    """It ends without success, and free. A preview stays usable, unless the consent was taken back; where there is
    none, the replica's videos fail with it.
    """
    job = locked_job(session, replica_id)
    if job is None:
        return False
    taken_back = any(finding.get("rule") == REVOKED.id for finding in findings)
    before = (*_BEFORE_PREVIEW, "preview") if taken_back else _BEFORE_PREVIEW
    return _failed(session, service, job, replica_id, before, findings)


def delete(
    session: Session, service: Service, workspace_id: str, replica_id: str, *, hard: bool = False, free: bool = False
) -> list[str]:
    """From now on the replica cannot be used, and what was under way for it ends; free, unless it was completed, or
    the settings say otherwise of one in training; with `free` whatever they say.

    With `hard` also one that is deleted already is accepted, so that it can be purged.

    Returns:
        The ids of the workflows to cancel after the commit (`follow_up`).

    Raises:
        CountenanceError: service.replica_unknown.
    """
    replica = session.get(Replica, replica_id)
    if replica is None or replica.workspace_id != workspace_id or replica.purged_at is not None:
        raise refused(REPLICA_UNKNOWN, measured=replica_id[:40])
    if replica.deleted_at is not None and not hard:
        raise refused(REPLICA_UNKNOWN, measured=replica_id[:40])
    return _deleted(session, service, replica_id, purged=hard, free=free)


def delete_and_cancel(service: Service, workspace_id: str, replica_id: str, *, hard: bool = False) -> None:
    """`delete` in a transaction of its own, and what follows."""
    with service.database.transaction() as session:
        workflows = delete(session, service, workspace_id, replica_id, hard=hard)
    follow_up(service, replica_id, workflows)


def follow_up(service: Service, replica_id: str, workflows: Sequence[str]) -> None:
    """After the commit of a deletion: what was under way ends, and what has come by links but was not sent goes."""
    service.queue.cancel(list(workflows))
    abort_by_closed_links(service, replica_id)


def revoked(session: Session, service: Service, receipt_id: str, *, free: bool = False) -> list[str]:
    """A consent was taken back: no replica and no film under it can be used any more, and all of them are purged; for
    `free` see `delete`.

    Returns:
        The ids of the workflows to cancel after the commit (`Queue.cancel`).
    """
    under = session.scalars(select(Replica.id).where(Replica.receipt_id == receipt_id, Replica.purged_at.is_(None)))
    workflows: list[str] = []
    for replica_id in under.all():
        workflows += _deleted(session, service, replica_id, purged=True, free=free)
        purge.ask(session, service, "replica", replica_id)
    films = select(Lipsync).where(Lipsync.receipt_id == receipt_id, Lipsync.purged_at.is_(None))
    for film in session.scalars(films).all():
        workflows += lipsyncs.delete(session, film.workspace_id, film.id, hard=True)
        purge.ask(session, service, "lipsync", film.id)
    return workflows


def _deleted(
    session: Session, service: Service, replica_id: str, *, purged: bool = False, free: bool = False
) -> list[str]:
    job = locked_job(session, replica_id)
    statement = update(Replica).where(Replica.id == replica_id, Replica.deleted_at.is_(None))
    # Who it is goes at once, unless a purge follows: it looks for that everywhere else first. The id of the one-time
    # words stays until then: by it a later purge finds them.
    gone = {} if purged else dict.fromkeys(("full_name", "clearance"))
    changed = _changed(session, statement.values(deleted_at=now(), **gone))
    workflows = waiting.abandon(session, replica_id) if changed else []
    if purged:
        waiting.hide(session, replica_id)
    if not changed:
        return []
    replica = session.get_one(Replica, replica_id, populate_existing=True)
    (closing.withdraw if purged else closing.forget)(session, replica_id)
    if job is not None:
        jobs.end(job, "cancelled")
        costs = service.settings.cancelled_training == "capture" and replica.status in ("training", "preview")
        if free or not costs:
            ledger.release(session, job.id, "cancelled")
        elif ledger.capture(session, job.id, reason="cancelled"):
            replica.credits_used = 1
        workflows += [workflow_id(job.id, task) for task in TASKS]
    return workflows


def _failed(
    session: Session,
    service: Service,
    job: Job,
    replica_id: str,
    before: Collection[str],
    findings: Sequence[Mapping[str, Any]],
    kept: Mapping[str, Any] | None = None,
) -> bool:
    why = {**(kept or {}), **failure(findings).values()}
    event = events.ERROR
    replica = _moved(session, replica_id, before, "error", **why)
    if replica is None and before is _BEFORE_PREVIEW:
        event = events.PREVIEW_ONLY
        replica = _moved(session, replica_id, ("preview",), "preview_only", **why)
    if replica is None:
        return False
    jobs.end(job, "failed", failure(findings).findings)
    events.tell(session, replica, event)
    if event == events.ERROR:
        closing.withdraw(session, replica_id)
        waiting.fail(session, replica_id, str(why["error_message"]))
    ledger.release(session, job.id, "error")
    return True


def waits_before(job: Job | None, task: str) -> bool:
    """Whether the replica waits for a person before a task: for a consent before its check, for somebody who looks
    before its training.
    """
    return job is not None and (job.state, job.task) == ("waiting", task)


def locked_job(session: Session, replica_id: str) -> Job | None:
    """The replica's job, locked before the replica's own row, as everywhere: nobody waits in a circle."""
    replica = session.get(Replica, replica_id)
    return None if replica is None or replica.job_id is None else jobs.locked(session, replica.job_id)


def _moved(session: Session, replica_id: str, before: Collection[str], status: str, **values: Any) -> Replica | None:
    """The replica after a change of its status; None, and no change, if it was not in any of those before."""
    session.flush()
    statement = update(Replica).where(
        Replica.id == replica_id, Replica.status.in_(before), Replica.deleted_at.is_(None)
    )
    if not _changed(session, statement.values(status=status, updated_at=now(), **values)):
        return None
    return session.get_one(Replica, replica_id, populate_existing=True)


def _changed(session: Session, statement: Any) -> bool:
    result = session.execute(statement.execution_options(synchronize_session=False))
    return isinstance(result, CursorResult) and result.rowcount == 1
