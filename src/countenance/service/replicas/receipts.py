"""The signed receipt of what a person agreed to, or an account declared: as a workspace sees it, and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from countenance.consent import receipt as receipts
from countenance.consent import register
from countenance.consent import revoke as revoking
from countenance.consent.keys import trusted_keys
from countenance.consent.receipt import Receipt
from countenance.consent.register import DELETION, RECEIPT, REVOCATION, Standing
from countenance.errors import CountenanceError, Finding
from countenance.service.accounts import audit
from countenance.service.context import Service
from countenance.service.db.tables import AuditEntry, Lipsync, Replica
from countenance.service.errors import REPLICA_UNKNOWN, refused
from countenance.service.replicas import find, life
from countenance.service.replicas.errors import NO_RECEIPT, RECEIPT_UNKNOWN
from countenance.settings import Settings

REVOKED = audit.RECEIPT_REVOKED


@dataclass(frozen=True, slots=True)
class Record:
    """A signed record: the file, and what it says."""

    text: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """A receipt of the register, and what became of it."""

    id: str
    text: str
    """the file, byte for byte"""
    receipt: Receipt | None
    """None where the file is none any more"""
    problem: Finding | None
    """why it does not verify; None where it does"""
    public_key: str | None
    """in PEM, of the key that signed it, if that is trusted here"""
    standing: Standing
    revocation: Record | None
    deletion: Record | None


def of_replica(session: Session, workspace_id: str, replica_id: str, *, own: bool = False) -> str:
    """The id of a replica's receipt, also of one that was deleted and is not purged yet; `own` leaves out the stock.

    Raises:
        CountenanceError: service.replica_unknown; service.no_receipt while there is none.
    """
    replica = session.get(Replica, replica_id)
    owners = (workspace_id,) if own else (workspace_id, None)
    if replica is None or replica.workspace_id not in owners:
        raise refused(REPLICA_UNKNOWN, measured=replica_id[:40])
    if replica.receipt_id is None:
        find.get(session, workspace_id, replica_id)
        raise refused(NO_RECEIPT, measured=replica_id)
    return replica.receipt_id


def check_seen_by(session: Session, workspace_id: str, receipt_id: str) -> None:
    """Whether a receipt is about something of this workspace, or was: it is shown to nobody else.

    Raises:
        CountenanceError: service.receipt_unknown.
    """
    ours = [
        select(table.id).where(table.receipt_id == receipt_id, table.workspace_id == workspace_id).limit(1)
        for table in (Replica, Lipsync)
    ]
    taken_back = select(AuditEntry.id).where(
        AuditEntry.workspace_id == workspace_id, AuditEntry.action == REVOKED, AuditEntry.subject_id == receipt_id
    )
    if not any(session.execute(each).first() for each in (*ours, taken_back.limit(1))):
        raise refused(RECEIPT_UNKNOWN, measured=receipt_id[:40])


def held(receipt_id: str, settings: Settings) -> Held:
    """A receipt as it lies in the register, checked with the keys that are trusted here.

    Raises:
        CountenanceError: consent.receipt_not_held, consent.receipt_unreadable, and for keys that cannot be used.
    """
    standing = register.standing(receipt_id, settings)
    if standing is Standing.UNKNOWN:
        raise register.not_held(receipt_id)
    folder, keys = register.folder_of(receipt_id, settings), trusted_keys(settings)
    text = register.read_text(folder / RECEIPT)
    found, problem = None, None
    try:
        found = receipts.verify(text, keys)
    except CountenanceError as error:
        problem = error.finding
        found = _unbelieved(text)
    key = keys.get(found.key_id) if found else None
    return Held(
        id=receipt_id,
        text=text,
        receipt=found,
        problem=problem,
        public_key=key.pem().decode("ascii") if key else None,
        standing=standing,
        revocation=_record(receipt_id, REVOCATION, settings),
        deletion=_record(receipt_id, DELETION, settings),
    )


def revoke(service: Service, receipt_id: str, reason: str) -> None:
    """Take back what was agreed to or declared: nothing is rendered under it from now on, what was made under it is
    erased, and its replicas and films are deleted and purged. Slow: never in a transaction.

    Raises:
        CountenanceError: consent.receipt_not_held, consent.register_unusable, and for a key that cannot be used.
    """
    try:
        revoking.revoke(receipt_id, service.settings, reason)
    finally:
        # Also where something could not be erased: the revocation itself comes first, and counts.
        if register.standing(receipt_id, service.settings) is Standing.REVOKED:
            with service.database.transaction() as session:
                workflows = life.revoked(session, service, receipt_id)
            service.queue.cancel(workflows)


def _unbelieved(text: str) -> Receipt | None:
    try:
        return receipts.parse(text)
    except CountenanceError:
        return None


def _record(receipt_id: str, name: str, settings: Settings) -> Record | None:
    path = register.folder_of(receipt_id, settings) / name
    if not path.exists():
        return None
    text = register.read_text(path)
    try:
        record = revoking.read_record(text, trusted_keys(settings))
    except CountenanceError:
        return None
    return Record(text, record.as_dict())
