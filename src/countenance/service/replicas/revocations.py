"""Consents that were taken back, wherever that was done: by a command, in another process."""

from __future__ import annotations

from sqlalchemy import select

from countenance.consent import register
from countenance.consent.register import Standing
from countenance.service.context import Service
from countenance.service.db.tables import Lipsync, Replica
from countenance.service.replicas import life


def sweep(service: Service) -> int:
    """Delete and purge the replicas and the lip-synced films whose consent does not stand any more; of how many
    consents.

    Until then replicas cannot speak either: whoever renders asks the register.
    """
    with service.database.reading() as session:
        receipts = {
            receipt_id
            for table in (Replica, Lipsync)
            for receipt_id in session.scalars(select(table.receipt_id).where(table.deleted_at.is_(None)).distinct())
            if receipt_id
        }
    taken_back = [each for each in receipts if register.standing(each, service.settings) is Standing.REVOKED]
    for receipt_id in taken_back:
        with service.database.transaction() as session:
            workflows = life.revoked(session, service, receipt_id)
        service.queue.cancel(workflows)
    return len(taken_back)
