"""Footage that was needed for a training, and is needed no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from countenance.errors import CountenanceError
from countenance.service.context import Service
from countenance.service.db.tables import Job, MediaSource, Replica, Workspace
from countenance.service.purge.log import truncate_log
from countenance.service.purge.rows import forget_sources
from countenance.service.purge.traces import REPLICA, unshared, uploads_of
from countenance.service.uploads import bucket

_SEEN = ("footage", "picture")
_DAY_S = 86_400.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Files:
    sources: tuple[str, ...]
    uploads: tuple[str, ...]
    objects: tuple[str, ...]


def delete_old(service: Service, at: datetime) -> int:
    """Delete the footage of replicas whose training ended, however it ended, as many days ago as their workspace says,
    or else the settings; of how many replicas. What was reported on it before goes with it.

    A recording of the statement alone is kept: it is what proves the consent. One that cannot be deleted now is
    tried again with the next call.
    """
    with service.database.reading() as session:
        due = _due(session, service.settings.keep_footage_days, at)
    deleted = sum(_delete(service, replica_id) for replica_id in due)
    if deleted:
        truncate_log(service.database)
    return deleted


def _due(session: Session, otherwise: float | None, at: datetime) -> list[str]:
    days = func.coalesce(Workspace.keep_footage_days, otherwise)
    rows = session.execute(
        select(Replica.id, Job.finished_at, days)
        .join(Job, Job.id == Replica.job_id)
        .join(Workspace, Workspace.id == Replica.workspace_id)
        .join(MediaSource, (MediaSource.subject_kind == REPLICA) & (MediaSource.subject_id == Replica.id))
        .where(MediaSource.role.in_(_SEEN), MediaSource.deleted_at.is_(None))
        .where(Job.finished_at.is_not(None), days.is_not(None))
        .distinct()
    )
    return [
        replica_id
        for replica_id, ended, kept in rows
        if ended is not None and (at - ended).total_seconds() >= kept * _DAY_S
    ]


def _delete(service: Service, replica_id: str) -> bool:
    with service.database.reading() as session:
        files = _files(session, replica_id)
    try:
        for key in files.objects:
            service.objects.delete(key)
    except (CountenanceError, OSError) as error:
        _log.warning("footage not deleted", replica_id=replica_id, error=type(error).__name__)
        return False
    with service.database.transaction() as session:
        forget_sources(session, files.sources, files.uploads)
    return True


def _files(session: Session, replica_id: str) -> _Files:
    wanted = select(MediaSource).where(
        MediaSource.subject_kind == REPLICA, MediaSource.subject_id == replica_id, MediaSource.deleted_at.is_(None)
    )
    every = session.scalars(wanted).all()
    seen = [source for source in every if source.role in _SEEN]
    # Where the statement opens the footage, both are one file.
    origins = {(source.upload_id, source.url) for source in seen}
    sources = [source for source in every if (source.upload_id, source.url) in origins]
    uploads = uploads_of(session, (), sources)
    stored = [*(source.object_key for source in sources), *(upload.object_key for upload in uploads)]
    reports = (f"{bucket.place_of(upload.id)}/report" for upload in uploads)
    return _Files(
        tuple(source.id for source in sources),
        tuple(upload.id for upload in uploads),
        (*unshared(session, {key for key in stored if key}, sources, uploads), *reports),
    )
