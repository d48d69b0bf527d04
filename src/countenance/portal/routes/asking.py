"""A person is asked to agree by a link: the side of whoever asks."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from fastapi import APIRouter, Request, Response

from countenance.api.routes import consent as consent_routes
from countenance.api.routes import replicas as replica_routes
from countenance.errors import CountenanceError
from countenance.portal.fields import read
from countenance.portal.page import Form, ReplicasChanged, is_fragment, render, see_other, shown
from countenance.portal.qr import qr_svg
from countenance.portal.routes.replica import values_of
from countenance.service.accounts.actor import require
from countenance.service.consent_requests.errors import REQUEST_CLOSED
from countenance.wire.consent import AskConsent, ConsentRequestBody
from countenance.wire.problem import FindingBody

router = APIRouter()
_WORDS = {
    "full_name": "Give the full name of the person, as they will speak it.",
    "language": "Choose a language.",
    "email": "That is no e-mail address.",
}


@router.post("/replicas/{replica_id}/consent-requests")
def create(request: Request, replica_id: str, call: ReplicasChanged, form: Form) -> Response:
    """Make a link. It is shown in the answer, and never again; the same form sent twice makes one."""
    require(call.actor, "replicas:read")  # the answer is its page
    given = {name: form.get(name, "").strip() for name in _WORDS}
    replica = replica_routes.get(replica_id, call)
    made: ConsentRequestBody | None = None
    findings: list[FindingBody] = []
    try:
        wanted = read(AskConsent, {name: value for name, value in given.items() if value}, **_WORDS)
        body = wanted.model_dump_json().encode()
        once = sha256(f"{replica_id} {form.get('once', '')}".encode()).hexdigest() if form.get("once") else None
        answer = consent_routes.create(replica_id, wanted, replace(call, idempotency_key=once, body=body))
        made = ConsentRequestBody.model_validate_json(bytes(answer.body))
        replica = replica_routes.get(replica_id, call)
    except CountenanceError as error:
        findings = shown(error.findings)
    template = "replica/_asked.html" if is_fragment(request) else "replica/page.html"
    values = {
        **values_of(request, call, replica),
        "made": made,
        "square": qr_svg(made.url, "The link as a QR code") if made and made.url else None,
        "given": {} if made else given,
        "sent_to": given["email"] if made else "",
        "wrong_link": findings,
    }
    return render(request, call, template, said="", **values)


@router.post("/replicas/{replica_id}/consent-requests/{request_id}/withdraw")
def withdraw(replica_id: str, request_id: str, call: ReplicasChanged, form: Form) -> Response:
    """Take a link back; one that was answered meanwhile stays as it is."""
    said = "withdrawn"
    try:
        consent_routes.withdraw(request_id, call)
    except CountenanceError as error:
        if error.finding.rule != REQUEST_CLOSED:
            raise
        said = "answered"
    return see_other(f"/replicas/{replica_id}?said={said}#links")
