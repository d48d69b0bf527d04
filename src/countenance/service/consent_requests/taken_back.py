"""What a workspace still knows of consents that people have taken back by themselves: when, and nobody's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from countenance.service.clock import now
from countenance.service.db.tables import ConsentRequest, Replica


@dataclass(frozen=True, slots=True)
class TakenBack:
    """One of them."""

    replica_id: str
    receipt_id: str | None
    """None where there was none yet"""
    agreed_at: datetime | None
    revoked_at: datetime
    erased_at: datetime | None
    """None while there is something left to erase"""


def of_replica(session: Session, workspace_id: str, replica_id: str) -> TakenBack | None:
    """How the consent for a replica was taken back; None where it was not, or the replica is another workspace's."""
    return next(iter(_found(session, workspace_id, ConsentRequest.replica_id == replica_id)), None)


def lately(session: Session, workspace_id: str, within: timedelta) -> Sequence[TakenBack]:
    """Those of the last days, the latest first."""
    return _found(session, workspace_id, ConsentRequest.revoked_at >= now() - within)


def _found(session: Session, workspace_id: str, wanted: ColumnElement[bool]) -> Sequence[TakenBack]:
    rows = session.execute(
        select(ConsentRequest, Replica)
        .join(Replica, Replica.id == ConsentRequest.replica_id)
        .where(ConsentRequest.workspace_id == workspace_id, ConsentRequest.revoked_at.is_not(None), wanted)
        .order_by(ConsentRequest.revoked_at.desc())
    )
    return [
        TakenBack(
            replica.id,
            request.receipt_id,
            request.answered_at,
            request.revoked_at,
            replica.purged_at,
        )
        for request, replica in rows
        if request.revoked_at is not None
    ]
