"""Links that are of no use any more."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from countenance.service.clock import now
from countenance.service.db.tables import ConsentRequest


def withdraw(session: Session, replica_id: str) -> None:
    """No link of this replica can be answered from now on; those that are closed already stay as they are."""
    session.execute(
        update(ConsentRequest)
        .where(ConsentRequest.replica_id == replica_id, ConsentRequest.state == "open")
        .values(state="withdrawn", answered_at=now())
        .execution_options(synchronize_session=False)
    )


def forget(session: Session, replica_id: str) -> None:
    """Withdraw a replica's links and forget whom they asked, and where.

    The ids of one-time words stay until the replica is purged: by them the words are found.
    """
    withdraw(session, replica_id)
    session.execute(
        update(ConsentRequest)
        .where(ConsentRequest.replica_id == replica_id)
        .values(full_name=None, email=None)
        .execution_options(synchronize_session=False)
    )
