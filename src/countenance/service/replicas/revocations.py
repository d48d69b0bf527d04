"""Consents that were taken back, wherever that was done: by a command, in another process."""

from __future__ import annotations

from sqlalchemy import select

from countenance.consent import register
from countenance.consent.register import Standing
from countenance.service.context import Service
from countenance.service.db.tables import Replica
from countenance.service.replicas import life


def sweep(service: Service) -> int:
    """Delete and purge the replicas whose consent does not stand any more; of how many consents.

    Until then they cannot speak either: whoever renders asks the register.
    """
    with service.database.transaction() as session:
        rows = select(Replica.receipt_id).where(Replica.receipt_id.is_not(None), Replica.deleted_at.is_(None))
        receipts = [receipt_id for receipt_id in session.scalars(rows.distinct()) if receipt_id]
    taken_back = [each for each in receipts if register.standing(each, service.settings) is Standing.REVOKED]
    for receipt_id in taken_back:
        with service.database.transaction() as session:
            workflows = life.revoked(session, service, receipt_id)
        service.queue.cancel(workflows)
    return len(taken_back)
