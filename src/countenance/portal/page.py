"""One page: who sees it, how it is put together, and what browsers may do with it."""

from __future__ import annotations

import gzip
import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse

from countenance.api.browsers import COOKIE, check_origin
from countenance.api.call import Call, call_of
from countenance.api.context import address_of, request_id, service_of
from countenance.errors import CountenanceError, Finding
from countenance.portal.policy import connect_sources
from countenance.service.accounts import sessions, workspaces
from countenance.service.accounts.actor import Actor
from countenance.service.accounts.errors import KEY_EXPIRED, KEY_INVALID, SESSION_OVER
from countenance.service.replicas import find as replicas
from countenance.wire.problem import FindingBody, finding_body

_SIGNED_OUT = (KEY_INVALID.id, KEY_EXPIRED.id, SESSION_OVER.id)
_MOST_FIELDS = 100


class SignInNeededError(Exception):
    """Nobody is signed in, or nobody any more."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a page, as far as the page is concerned."""

    workspace: str
    role: str
    scopes: frozenset[str]
    mark: str = ""
    """the same for the same key, and tells nothing of it: by this browsers know whose drafts they keep"""
    in_review: int = 0
    """replicas that wait for a human, for those who may decide"""

    def may(self, scope: str) -> bool:
        """Whether a control that needs this scope is shown to them."""
        return scope in self.scopes


def signed_in(scope: str) -> Callable[[Request], Call]:
    """The dependency of a page or a form that needs this scope; without a session one is asked to sign in."""

    def calling(request: Request) -> Call:
        if COOKIE not in request.cookies:
            raise SignInNeededError
        try:
            return call_of(request, scope)
        except CountenanceError as error:
            if error.finding.rule.id in _SIGNED_OUT:
                raise SignInNeededError from error
            raise

    return calling


ReplicasSeen = Annotated[Call, Depends(signed_in("replicas:read"))]
ReplicasChanged = Annotated[Call, Depends(signed_in("replicas:write"))]
VideosSeen = Annotated[Call, Depends(signed_in("videos:read"))]
VideosChanged = Annotated[Call, Depends(signed_in("videos:write"))]
CreditsSeen = Annotated[Call, Depends(signed_in("credits:read"))]
WebhooksSeen = Annotated[Call, Depends(signed_in("webhooks:read"))]
WebhooksChanged = Annotated[Call, Depends(signed_in("webhooks:write"))]
AccountSeen = Annotated[Call, Depends(signed_in("account:read"))]
AccountChanged = Annotated[Call, Depends(signed_in("account:write"))]


async def _sent(request: Request) -> Mapping[str, str]:
    check_origin(request)
    async with request.form(max_files=0, max_fields=_MOST_FIELDS) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


Form = Annotated[Mapping[str, str], Depends(_sent)]
"""What was typed into a form, each field once; from a page of this server only."""


def viewer_of(request: Request) -> Viewer | None:
    """Who is signed in, for pages that everybody may see; None for everybody else."""
    token = request.cookies.get(COOKIE)
    if token is None:
        return None
    service = service_of(request)
    try:
        with service.database.reading() as session:
            return _viewer(session, sessions.actor_of(session, service.settings, token, address_of(request)))
    except (CountenanceError, SQLAlchemyError):
        return None


def render(request: Request, call: Call, template: str, status: int = 200, **values: Any) -> Response:
    """A page, or a part of one, for somebody who is signed in."""
    return _answer(request, viewer_for(call), template, status, values)


def piece(viewer: Viewer, template: str, **values: Any) -> str:
    """A part of a page that is sent later, for whoever has the page open."""
    return _text("/live", "", viewer, template, values)


def viewer_for(call: Call) -> Viewer:
    """Who looks, by what they were let in with."""
    with call.reading() as session:
        return _viewer(session, call.actor)


def public_page(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """A page for everybody; whoever is signed in sees it with the navigation."""
    return _answer(request, viewer_of(request), template, status, values)


def plain_page(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """A page for which nothing is asked of the database."""
    return _answer(request, None, template, status, values)


def packed(request: Request, answer: Response) -> Response:
    """A large page by gzip, for browsers that take it. Not for pages that hold a secret beside what an address has
    brought: how small they get would tell of it."""
    if "gzip" in request.headers.get("accept-encoding", ""):
        answer.body = gzip.compress(bytes(answer.body), mtime=0)
        answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Content-Length"] = str(len(answer.body))
    answer.headers["Vary"] += ", Accept-Encoding"
    return answer


def see_other(path: str) -> Response:
    """After a form: the page to look at, so that neither reload nor back does the same again."""
    return RedirectResponse(path, 303)


def is_fragment(request: Request) -> bool:
    """Whether htmx asks, which puts the answer into the page that is there, and does not go back in history."""
    headers = request.headers
    return headers.get("hx-request") == "true" and headers.get("hx-history-restore-request") != "true"


def local_path(given: str) -> str:
    """A path of this server to go to after signing in; the first page for anything else."""
    is_plain = given.startswith("/") and not given.startswith(("//", "/\\")) and given.isprintable()
    return given if is_plain else "/"


def shown(findings: tuple[Finding, ...]) -> list[FindingBody]:
    """What is wrong, as the templates show it."""
    return [finding_body(finding.as_dict()) for finding in findings]


def headers(request: Request) -> dict[str, str]:
    """What browsers may do with a page: nothing from elsewhere, and no framing."""
    sources = " ".join(connect_sources(service_of(request).settings))
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; "
        f"media-src 'self' blob:; connect-src {sources}; frame-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Vary": "HX-Request",
    }


def _viewer(session: Session, actor: Actor) -> Viewer:
    decides = "replicas:write" in actor.scopes
    waiting = replicas.in_review(session, actor.workspace_id, limit=1).total if decides else 0
    mark = sha256(f"{actor.workspace_id}:{actor.key_id}".encode()).hexdigest()[:16]
    return Viewer(workspaces.found(session, actor.workspace_id).name, actor.role, actor.scopes, mark, waiting)


def _answer(request: Request, viewer: Viewer | None, template: str, status: int, values: Mapping[str, Any]) -> Response:
    text = _text(request.url.path, request_id(request), viewer, template, values)
    return Response(text, status, headers(request), media_type="text/html; charset=utf-8")


def _text(path: str, request_id: str, viewer: Viewer | None, template: str, values: Mapping[str, Any]) -> str:
    return _templates().get_template(template).render(viewer=viewer, path=path, request_id=request_id, **values)


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("countenance.portal"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["here"] = _here
    made.globals["static"] = _versioned
    return made


def _here(url: str | None) -> str:
    """A URL of this server as a path: it may be known by other names than that in the address bar."""
    if not url:
        return ""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _versioned(name: str) -> str:
    """The path of a file of the pages, which may be kept by browsers for as long as its content is this."""
    return f"/static/{quote(name)}?v={static_files()[name].version}"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file of the pages."""

    content: bytes
    kind: str
    version: str
    packed: bytes | None = None
    """gzip, where that is smaller"""


@cache
def static_files() -> Mapping[str, StaticFile]:
    """All of them, by name."""
    folder = files("countenance.portal").joinpath("static")
    made = {}
    for each in folder.iterdir():
        kind = mimetypes.guess_type(each.name)[0]
        if kind is not None and each.is_file():
            content = each.read_bytes()
            kind = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
            packed = gzip.compress(content, mtime=0)
            smaller = packed if len(packed) < 0.9 * len(content) else None
            made[each.name] = StaticFile(content, kind, sha256(content).hexdigest()[:12], smaller)
    return made
