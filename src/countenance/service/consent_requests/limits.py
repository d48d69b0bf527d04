"""What keeps links for consent from being a way to write to anybody, with any text, from the operator's mail server."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from countenance.consent import statement
from countenance.consent.language import ENGLISH, Language, language_of, languages
from countenance.consent.phrase import has_words
from countenance.errors import CountenanceError, Finding
from countenance.people.errors import LANGUAGE_NEEDS_MODEL
from countenance.service.accounts import workspaces
from countenance.service.clock import now
from countenance.service.consent_requests.errors import LINK_LANGUAGE, MAILS_SENT, NAME_ODD, REQUESTS_OPEN
from countenance.service.db.tables import ConsentRequest, Delivery, OutboxEvent
from countenance.service.errors import refused
from countenance.settings import Settings

REQUESTED = "consent.requested"
"""The type of the event that asks for an e-mail."""
_DAY = timedelta(days=1)
_NOT_IN_NAMES = re.compile(r"[\d/@\\<>\x00-\x1f\x7f]|\w\.\w{2}")
"""The last part is what mail programs make a link of."""


def check_name(name: str) -> None:
    """Whether this can be the name of a person: nothing else is to be read aloud, or stand in an e-mail, in its place;
    and what cannot be told when it is spoken is refused before anybody speaks it.

    Raises:
        CountenanceError: consent.name_missing, service.consent_name_odd.
    """
    statement.check_name(name)
    if len(name) > (NAME_ODD.limit or 0) or _NOT_IN_NAMES.search(name):
        raise refused(NAME_ODD, measured=float(len(name)))


def check_language(code: str, settings: Settings) -> None:
    """Whether somebody can agree by a link in this language. Without one-time words there is no consent by a link, and
    nobody is to record what is not understood afterwards.

    Raises:
        CountenanceError: consent.unknown_language, consent.statement_file_invalid, service.consent_link_language,
            people.language_needs_model.
    """
    if not has_words(language_of(code, settings)):
        raise refused(LINK_LANGUAGE, measured=code)
    if not _is_heard(code, settings):
        raise CountenanceError(Finding(LANGUAGE_NEEDS_MODEL, measured=code))


def languages_of_links(settings: Settings) -> list[Language]:
    """Those in which somebody can agree by a link, English first.

    Raises:
        CountenanceError: consent.statement_file_invalid.
    """
    return [each for each in languages(settings) if has_words(each) and _is_heard(each.language, settings)]


def _is_heard(code: str, settings: Settings) -> bool:
    # What the model understands is seen when it is loaded, which only workers do.
    return code == ENGLISH or settings.speech_model is not None


def check_open(session: Session, replica_id: str) -> None:
    """Whether one more link may be open.

    Raises:
        CountenanceError: service.consent_requests_open.
    """
    still = (ConsentRequest.state == "open", ConsentRequest.expires_at > now())
    count = session.scalar(select(func.count(ConsentRequest.id)).where(ConsentRequest.replica_id == replica_id, *still))
    if (count or 0) >= (REQUESTS_OPEN.limit or 0):
        raise refused(REQUESTS_OPEN, measured=float(count or 0))


def check_mails(session: Session, workspace_id: str) -> None:
    """Whether one more e-mail may be sent to somebody who is asked: those of the last day count, sent again too.

    Raises:
        CountenanceError: service.consent_mails.
    """
    workspaces.take_turns(session, workspace_id)
    asked = (OutboxEvent.workspace_id == workspace_id, OutboxEvent.type == REQUESTED)
    lately = now() - _DAY
    waiting = select(func.count(OutboxEvent.id)).where(*asked, OutboxEvent.dispatched_at.is_(None))
    sent = (
        select(func.count(Delivery.id))
        .join(OutboxEvent, OutboxEvent.id == Delivery.event_id)
        .where(*asked, Delivery.workspace_id == workspace_id, Delivery.created_at > lately)
    )
    count = (session.scalar(waiting) or 0) + (session.scalar(sent) or 0)
    if count >= (MAILS_SENT.limit or 0):
        raise refused(MAILS_SENT, measured=float(count))
