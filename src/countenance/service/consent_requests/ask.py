"""The side of whoever asks: make a link, look at what became of it, take it back."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from countenance.consent import rules
from countenance.errors import CountenanceError, Finding
from countenance.service.accounts import members
from countenance.service.address import address
from countenance.service.clock import now
from countenance.service.consent_requests import closing, limits
from countenance.service.consent_requests.errors import NOT_WAITING, REQUEST_CLOSED, REQUEST_UNKNOWN
from countenance.service.consent_requests.limits import REQUESTED
from countenance.service.context import Service
from countenance.service.db.tables import ConsentRequest
from countenance.service.errors import refused
from countenance.service.ids import new_id
from countenance.service.jobs import life as jobs
from countenance.service.outbox import emit
from countenance.service.replicas import find, life
from countenance.settings import Settings

VALID_FOR = timedelta(days=7)
_TOKEN_BYTES = 32


def create(
    session: Session,
    service: Service,
    workspace_id: str,
    replica_id: str,
    *,
    full_name: str | None = None,
    language: str | None = None,
    email: str | None = None,
    expires_in: timedelta = VALID_FOR,
) -> tuple[ConsentRequest, str]:
    """A link for the person whose replica waits for consent; an earlier one stays good.

    What is left out is taken from the replica. Where an address is given, an event asks for an e-mail to it.

    Returns:
        The request, and the token of its link: told now and never again, since only its hash is kept.

    Raises:
        CountenanceError: service.replica_unknown, service.consent_not_awaited, consent.name_missing,
            service.consent_name_odd, service.consent_requests_open, service.consent_mails, what
            `limits.check_language` finds, service.request_invalid for what is no e-mail address.
    """
    replica = find.own(session, workspace_id, replica_id)
    # The job is locked: meanwhile the replica neither fails nor begins.
    job = jobs.locked(session, replica.job_id) if replica.job_id is not None else None
    session.refresh(replica)
    if job is None or replica.status != "waiting" or job.task != "check":
        raise refused(NOT_WAITING, measured=replica_id)
    name = " ".join((full_name or replica.full_name or "").split())
    if not name:
        raise CountenanceError(Finding(rules.NAME_MISSING, detail="The field is `full_name`."))
    limits.check_name(name)
    limits.check_language(language or replica.language, service.settings)
    limits.check_open(session, replica_id)
    to = members.check_email(email) if email else None
    if to is not None:
        limits.check_mails(session, workspace_id)
    replica.full_name, replica.language = name, language or replica.language
    token, moment = secrets.token_urlsafe(_TOKEN_BYTES), now()
    request = ConsentRequest(
        id=new_id("cr"),
        workspace_id=workspace_id,
        replica_id=replica_id,
        token_sha256=hashed(token),
        full_name=name,
        language=replica.language,
        email=to,
        state="open",
        created_at=moment,
        expires_at=moment + expires_in,
    )
    session.add(request)
    session.flush()
    if to is not None:
        payload = {
            "request_id": request.id,
            "replica_id": replica_id,
            "full_name": name,
            "organisation": service.settings.organisation,
            "email": to,
            "url": link_of(token, service.settings),
            "expires_at": request.expires_at.isoformat(timespec="seconds"),
        }
        emit(session, workspace_id, REQUESTED, closing.KIND, request.id, payload)
    return request, token


def link_of(token: str, settings: Settings) -> str:
    """The address that is sent to the person."""
    return address(settings, f"consent/{token}")


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def get(session: Session, workspace_id: str, request_id: str) -> ConsentRequest:
    """Raises CountenanceError service.consent_request_unknown."""
    request = session.get(ConsentRequest, request_id)
    if request is None or request.workspace_id != workspace_id:
        raise refused(REQUEST_UNKNOWN, measured=request_id[:40])
    return request


def of_replica(session: Session, workspace_id: str, replica_id: str) -> Sequence[ConsentRequest]:
    """A replica's requests, newest first.

    Raises:
        CountenanceError: service.replica_unknown.
    """
    find.own(session, workspace_id, replica_id)
    wanted = select(ConsentRequest).where(ConsentRequest.replica_id == replica_id)
    return session.scalars(wanted.order_by(ConsentRequest.created_at.desc(), ConsentRequest.id.desc())).all()


def withdraw(session: Session, workspace_id: str, request_id: str) -> ConsentRequest:
    """Take a link back; its replica goes on waiting, for another one.

    Raises:
        CountenanceError: service.consent_request_unknown, service.consent_request_closed.
    """
    request = get(session, workspace_id, request_id)
    life.locked_job(session, request.replica_id)
    session.refresh(request)
    if request.state != "open":
        raise refused(REQUEST_CLOSED, measured=request.state)
    request.state, request.answered_at = "withdrawn", now()
    closing.forget_link(session, request.id)
    return request
