"""Replicas of a workspace, and the stock replicas that everybody may use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from countenance.service.db.tables import Job, Replica
from countenance.service.errors import REPLICA_UNKNOWN, refused

USABLE = ("preview", "completed", "preview_only")
"""The statuses in which a replica can speak."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some replicas, and how many there are in all."""

    rows: Sequence[Replica]
    total: int


def get(session: Session, workspace_id: str, replica_id: str) -> Replica:
    """A replica of this workspace, or of the stock.

    Raises:
        CountenanceError: service.replica_unknown, also of a replica that was deleted.
    """
    replica = session.get(Replica, replica_id)
    if replica is None or replica.deleted_at is not None or replica.workspace_id not in (None, workspace_id):
        raise refused(REPLICA_UNKNOWN, measured=replica_id[:40])
    return replica


def own(session: Session, workspace_id: str, replica_id: str) -> Replica:
    """A replica that this workspace may change: one of the stock is as unknown as another workspace's."""
    replica = get(session, workspace_id, replica_id)
    if replica.workspace_id is None:
        raise refused(REPLICA_UNKNOWN, "It belongs to the stock.", replica_id[:40])
    return replica


def listed(
    session: Session,
    workspace_id: str,
    *,
    limit: int = 10,
    offset: int = 0,
    replica_type: Literal["user", "system"] | None = None,
    ids: Collection[str] = (),
    model_name: str | None = None,
    statuses: Collection[str] = (),
    search: str = "",
) -> Page:
    """The replicas that are not deleted, newest first; filters that are empty let everything through.

    `statuses` are internal ones; see `db.tables.replicas`. `search` is part of a name, in any case, or how an id
    begins.
    """
    wanted = select(Replica).where(Replica.deleted_at.is_(None))
    match replica_type:
        case "user":
            wanted = wanted.where(Replica.workspace_id == workspace_id)
        case "system":
            wanted = wanted.where(Replica.workspace_id.is_(None))
        case None:
            own = Replica.workspace_id == workspace_id
            # Asked for both at once, no index gives the order.
            wanted = wanted.where(or_(own, Replica.workspace_id.is_(None)) if _has_stock(session) else own)
    if ids:
        wanted = wanted.where(Replica.id.in_(ids))
    if model_name:
        wanted = wanted.where(Replica.model_name == model_name)
    if statuses:
        wanted = wanted.where(Replica.status.in_(statuses))
    if search:
        named = func.lower(Replica.name).contains(search.lower(), autoescape=True)
        wanted = wanted.where(or_(named, Replica.id.startswith(search.lower(), autoescape=True)))
    total = session.scalar(wanted.with_only_columns(func.count(Replica.id))) or 0
    # The page is found in the index alone; whole rows are read of the page only.
    page = wanted.with_only_columns(Replica.id).order_by(Replica.created_at.desc(), Replica.id.desc())
    chosen = session.scalars(page.limit(limit).offset(offset)).all()
    rows = session.scalars(
        select(Replica).where(Replica.id.in_(chosen)).order_by(Replica.created_at.desc(), Replica.id.desc())
    )
    return Page(rows.all(), total)


def in_review(session: Session, workspace_id: str, *, limit: int = 10, offset: int = 0) -> Page:
    """The replicas that wait for a human who looks and listens; whoever has waited longest comes first."""
    waiting = (
        select(Replica)
        .join(Job, Job.id == Replica.job_id)
        .where(
            Replica.workspace_id == workspace_id,
            Replica.status == "waiting",
            Replica.deleted_at.is_(None),
            Job.state == "waiting",
            Job.task == "train",
        )
    )
    total = session.scalar(waiting.with_only_columns(func.count(Replica.id))) or 0
    rows = session.scalars(waiting.order_by(Replica.updated_at, Replica.id).limit(limit).offset(offset))
    return Page(rows.all(), total)


def _has_stock(session: Session) -> bool:
    stock = select(Replica.id).where(Replica.workspace_id.is_(None), Replica.deleted_at.is_(None))
    return session.scalars(stock.limit(1)).first() is not None


def jobs_of(session: Session, job_ids: Iterable[str | None]) -> dict[str, Job]:
    """The jobs of these ids, for their progress."""
    wanted = [job_id for job_id in job_ids if job_id is not None]
    return {job.id: job for job in session.scalars(select(Job).where(Job.id.in_(wanted)))} if wanted else {}
