"""The side of the person who is asked: read the statement, record it, or decline."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from countenance.consent import phrase
from countenance.consent.language import language_of
from countenance.consent.phrase import OneTimePhrase
from countenance.consent.statement import Statement, statement_for
from countenance.errors import CountenanceError, Finding
from countenance.service.clock import now
from countenance.service.consent_requests import closing
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
from countenance.service.uploads import begin
from countenance.settings import Settings

_SHOWN_AGAIN = timedelta(minutes=1)


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


def open_link(service: Service, token: str) -> Shown:
    """The statement with fresh one-time words; those that were shown before stay good for their time, and within a
    minute are shown again. In transactions of its own: words are files, for which nobody else is to wait.

    Raises:
        CountenanceError: service.consent_request_unknown, service.consent_request_closed, consent.request_expired,
            and what drawing words may raise.
    """
    with service.database.reading() as session:
        request = _open(session, token)
    words = _last_words(request, service.settings) or _new_words(request, service.settings)
    name = request.full_name or ""
    text = statement_for(name, service.settings, language=request.language, one_time_words=words.words)
    if words.id != request.phrase_id:
        with service.database.transaction() as session:
            shown = update(ConsentRequest).where(ConsentRequest.id == request.id, ConsentRequest.state == "open")
            result = session.execute(shown.values(phrase_id=words.id).execution_options(synchronize_session=False))
        if not isinstance(result, CursorResult) or result.rowcount != 1:
            phrase.forget(words.id, service.settings)
            raise refused(REQUEST_CLOSED)
    return Shown(request, text, words)


def record(
    session: Session, service: Service, token: str, upload_id: str, phrase_id: str | None = None
) -> ConsentRequest:
    """The person has recorded the statement: it is noted as the consent, and the check is queued with it.

    `phrase_id` names the words that were spoken; without it those that were shown last. Without any words a recording
    could be an old one, so there is no consent by a link without them.

    Raises:
        CountenanceError: service.consent_request_unknown, service.consent_request_closed, consent.request_expired,
            service.upload_unknown for an upload that did not come by this link, service.request_invalid for one that is
            not complete, consent.phrase_unknown, consent.phrase_expired.
    """
    request = _open(session, token)
    spoken = phrase_id or request.phrase_id
    phrase.recall(spoken or "", request.full_name or "", service.settings, account=request.workspace_id)
    begin.by_link(session, request.id, upload_id)
    life.locked_job(session, request.replica_id)
    session.refresh(request)
    if request.state != "open":
        raise refused(REQUEST_CLOSED, measured=request.state)
    spoken_in, of_replica = MediaRef(upload_id=upload_id), ("replica", request.replica_id)
    sources.add(session, request.workspace_id, *of_replica, "consent", spoken_in, by_link=request.id)
    replica = session.get_one(Replica, request.replica_id)
    replica.full_name, replica.language, replica.phrase_id = request.full_name, request.language, spoken
    request.state, request.upload_id, request.answered_at = "recorded", upload_id, now()
    request.phrase_id = spoken
    session.flush()
    closing.forget_link(session, request.id)
    if not life.consented(session, service, request.replica_id):
        raise refused(REQUEST_CLOSED, "The replica does not wait for it any more.")
    return request


def decline(session: Session, service: Service, token: str) -> ConsentRequest:
    """The person does not agree: the replica fails, and free, if it waits for a consent.

    Raises:
        CountenanceError: service.consent_request_unknown, service.consent_request_closed, consent.request_expired.
    """
    request = _open(session, token)
    job = life.locked_job(session, request.replica_id)
    session.refresh(request)
    if request.state != "open":
        raise refused(REQUEST_CLOSED, measured=request.state)
    request.state, request.answered_at = "declined", now()
    closing.forget_link(session, request.id)
    if life.waits_before(job, "check"):
        life.fail(session, service, request.replica_id, [Finding(REQUEST_DECLINED).as_dict()])
    return request


def _last_words(request: ConsentRequest, settings: Settings) -> OneTimePhrase | None:
    """Those that were shown a moment ago, as to somebody who loads the page again."""
    with suppress(CountenanceError):
        last = phrase.recall(request.phrase_id or "", request.full_name or "", settings, account=request.workspace_id)
        if now() - datetime.fromisoformat(last.issued_at) < _SHOWN_AGAIN:
            return last
    return None


def _new_words(request: ConsentRequest, settings: Settings) -> OneTimePhrase:
    language = language_of(request.language, settings)
    return phrase.draw(request.full_name or "", language, settings, account=request.workspace_id)


def _open(session: Session, token: str) -> ConsentRequest:
    request = find(session, token)
    if request.state != "open":
        raise refused(REQUEST_CLOSED, measured=request.state)
    if request.expires_at <= now():
        raise CountenanceError(Finding(REQUEST_EXPIRED))
    return request
