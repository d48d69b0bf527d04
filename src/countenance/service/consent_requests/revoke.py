"""The person takes back what they have agreed to by a link, by themself: with the same link, as long as it stands.

The link needs no other secret than the one that the person has had all along: only its hash is kept. Whoever else knows
it has made it, and may revoke anyway. What it opens can only end things: nothing is given by it a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from countenance.consent import register
from countenance.consent.receipt_rules import REVOKED as CONSENT_REVOKED
from countenance.consent.register import Standing
from countenance.consent.revoke import PRINCIPAL
from countenance.consent.revoke import revoke as revoke_receipt
from countenance.consent.statement import statement_for
from countenance.errors import CountenanceError, Finding
from countenance.service.clock import now
from countenance.service.consent_requests import same_footage
from countenance.service.consent_requests.answer import find
from countenance.service.context import Service
from countenance.service.db.tables import ConsentRequest, Replica
from countenance.service.outbox import emit
from countenance.service.purge import actions as purge
from countenance.service.purge.receipts import BY_PERSON
from countenance.service.replicas import life
from countenance.service.replicas.find import USABLE
from countenance.service.uploads.drop import abort_by_link

REVOKED = "consent.revoked"
"""The type of the event that tells the workspace."""
SUBJECT = "consent"
"""What that event is about; no part of the replica, whose events are emptied when it is erased."""
OVER = ("revoked", "ended")
"""Where a consent stands that cannot be taken back any more."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Revoked:
    """A consent that is taken back in this transaction, and what follows after it."""

    request: ConsentRequest
    receipt_id: str | None
    """None where there was none yet"""
    workflows: Sequence[str]
    is_new: bool
    """False where it was taken back before: nothing is noted and nobody told a second time"""


def revoke(session: Session, token: str, service: Service) -> Revoked:
    """Take back what was recorded by a link: nothing may be made with the replica from the end of this transaction, and
    it is erased with everything that was made with it, and with what else was tried from its footage in vain;
    `carry_out` does the rest.

    A training that was under way is free, and the workspace is told. Where there is nothing to take back, nothing
    happens: what was declined, withdrawn, has expired, or was ended or erased by the organisation, stays so.

    Raises:
        CountenanceError: service.consent_request_unknown.
    """
    request = find(session, token)
    tried = same_footage.useless(session, request.replica_id)
    for each in sorted((request.replica_id, *tried)):  # in one order: nobody waits in a circle
        life.locked_job(session, each)
    tried = [each for each in same_footage.useless(session, request.replica_id) if each in tried]  # as it is now
    session.refresh(request)
    replica = session.get_one(Replica, request.replica_id, populate_existing=True)
    receipt_id = replica.receipt_id
    if request.state != "recorded" or standing(service, request, replica) in OVER:
        return Revoked(request, receipt_id, (), is_new=False)
    request.revoked_at, request.receipt_id = now(), receipt_id
    session.flush()
    _tell(session, request, replica)
    workflows = same_footage.delete(session, service, request.workspace_id, tried)
    if receipt_id is not None:
        workflows += life.revoked(session, service, receipt_id, free=True)
    else:
        workflows += life.delete(session, service, request.workspace_id, replica.id, hard=True, free=True)
        purge.ask(session, service, "replica", replica.id)
    return Revoked(request, receipt_id, workflows, is_new=True)


def carry_out(service: Service, revoked: Revoked) -> None:
    """What follows at once: this machine's register says so, which stops every renderer, and files go. Slow: call it
    after the transaction. What it cannot do now, the erasure does that the transaction has asked for.
    """
    # First what needs neither the database nor the queues, and stops renderers also without them.
    if revoked.receipt_id is not None:
        try:
            revoke_receipt(revoked.receipt_id, service.settings, BY_PERSON, by=PRINCIPAL)
        except (CountenanceError, OSError) as error:
            _log.warning("not erased yet", receipt_id=revoked.receipt_id, error=type(error).__name__)
    service.queue.cancel(list(revoked.workflows))
    abort_by_link(service, revoked.request.id)


def standing(service: Service, request: ConsentRequest, replica: Replica) -> str:
    """What a recorded consent is worth now.

    Returns:
        `revoked` by the person; `ended`, since the replica is erased or its receipt revoked; `deleted`, which leaves
        recordings; `unused`, since nothing came of it; `checking`, before it can speak; else `active`.
    """
    if request.revoked_at is not None:
        return "revoked"
    receipt_id = replica.receipt_id
    if receipt_id is not None and register.standing(receipt_id, service.settings) is Standing.REVOKED:
        return "ended"
    if replica.purged_at is not None:
        return "ended"
    if replica.deleted_at is not None:
        return "deleted"
    if replica.status == "error":
        return "unused"
    return "active" if receipt_id is not None or replica.status in USABLE else "checking"


def words_of(service: Service, request: ConsentRequest, replica: Replica) -> str:
    """What the person was to say: as the receipt has it, else as it stands in the present wording, without the words
    that were drawn for them; empty where neither is known any more, which keeps nobody from taking it back."""
    if replica.receipt_id is not None:
        with suppress(CountenanceError):
            statement = register.held(replica.receipt_id, service.settings).content.statement
            if statement is not None:
                return statement.text
    if not request.full_name:
        return ""
    with suppress(CountenanceError):
        return statement_for(request.full_name, service.settings, language=request.language).text
    return ""


def _tell(session: Session, request: ConsentRequest, replica: Replica) -> None:
    """By ids and times alone: what names anybody is erased, and this stays."""
    payload = {
        "replica_id": replica.id,
        "face_id": replica.id,
        "request_id": request.id,
        "receipt_id": replica.receipt_id,
        "status": "error",
        "error_type": CONSENT_REVOKED.id,
        "error_message": Finding(CONSENT_REVOKED).message(),
        "agreed_at": request.answered_at.isoformat(timespec="seconds") if request.answered_at else None,
        "revoked_at": request.revoked_at.isoformat(timespec="seconds") if request.revoked_at else None,
    }
    emit(session, request.workspace_id, REVOKED, SUBJECT, replica.id, payload, replica.callback_url)
