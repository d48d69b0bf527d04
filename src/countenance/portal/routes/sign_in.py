"""Signing in with a key or a link, and out again."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response

from countenance.api.browsers import COOKIE
from countenance.api.context import address_of, request_id, service_of
from countenance.api.status_codes import status_of
from countenance.errors import CountenanceError
from countenance.portal.page import Form, local_path, public_page, see_other, shown, viewer_of
from countenance.service.accounts import audit, sessions
from countenance.service.accounts.actor import authenticate
from countenance.service.accounts.errors import KEY_INVALID

router = APIRouter()
_TYPED = (
    "Look whether all of it was pasted, from `cnt_` on. A key that was lost cannot be shown again: an owner of your "
    "workspace can make a new one, and revoke the old one."
)
"""What to do about a key that is not valid, for whoever types it rather than sends it in a header."""


@router.api_route("/sign-in", methods=["GET", "HEAD"])
def ask(request: Request, next: str = "/", over: str = "") -> Response:
    """Where one signs in; whoever is signed in already goes on."""
    if viewer_of(request) is not None:
        return see_other(local_path(next))
    return public_page(request, "sign_in/key.html", next=local_path(next), over=bool(over), findings=[])


@router.post("/sign-in")
def with_key(request: Request, form: Form) -> Response:
    """Sign in with a key."""
    path = local_path(form.get("next", "/"))
    try:
        return _begun(request, path, form.get("key", "").strip(), by_link=False)
    except CountenanceError as error:
        status = status_of(error.finding.rule.id)
        findings = [
            each.model_copy(update={"remedy": _TYPED}) if each.rule == KEY_INVALID.id else each
            for each in shown(error.findings)
        ]
        values = {"next": path, "over": False, "findings": findings}
        return public_page(request, "sign_in/key.html", status, **values)


@router.api_route("/sign-in/{token}", methods=["GET", "HEAD"])
def ask_by_link(request: Request, token: str) -> Response:
    """What a link leads to: a button, so that nothing that only looks at links uses it up."""
    return public_page(request, "sign_in/link.html")


@router.post("/sign-in/{token}")
def with_link(request: Request, token: str, form: Form) -> Response:
    """Sign in with a link, once."""
    try:
        return _begun(request, "/", token, by_link=True)
    except CountenanceError as error:
        status = status_of(error.finding.rule.id)
        values = {"next": "/", "over": False, "findings": shown(error.findings)}
        return public_page(request, "sign_in/key.html", status, **values)


@router.post("/sign-out")
def out(request: Request, form: Form) -> Response:
    """Sign out: what the browser carries is worth nothing from now on."""
    with service_of(request).database.transaction() as session:
        sessions.end(session, request.cookies.get(COOKIE, ""))
    answer = see_other("/sign-in")
    answer.delete_cookie(COOKIE, path="/")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _begun(request: Request, path: str, presented: str, *, by_link: bool) -> Response:
    service, address = service_of(request), address_of(request)
    if not by_link:  # whoever guesses takes no turn at writing
        with service.database.reading() as session:
            authenticate(session, presented, address)
    with service.database.transaction() as session:
        begin = sessions.redeem if by_link else sessions.begin
        token = begin(session, presented, address)
        actor = sessions.actor_of(session, service.settings, token, address)
        sessions.end(session, request.cookies.get(COOKIE, ""))
        place = (address, request_id(request))
        audit.record(session, actor.text, actor.workspace_id, "session.begin", "key", actor.key_id, *place)
    answer = see_other(path)
    _set_cookie(answer, request, token)
    return answer


def _set_cookie(answer: Response, request: Request, token: str) -> None:
    public = urlsplit(service_of(request).settings.public_url or "").scheme
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(sessions.LONGEST.total_seconds()),
        path="/",
        secure="https" in (public, request.url.scheme),
        httponly=True,
        samesite="lax",
    )
