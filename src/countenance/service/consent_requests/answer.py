"""The side of the person who is asked: read the statement, record it, or decline."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from countenance.consent import phrase
from countenance.consent.language import language_of
from countenance.consent.phrase import OneTimePhrase
from countenance.consent.statement import Statement, statement_for
from countenance.errors import CountenanceError, Finding
from countenance.service.clock import now
from countenance.service.consent_requests.ask import hashed
from countenance.service.consent_requests.errors import (
    REQUEST_CLOSED,
    REQUEST_DECLINED,
    REQUEST_EXPIRED,
    REQUEST_UNKNOWN,
)
from countenance.service.context import Service
from countenance.service.db.tables import ConsentRequest, Replica
from countenance.service.errors import refused
from countenance.service.replicas import life
from countenance.service.tasks import sources
from countenance.service.tasks.sources import MediaRef


@dataclass(frozen=True, slots=True)
class Shown:
    """What the person is to read aloud, and the words that are good for half an hour."""

    request: ConsentRequest
    statement: Statement
    phrase: OneTimePhrase


def find(session: Session, token: str) -> ConsentRequest:
    """The request of a link, whatever its state.

    Raises:
        CountenanceError: service.consent_request_unknown.
    """
    request = session.scalar(select(ConsentRequest).where(ConsentRequest.token_sha256 == hashed(token)))
    if request is None:
        raise refused(REQUEST_UNKNOWN)
    return request


def open_link(session: Session, service: Service, token: str) -> Shown:
    """The statement with fresh one-time words; those that were shown before stay good for their time.

    Raises:
        CountenanceError: service.consent_request_unknown, service.consent_request_closed, consent.request_expired,
            and what drawing words may raise.
    """
    request = _open(session, token)
    name = request.full_name or ""
    language = language_of(request.language, service.settings)
    words = phrase.draw(name, language, service.settings, account=request.workspace_id)
    text = statement_for(name, service.settings, language=request.language, one_time_words=words.words)
    request.phrase_id = words.id
    return Shown(request, text, words)


def record(
    session: Session, service: Service, token: str, upload_id: str, phrase_id: str | None = None
) -> ConsentRequest:
    """The person has recorded the statement: it is noted as the consent, and the check is queued with it.

    `phrase_id` names the words that were spoken; without it those that were shown last. Without any words a recording
    could be an old one, so there is no consent by a link without them.

    Raises:
        CountenanceError: service.consent_request_unknown, service.consent_request_closed, consent.request_expired,
            service.request_invalid for an upload that is not there, consent.phrase_unknown, consent.phrase_expired.
    """
    request = _open(session, token)
    spoken = phrase_id or request.phrase_id
    phrase.recall(spoken or "", request.full_name or "", service.settings, account=request.workspace_id)
    life.locked_job(session, request.replica_id)
    session.refresh(request)
    if request.state != "open":
        raise refused(REQUEST_CLOSED, measured=request.state)
    sources.add(session, request.workspace_id, "replica", request.replica_id, "consent", MediaRef(upload_id=upload_id))
    replica = session.get_one(Replica, request.replica_id)
    replica.full_name, replica.language, replica.phrase_id = request.full_name, request.language, spoken
    request.state, request.upload_id, request.answered_at = "recorded", upload_id, now()
    request.phrase_id = spoken
    session.flush()
    if not life.consented(session, service, request.replica_id):
        raise refused(REQUEST_CLOSED, "The replica does not wait for it any more.")
    return request


def decline(session: Session, service: Service, token: str) -> ConsentRequest:
    """The person does not agree: the replica fails, and free.

    Raises:
        CountenanceError: service.consent_request_unknown, service.consent_request_closed, consent.request_expired.
    """
    request = _open(session, token)
    life.locked_job(session, request.replica_id)
    session.refresh(request)
    if request.state != "open":
        raise refused(REQUEST_CLOSED, measured=request.state)
    request.state, request.answered_at = "declined", now()
    life.fail(session, service, request.replica_id, [Finding(REQUEST_DECLINED).as_dict()])
    return request


def _open(session: Session, token: str) -> ConsentRequest:
    request = find(session, token)
    if request.state != "open":
        raise refused(REQUEST_CLOSED, measured=request.state)
    if request.expires_at <= now():
        raise CountenanceError(Finding(REQUEST_EXPIRED))
    return request
