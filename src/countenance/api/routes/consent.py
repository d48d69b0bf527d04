"""Statements, and links by which a person is asked to speak one: the side of whoever asks."""

from __future__ import annotations

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from countenance.api.call import ONCE, ReadReplicas, WriteReplicas
from countenance.api.problem import problems
from countenance.api.shown import consent as shown
from countenance.consent import phrase
from countenance.consent.language import language_of
from countenance.consent.statement import statement_for
from countenance.service.consent_requests import ask, limits
from countenance.service.uploads.drop import abort_by_link
from countenance.wire.consent import AskConsent, ConsentRequestBody, StatementBody, WantStatement
from countenance.wire.message import Page

router = APIRouter(prefix="/v2", tags=["consent"])
of_replica = APIRouter(tags=["consent"])


@router.post("/consent-statements", status_code=201)
def statement(body: WantStatement, call: WriteReplicas) -> StatementBody:
    """The statement for a person to read aloud, with words that are good for half an hour and for one consent."""
    settings = call.service.settings
    name = " ".join(body.full_name.split())
    limits.check_name(name)
    words = phrase.draw(name, language_of(body.language, settings), settings, account=call.workspace_id)
    return shown.statement(statement_for(name, settings, language=body.language, one_time_words=words.words), words)


@of_replica.post(
    "/{replica_id}/consent-requests",
    status_code=201,
    dependencies=[ONCE],
    responses=problems(409, 410, 422),
    response_model=ConsentRequestBody,
)
def create(replica_id: str, body: AskConsent, call: WriteReplicas) -> Response:
    """A link for the person whose replica waits for consent. With an address, the link is sent there as well."""

    def work(session: Session) -> ConsentRequestBody:
        made, token = ask.create(
            session,
            call.service,
            call.workspace_id,
            replica_id,
            full_name=body.full_name,
            language=body.language,
            email=body.email,
        )
        call.note(session, "consent_request.create", "consent_request", made.id)
        return shown.request(made, ask.link_of(token, call.service.settings))

    return call.once(work, 201, kept=lambda made: made.model_copy(update={"url": None}))


@of_replica.get("/{replica_id}/consent-requests")
def listed(replica_id: str, call: ReadReplicas) -> Page[ConsentRequestBody]:
    """A replica's links and what became of them, newest first."""
    with call.reading() as session:
        rows = ask.of_replica(session, call.workspace_id, replica_id)
    return Page(data=[shown.request(row) for row in rows], total_count=len(rows))


@router.get("/consent-requests/{request_id}")
def get(request_id: str, call: ReadReplicas) -> ConsentRequestBody:
    """One link and what became of it."""
    with call.reading() as session:
        return shown.request(ask.get(session, call.workspace_id, request_id))


@router.delete("/consent-requests/{request_id}", status_code=204, responses=problems(409, 410))
def withdraw(request_id: str, call: WriteReplicas) -> None:
    """Take a link back; its replica goes on waiting, for another one."""
    with call.transaction() as session:
        ask.withdraw(session, call.workspace_id, request_id)
        call.note(session, "consent_request.withdraw", "consent_request", request_id)
    abort_by_link(call.service, request_id)
