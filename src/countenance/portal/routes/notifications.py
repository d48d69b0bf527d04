"""What was told to whom: messages with every try, e-mails as they look, webhook endpoints, and people."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from countenance.api.paging import Paging
from countenance.api.routes import members as people_api
from countenance.api.routes import webhooks as api
from countenance.portal.fields import done, number, read
from countenance.portal.letters import POLICY, letter_of
from countenance.portal.page import (
    AccountChanged,
    AccountSeen,
    Form,
    WebhooksChanged,
    WebhooksSeen,
    headers,
    is_fragment,
    render,
)
from countenance.portal.subjects import Subject, subjects
from countenance.service.notify import log
from countenance.service.notify.types import TYPES
from countenance.wire.members import AddMember
from countenance.wire.webhooks import CreateEndpoint, DeliveryBody, EndpointBody

router = APIRouter()
_LINES = 25
_STATES = ("pending", "delivered", "failed")
_CHANNELS = ("email", "webhook")
_URL = "The address begins with https:// (or http:// where the operator allows it) and has no spaces."
_EMAIL = "This is not an e-mail address."


@router.api_route("/notifications", methods=["GET", "HEAD"])
def messages(
    request: Request, call: WebhooksSeen, state: str = "", channel: str = "", subject: str = "", page: str = "1"
) -> Response:
    """The messages, newest first."""
    wishes = {
        "state": state if state in _STATES else "",
        "channel": channel if channel in _CHANNELS else "",
        "subject": subject[:40],
    }
    here = number(page)
    found = api.deliveries(call, Paging(_LINES, here), wishes["state"], wishes["subject"], wishes["channel"])
    with call.reading() as session:
        named = subjects(session, call.workspace_id, [_about(each) for each in found.data])
    return render(
        request,
        call,
        "account/messages.html",
        messages=found.data,
        subjects=named,
        wishes=wishes,
        query=urlencode({name: value for name, value in wishes.items() if value}),
        page=here,
        pages=max(1, -(-found.total_count // _LINES)),
    )


@router.api_route("/notifications/webhooks", methods=["GET", "HEAD"])
def endpoints(request: Request, call: WebhooksSeen) -> Response:
    """The endpoints."""
    return _endpoints(request, call)


@router.post("/notifications/webhooks")
def add_endpoint(request: Request, call: WebhooksChanged, form: Form) -> Response:
    """Register one; its secret is shown in the answer, and never again."""
    types = [each for each in TYPES if form.get(f"type:{each}")]
    wanted = read(CreateEndpoint, {"url": form.get("url", "").strip(), "types": types}, url=_URL)
    made = EndpointBody.model_validate_json(bytes(api.create(wanted, call).body))
    return _endpoints(request, call, made=made)


@router.post("/notifications/webhooks/secret")
def show_secret(request: Request, call: WebhooksSeen, form: Form) -> Response:
    """The endpoints, and the secret of the workspace in this one answer; that it was looked at is noted."""
    return _endpoints(request, call, shows_secret=True)


@router.post("/notifications/webhooks/{endpoint_id}/enable")
def enable_endpoint(request: Request, call: WebhooksChanged, form: Form, endpoint_id: str) -> Response:
    """Tell it again."""
    api.enable(endpoint_id, call)
    return done(request, "/notifications/webhooks")


@router.post("/notifications/webhooks/{endpoint_id}/test")
def test_endpoint(request: Request, call: WebhooksChanged, form: Form, endpoint_id: str) -> Response:
    """Send it a test; the page of that message says what came of it."""
    sent = DeliveryBody.model_validate_json(bytes(api.send_test(endpoint_id, call).body))
    return done(request, f"/notifications/{sent.delivery_id}")


@router.post("/notifications/webhooks/{endpoint_id}/delete")
def delete_endpoint(request: Request, call: WebhooksChanged, form: Form, endpoint_id: str) -> Response:
    """Forget it."""
    api.delete(endpoint_id, call)
    return done(request, "/notifications/webhooks")


@router.api_route("/notifications/people", methods=["GET", "HEAD"])
def people(request: Request, call: AccountSeen) -> Response:
    """Who is written to."""
    is_sent = call.service.settings.smtp_url is not None
    return render(request, call, "account/people.html", people=people_api.listed(call).data, is_sent=is_sent)


@router.post("/notifications/people")
def add_person(request: Request, call: AccountChanged, form: Form) -> Response:
    """Add somebody, or change what is known of them."""
    given = {
        "email": form.get("email", "").strip(),
        "role": form.get("role", "viewer"),
        "notified": bool(form.get("notified")),
    }
    people_api.add(read(AddMember, given, email=_EMAIL), call)
    return done(request, "/notifications/people")


@router.post("/notifications/people/{member_id}/remove")
def remove_person(request: Request, call: AccountChanged, form: Form, member_id: str) -> Response:
    """From now on they are not written to."""
    people_api.remove(member_id, call)
    return done(request, "/notifications/people")


@router.api_route("/notifications/{delivery_id}", methods=["GET", "HEAD"])
def message(request: Request, call: WebhooksSeen, delivery_id: str) -> Response:
    """One message with every try, and the e-mail if it is one."""
    body = api.delivery(delivery_id, call)
    with call.reading() as session:
        delivery, event = log.get(session, call.workspace_id, delivery_id)
        is_over = log.is_over(session, delivery, event)
        about = subjects(session, call.workspace_id, [_about(body)])[_about(body)]
    letter = None
    if body.channel == "email":
        letter = letter_of(call.service, delivery, event, is_gone=_is_gone(about))
    return render(request, call, "account/message.html", message=body, subject=about, is_over=is_over, letter=letter)


@router.api_route("/notifications/{delivery_id}/email", methods=["GET", "HEAD"])
def email(request: Request, call: WebhooksSeen, delivery_id: str) -> Response:
    """The e-mail itself, for a frame without rights."""
    with call.reading() as session:
        delivery, event = log.get(session, call.workspace_id, delivery_id)
        about = subjects(session, call.workspace_id, [(event.subject_kind, event.subject_id)])
    gone = _is_gone(about[event.subject_kind, event.subject_id])
    letter = letter_of(call.service, delivery, event, is_gone=gone) if delivery.channel == "email" else None
    told = {**headers(request), "Content-Security-Policy": POLICY}
    if letter is None or not letter.html:
        return Response(status_code=404, headers=told)
    if letter.is_pictured and event.subject_kind == "replica":
        with call.transaction() as session:
            call.note(session, "replica.media.read", "replica", event.subject_id)
    return Response(letter.html, headers=told, media_type="text/html; charset=utf-8")


@router.post("/notifications/{delivery_id}/resend")
def resend(request: Request, call: WebhooksChanged, form: Form, delivery_id: str) -> Response:
    """Tell the same to the same receiver once more: a message of its own."""
    again = DeliveryBody.model_validate_json(bytes(api.resend(delivery_id, call).body))
    return done(request, f"/notifications/{again.delivery_id}")


def _endpoints(
    request: Request, call: WebhooksSeen, *, made: EndpointBody | None = None, shows_secret: bool = False
) -> Response:
    template = "account/webhooks_part.html" if is_fragment(request) else "account/webhooks.html"
    return render(
        request,
        call,
        template,
        201 if made else 200,
        endpoints=api.listed(call).data,
        types=TYPES,
        made=made,
        secret=api.secret(call).secret if shows_secret else "",
    )


def _about(body: DeliveryBody) -> tuple[str, str]:
    return body.subject_kind, body.subject_id


def _is_gone(subject: Subject) -> bool:
    """Whether what a message was about is not to be seen any more; of what never had a row nothing can be."""
    return subject.is_deleted or subject.is_purged
