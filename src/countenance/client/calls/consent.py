"""Statements, and links by which a person is asked to speak one."""

from __future__ import annotations

from countenance.client import call
from countenance.client.call import Call, path
from countenance.wire.consent import AskConsent, ConsentRequestBody, StatementBody, WantStatement
from countenance.wire.message import Page

_REQUESTS = ("v2", "consent-requests")


def statement(wanted: WantStatement) -> Call[StatementBody]:
    """What a person is to read aloud, with words that are good for one consent."""
    return call.post(StatementBody, path("v2", "consent-statements"), wanted)


def ask(replica_id: str, whom: AskConsent, idempotency_key: str | None = None) -> Call[ConsentRequestBody]:
    """A link for the person whose replica waits for consent; it is told this once."""
    where = path("v2", "replicas", replica_id, "consent-requests")
    return call.create(ConsentRequestBody, where, whom, idempotency_key)


def of_replica(replica_id: str) -> Call[Page[ConsentRequestBody]]:
    """A replica's links and what became of them, newest first."""
    return call.get(Page[ConsentRequestBody], path("v2", "replicas", replica_id, "consent-requests"))


def get(request_id: str) -> Call[ConsentRequestBody]:
    """One link and what became of it."""
    return call.get(ConsentRequestBody, path(*_REQUESTS, request_id))


def withdraw(request_id: str) -> Call[None]:
    """Take a link back; its replica goes on waiting, for another one."""
    return call.delete(path(*_REQUESTS, request_id))
