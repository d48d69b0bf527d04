"""The pages as an application of their own, beside the API: what is wrong is told to people, not to programs."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from countenance.api.browsers import COOKIE
from countenance.api.context import request_id
from countenance.api.front import Front
from countenance.api.problem import RetryLaterError, note_crash
from countenance.api.status_codes import status_of
from countenance.errors import CountenanceError
from countenance.portal.page import SignInNeededError, headers, is_fragment, plain_page, public_page, shown
from countenance.portal.routes import (
    asking,
    consent,
    create,
    credits,
    help,
    keys,
    library,
    live,
    notifications,
    presenter,
    receipts,
    replica,
    review,
    say,
    shares,
    sign_in,
    static,
    videos,
)
from countenance.service.errors import REQUEST_INVALID

MAX_FORM_BYTES = 512 * 1024
_OF_THE_API = ("/v2", "/healthz", "/readyz", "/metrics", "/openapi.json")
_NOT_FOUND = HTTPStatus.NOT_FOUND


def with_pages(api: FastAPI, pages: FastAPI | None = None) -> ASGIApp:
    """What a server serves: the API under its own paths, and pages under all others, those of `create_pages` unless
    others are given."""
    pages = pages or create_pages(api)

    async def site(scope: Scope, receive: Receive, send: Send) -> None:
        is_page = scope["type"] == "http" and not _is_of_the_api(scope["path"])
        await (pages if is_page else api)(scope, receive, send)

    return site


def create_pages(api: FastAPI) -> FastAPI:
    """The pages, which ask the same installation as the API, and pass the same door."""
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"logs": False, "metrics": False, "operation_spans": False, "exclude": _untraced},
    )
    app.state = api.state
    app.router.max_body_size = MAX_FORM_BYTES
    for router in (
        static.router,
        sign_in.router,
        consent.router,
        create.router,
        help.router,
        library.router,
        presenter.router,
        live.router,
        replica.router,
        asking.router,
        receipts.router,
        credits.router,
        notifications.router,
        keys.router,
        review.router,
        say.router,
        videos.router,
        shares.router,
    ):
        app.include_router(router)
    app.add_exception_handler(SignInNeededError, _sign_in)
    app.add_exception_handler(CountenanceError, _refused)
    app.add_exception_handler(RequestValidationError, _not_found)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(Front, counts=api.state.counts, crashed=_crashed, too_large=_too_large)
    return app


def _untraced(scope: Scope) -> bool:
    """Addresses of pages may be secrets, such as a link for signing in: no trace holds them."""
    return True


def _is_of_the_api(path: str) -> bool:
    return path.startswith(_OF_THE_API) and (path in _OF_THE_API or path.startswith("/v2/"))


def _sign_in(request: Request, error: Exception) -> Response:
    """Where to sign in, and from there back to where one was; in a page in which something was typed, beside that."""
    over = "&over=1" if COOKIE in request.cookies else ""
    path = f"/sign-in?next={quote(_page_of(request), safe='')}{over}"
    if is_fragment(request) and request.method not in ("GET", "HEAD"):
        return _placed(request, plain_page(request, "errors/signed_out.html", HTTPStatus.UNAUTHORIZED, sign_in=path))
    if is_fragment(request):
        return Response(status_code=204, headers={**headers(request), "HX-Redirect": path})
    if request.headers.get("accept") == "text/event-stream":
        return Response(status_code=401, headers=headers(request))
    return Response(status_code=303, headers={**headers(request), "Location": path})


def _refused(request: Request, error: Exception) -> Response:
    """What is refused, with what to do."""
    assert isinstance(error, CountenanceError)  # noqa: S101 - what it is registered for
    status = status_of(error.finding.rule.id)
    if isinstance(error, RetryLaterError):
        return _too_often(request, error.after_s)
    if status == _NOT_FOUND and not is_fragment(request):
        return _not_found(request, error)
    template = "errors/403.html" if status == HTTPStatus.FORBIDDEN else "errors/refused.html"
    # Of a field that is not filled in as it should be, its own words say all; the rest is for programs.
    words = error.finding.detail if error.finding.rule == REQUEST_INVALID else ""
    return _told(request, status, template, findings=() if words else shown(error.findings), words=words)


def _too_often(request: Request, after_s: int) -> Response:
    """Whoever asks too much is not looked up in the database either."""
    words = f"This was asked too often within a minute. Try again in {after_s} s."
    status, again = HTTPStatus.TOO_MANY_REQUESTS, _page_of(request)
    answer = _told(request, status, "errors/429.html", make=plain_page, words=words, after_s=after_s, again=again)
    answer.headers["Retry-After"] = str(after_s)
    return answer


def _not_found(request: Request, error: Exception) -> Response:
    return _told(request, _NOT_FOUND, "errors/404.html", words="This is not there any more. Load the page again.")


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code == _NOT_FOUND:
        return _not_found(request, error)
    words = "This cannot be done at this address. Go back, load the page again, and try once more."
    return _told(request, error.status_code, "errors/wrong.html", words=words)


def _too_large(request: Request) -> Response:
    words = "What was sent is too large for a form. Shorten it; films, sounds and pictures are uploaded beside it."
    return _told(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "errors/wrong.html", words=words)


def _crashed(request: Request, error: Exception) -> Response:
    """A fault of ours: the page says by which number the log speaks of it. It asks the database nothing, which may be
    what is at fault."""
    note_crash(error)
    words = f"Something broke, and it was not you. The log of the server speaks of it as {request_id(request)}."
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return _told(request, status, "errors/crash.html", make=plain_page, words=words, again=_page_of(request))


def _told(
    request: Request, status: int, template: str, make: Callable[..., Response] = public_page, **values: Any
) -> Response:
    """What went wrong: in the place for it where htmx asks, else as a page."""
    if not is_fragment(request):
        return make(request, template, status, **values)
    answer = make(
        request, "errors/fragment.html", status, findings=values.get("findings", ()), words=values.get("words")
    )
    return _placed(request, answer)


def _placed(request: Request, answer: Response) -> Response:
    """In the place for what went wrong; what follows by itself, such as the costs while one types, is told there."""
    asked, place = (request.headers.get(name) for name in ("hx-trigger", "hx-target"))
    if asked is None or asked != place:
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#problems", "innerHTML show:#problems:top"
    return answer


def _page_of(request: Request) -> str:
    """The path of the page that somebody is on: of a form, the one that it stands in."""
    if request.method in ("GET", "HEAD") and not is_fragment(request):
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    url = request.headers.get("hx-current-url", "/")
    path = url.partition("://")[2].partition("/")[2] if "://" in url else url.lstrip("/")
    return f"/{path}"
