"""The side of the person who is asked: whoever has the link is that person, and needs no key."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from sqlalchemy.orm import Session

from countenance.api import public
from countenance.api.context import address_of, base_url, request_id, service_of
from countenance.api.problem import problems
from countenance.api.shown import consent as shown
from countenance.api.shown.uploads import with_parts, without_parts
from countenance.api.slots import slot
from countenance.service.accounts import audit
from countenance.service.clock import now
from countenance.service.consent_requests import answer, records
from countenance.service.consent_requests import revoke as revoking
from countenance.service.consent_requests.errors import REQUEST_CLOSED
from countenance.service.context import Service
from countenance.service.db.tables import ConsentRequest, Replica
from countenance.service.errors import refused
from countenance.service.replicas import receipts
from countenance.service.uploads import begin
from countenance.service.uploads.complete import complete as completed
from countenance.service.uploads.drop import abort, abort_by_link
from countenance.wire.consent import ConsentPage, RecordConsent, RevokeConsent
from countenance.wire.uploads import BeginUpload, UploadBody

_MAX_BYTES = 64 * 1024
"""Names and ids; a recording comes in parts."""
Token = Annotated[str, Path(min_length=1, max_length=128, description="The secret in the link.")]


def _counted(token: Token, request: Request) -> None:
    """A link is not asked for faster than a person does, and nobody tries what might be one."""
    public.count_link(request, token)


router = APIRouter(
    prefix="/v2/consent-links",
    tags=["consent"],
    dependencies=[Depends(_counted)],
    max_body_size=_MAX_BYTES,
    responses=problems(400, 404, 409, 410, 413, 429, 500, 503),
)


@router.get("/{token}")
def opened(token: Token, request: Request) -> ConsentPage:
    """Who asks, and what to read aloud, with new words each time. Later what was agreed to, as long as it can be taken
    back; a link that is closed otherwise only says so."""
    service = service_of(request)
    organisation = service.settings.organisation
    with service.database.reading() as session:
        row = answer.find(session, token)
        if row.state == "recorded":
            return _agreed(session, service, row)
    if not _is_open(row):
        state = "expired" if row.state == "open" else row.state
        return shown.page(row, organisation, None, state)
    seen = answer.open_link(service, token)
    return shown.page(seen.request, organisation, shown.statement(seen.statement, seen.phrase), row.state)


@router.post("/{token}/record")
def record(token: Token, body: RecordConsent, request: Request) -> ConsentPage:
    """The person has spoken the statement: it is checked, and training follows."""
    service = service_of(request)
    with service.database.transaction() as session:
        row = answer.record(session, service, token, body.upload_id, body.phrase_id)
        _note(session, request, row, "consent_request.record")
        return _agreed(session, service, row)


@router.post("/{token}/decline")
def decline(token: Token, request: Request) -> ConsentPage:
    """The person does not agree: nothing is made of them."""
    service = service_of(request)
    with service.database.transaction() as session:
        row = answer.decline(session, service, token)
        _note(session, request, row, "consent_request.decline")
    abort_by_link(service, row.id)
    return shown.page(row, service.settings.organisation, None, row.state)


@router.post("/{token}/revoke")
def revoke(token: Token, body: RevokeConsent, request: Request) -> ConsentPage:
    """The person takes the consent back, for good: rendering stops at once, a training ends and costs nothing, and what
    was made is erased with all recordings. It may be said twice; before the statement was recorded it is declining."""
    service = service_of(request)
    with service.database.reading() as session:
        is_given = answer.find(session, token).state != "open"
    if not is_given:
        return decline(token, request)
    with service.database.transaction() as session:
        revoked = revoking.revoke(session, token, service)
        row, receipt_id = revoked.request, revoked.receipt_id
        if revoked.is_new:
            _note(session, request, row, "consent_request.revoke")
        if revoked.is_new and receipt_id is not None:
            actor, place = f"consent-link:{row.id}", (address_of(request), request_id(request))
            audit.record(session, actor, row.workspace_id, receipts.REVOKED, "receipt", receipt_id, *place)
    if revoked.is_new:
        revoking.carry_out(service, revoked)
    return opened(token, request)


@router.post("/{token}/uploads", status_code=201)
def announce(token: Token, body: BeginUpload, request: Request) -> UploadBody:
    """Say that a recording is to come; the answer says where to send each part with PUT."""
    service = service_of(request)
    with service.database.transaction() as session:
        row = _still_open(answer.find(session, token))
        file = (body.filename, body.bytes, body.sha256)
        made = begin.create(session, service, row.workspace_id, *file, consent_request_id=row.id)
    return with_parts(without_parts(made), service, row.workspace_id, base_url(request))


@router.get("/{token}/uploads/{upload_id}")
def upload(token: Token, upload_id: str, request: Request) -> UploadBody:
    """One recording that is being sent, and the parts that are still missing."""
    service = service_of(request)
    with service.database.reading() as session:
        row = _still_open(answer.find(session, token))
        body = without_parts(begin.by_link(session, row.id, upload_id))
    return with_parts(body, service, row.workspace_id, base_url(request))


@router.delete("/{token}/uploads/{upload_id}", status_code=204)
def drop_upload(token: Token, upload_id: str, request: Request) -> None:
    """Give up a recording that was not recorded as the statement: nothing of it is kept."""
    service = service_of(request)
    with service.database.reading() as session:
        row = _still_open(answer.find(session, token))
        begin.by_link(session, row.id, upload_id)
    abort(service, row.workspace_id, upload_id)


@router.post("/{token}/uploads/{upload_id}/complete")
def complete(token: Token, upload_id: str, request: Request) -> UploadBody:
    """All parts are sent: the recording is put together and looked at."""
    service = service_of(request)
    with service.database.reading() as session:
        row = _still_open(answer.find(session, token))
        begin.by_link(session, row.id, upload_id)
    with slot(request.app.state.completing):
        return without_parts(completed(service, row.workspace_id, upload_id))


def _agreed(session: Session, service: Service, row: ConsentRequest) -> ConsentPage:
    replica = session.get_one(Replica, row.replica_id)
    standing, words = revoking.standing(service, row, replica), revoking.words_of(service, row, replica)
    receipt_id = records.offered(session, service, row)
    return shown.agreed(row, replica, service.settings.organisation, standing, words, receipt_id)


def _is_open(row: ConsentRequest) -> bool:
    return row.state == "open" and row.expires_at > now()


def _still_open(row: ConsentRequest) -> ConsentRequest:
    """Raises CountenanceError service.consent_request_closed."""
    if not _is_open(row):
        raise refused(REQUEST_CLOSED, measured=row.state)
    return row


def _note(session: Session, request: Request, row: ConsentRequest, action: str) -> None:
    actor = f"consent-link:{row.id}"
    place = (address_of(request), request_id(request))
    audit.record(session, actor, row.workspace_id, action, "consent_request", row.id, *place)
