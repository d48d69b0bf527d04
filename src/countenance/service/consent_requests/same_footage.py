"""Replicas that were tried from the same footage as one whose consent is taken back, and came to nothing.

They would keep that footage: it goes when nothing is made from it any more.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from countenance.service.context import Service
from countenance.service.db.tables import MediaSource, Replica
from countenance.service.purge import actions as purge
from countenance.service.replicas import life


def useless(session: Session, replica_id: str) -> Sequence[str]:
    """Other replicas of the same workspace that name one of its uploads and cannot speak: they have failed, or are
    deleted and not erased."""
    own = select(MediaSource.upload_id).where(
        MediaSource.subject_kind == "replica",
        MediaSource.subject_id == replica_id,
        MediaSource.upload_id.is_not(None),
    )
    wanted = (
        select(Replica.id)
        .join(MediaSource, (MediaSource.subject_kind == "replica") & (MediaSource.subject_id == Replica.id))
        .where(MediaSource.upload_id.in_(own), MediaSource.deleted_at.is_(None))
        .where(
            Replica.id != replica_id,
            Replica.workspace_id == select(Replica.workspace_id).where(Replica.id == replica_id).scalar_subquery(),
            Replica.purged_at.is_(None),
            or_(Replica.status == "error", Replica.deleted_at.is_not(None)),
        )
    )
    return session.scalars(wanted.distinct().order_by(Replica.id)).all()


def delete(session: Session, service: Service, workspace_id: str, replica_ids: Sequence[str]) -> list[str]:
    """Erase these as well; the workflows to cancel after the commit."""
    workflows: list[str] = []
    for each in replica_ids:
        workflows += life.delete(session, service, workspace_id, each, hard=True, free=True)
        purge.ask(session, service, "replica", each)
    return workflows
