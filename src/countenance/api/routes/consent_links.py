"""The side of the person who is asked: whoever has the link is that person, and needs no key."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from sqlalchemy.orm import Session

from countenance.api.context import address_of, request_id, service_of
from countenance.api.problem import problems
from countenance.api.shown import consent as shown
from countenance.service.accounts import audit
from countenance.service.clock import now
from countenance.service.consent_requests import answer
from countenance.service.db.tables import ConsentRequest
from countenance.wire.consent import ConsentPage, RecordConsent

router = APIRouter(prefix="/v2/consent-links", tags=["consent"], responses=problems(400, 404, 410, 413, 500))
Token = Annotated[str, Path(min_length=1, max_length=128, description="The secret in the link.")]


@router.get("/{token}")
def opened(token: Token, request: Request) -> ConsentPage:
    """Who asks, and what to read aloud, with new words each time. A link that is closed only says so."""
    service = service_of(request)
    organisation = service.settings.organisation
    with service.database.transaction() as session:
        row = answer.find(session, token)
        if row.state != "open" or row.expires_at <= now():
            state = "expired" if row.state == "open" else row.state
            return shown.page(row, organisation, None, state)
        seen = answer.open_link(session, service, token)
    return shown.page(row, organisation, shown.statement(seen.statement, seen.phrase), row.state)


@router.post("/{token}/record")
def record(token: Token, body: RecordConsent, request: Request) -> ConsentPage:
    """The person has spoken the statement: it is checked, and training follows."""
    service = service_of(request)
    with service.database.transaction() as session:
        row = answer.record(session, service, token, body.upload_id, body.phrase_id)
        _note(session, request, row, "consent_request.record")
    return shown.page(row, service.settings.organisation, None, row.state)


@router.post("/{token}/decline")
def decline(token: Token, request: Request) -> ConsentPage:
    """The person does not agree: nothing is made of them."""
    service = service_of(request)
    with service.database.transaction() as session:
        row = answer.decline(session, service, token)
        _note(session, request, row, "consent_request.decline")
    return shown.page(row, service.settings.organisation, None, row.state)


def _note(session: Session, request: Request, row: ConsentRequest, action: str) -> None:
    actor = f"consent-link:{row.id}"
    place = (address_of(request), request_id(request))
    audit.record(session, actor, row.workspace_id, action, "consent_request", row.id, *place)
