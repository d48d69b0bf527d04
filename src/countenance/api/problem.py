"""One answer for everything that is wrong: problem details (RFC 9457) with the fields that Tavus's clients read."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from countenance.api import errors
from countenance.api.context import request_id
from countenance.api.status_codes import OTHERWISE, status_of, words_of
from countenance.errors import CountenanceError, Finding, Rule
from countenance.service.accounts.errors import IDEMPOTENCY_RUNNING, KEY_INVALID, RATE_LIMITED
from countenance.service.errors import INTERNAL, REQUEST_INVALID
from countenance.service.objects.errors import RANGE_OUTSIDE
from countenance.service.uploads.errors import UPLOAD_COMPLETING
from countenance.wire.patterns import EMAIL, MONTH, NOT_BLANK, SHA256, WEB_ADDRESS
from countenance.wire.problem import Problem, finding_body
from countenance.wire.videos import COLOUR, COLOURS

_log = structlog.get_logger("countenance.api")
_JSON, _PROBLEM = "application/json", "application/problem+json"
_SHOWN = 5
_FRAMES = 5
_COME_BACK_S = 2
_DESCRIPTIONS = {
    400: "The request is wrong.",
    401: "The key is missing or not valid.",
    402: "Too few credits.",
    403: "The key is not allowed to do this.",
    404: "There is no such thing.",
    409: "The first request with this idempotency key is still at work, or the state does not allow it.",
    410: "It is over.",
    413: "The request is too large.",
    416: "There is no such range.",
    422: "The idempotency key was used for another request, or the patch cannot be applied.",
    429: "Too many requests; `Retry-After` says when there may be another.",
    500: "A fault of the server.",
    501: "Not part of this product.",
    503: "The server lacks something that the operator has to put right.",
}
PATTERNS = {
    NOT_BLANK: "This must not be blank.",
    EMAIL: "This must be an e-mail address.",
    WEB_ADDRESS: "This must be a URL that begins with `https://`.",
    SHA256: "This must be a SHA-256 in 64 digits, `0` to `9` and `a` to `f`.",
    MONTH: "This must be a month such as `2026-11`.",
    COLOUR: f"This must be {', '.join(COLOURS)}, or a colour such as `#ffcc00`.",
}
"""What a text must be to be of the form, in words."""
_KINDS = {
    "model_attributes_type": "This must be a JSON object.",
    "model_type": "This must be a JSON object.",
    "dict_type": "This must be a JSON object.",
    "list_type": "This must be a JSON array.",
    "missing": "This is missing.",
}
_HTTP = {404: errors.PATH_UNKNOWN, 405: errors.METHOD_NOT_ALLOWED, 413: errors.TOO_LARGE}


class InBodyError(CountenanceError):
    """Something that the request's body names is not there: the request is wrong, the address is not."""


@contextmanager
def named_in_body(*rules: Rule) -> Iterator[None]:
    """What is unknown by these rules was named by the request's body: 400 instead of 404."""
    try:
        yield
    except CountenanceError as error:
        if error.finding.rule.id not in {rule.id for rule in rules}:
            raise
        raise InBodyError(*error.findings) from error


class RetryLaterError(CountenanceError):
    """Too many requests; `after_s` says when there may be another."""

    def __init__(self, after_s: int, limit: int) -> None:
        super().__init__(Finding(RATE_LIMITED, limit=limit))
        self.after_s = after_s


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What an operation may answer beside success, for the API's description."""
    content = {kind: {"schema": {"$ref": "#/components/schemas/Problem"}} for kind in (_JSON, _PROBLEM)}
    return {status: {"description": _DESCRIPTIONS[status], "content": content} for status in sorted(statuses)}


COMMON = problems(400, 401, 403, 404, 413, 429, 500, 503)


def install(app: FastAPI) -> None:
    """Every error of this application is answered alike."""
    app.add_exception_handler(CountenanceError, refused)
    app.add_exception_handler(RequestValidationError, _misread)
    app.add_exception_handler(HTTPException, _http)


def answer(
    request: Request,
    findings: Sequence[Finding],
    *,
    status: int | None = None,
    words: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The response that tells these findings, the most important first."""
    first = findings[0]
    status = status or status_of(first.rule.id)
    said = words or words_of(first.rule.id) or first.message()
    body = Problem(
        type=f"urn:countenance:error:{first.rule.id}",
        title=first.rule.title,
        status=status,
        detail=first.message(),
        instance=request.url.path,
        error=said,
        message=said,
        error_type=first.rule.tavus_type or first.rule.id,
        findings=[finding_body(finding.as_dict()) for finding in findings],
        request_id=request_id(request),
    )
    kind = _PROBLEM if _PROBLEM in request.headers.get("accept", "") else _JSON
    return Response(body.model_dump_json(), status, headers, media_type=kind)


def refused(request: Request, error: Exception) -> Response:
    """The answer to what is refused."""
    assert isinstance(error, CountenanceError)  # noqa: S101 - what it is registered for
    rule = error.finding.rule
    if isinstance(error, RetryLaterError):
        return answer(request, error.findings, headers={"Retry-After": str(error.after_s)})
    if isinstance(error, InBodyError):
        return answer(request, error.findings, status=OTHERWISE)
    if status_of(rule.id) == 503:
        _log.error("cannot serve", rule=rule.id)
    return answer(request, error.findings, headers=_headers(error.finding))


def _headers(finding: Finding) -> dict[str, str]:
    """What HTTP wants to be told beside the status."""
    if status_of(finding.rule.id) == status_of(KEY_INVALID.id):
        return {"WWW-Authenticate": "Bearer"}
    if finding.rule in (IDEMPOTENCY_RUNNING, UPLOAD_COMPLETING, errors.BUSY):
        return {"Retry-After": str(_COME_BACK_S)}
    if finding.rule is RANGE_OUTSIDE and finding.limit is not None:
        return {"Content-Range": f"bytes */{finding.limit:.0f}"}
    return {}


def _misread(request: Request, error: Exception) -> Response:
    """A body, a query or a path that is not what the description says. What was sent is not repeated."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    faults = error.errors()
    for fault in faults:
        if fault["type"] == "json_invalid":
            return answer(request, [Finding(errors.NO_JSON, detail=f"From character {fault['loc'][-1]} on.")])
        if fault["loc"] == ("body",) and isinstance(fault["input"], bytes):  # which nobody has tried to read
            return answer(request, [Finding(errors.MALFORMED)])
    told = [_told(fault) for fault in faults[:_SHOWN]]
    words = told[0] if len(told) == 1 and faults[0]["type"] == "value_error" else None
    return answer(request, [Finding(REQUEST_INVALID, detail="; ".join(told).rstrip(".") + ".")], words=words)


def _told(fault: Mapping[str, Any]) -> str:
    where, *inside = fault["loc"]
    name = ".".join(str(part) for part in inside if not str(part).startswith("function-"))
    said = _KINDS.get(fault["type"]) or str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "string_pattern_mismatch":
        said = PATTERNS.get(fault["ctx"]["pattern"], "This has another form.")
    if where != "body":
        return f"The {'header' if where == 'header' else 'parameter'} `{name}`: {said}"
    if not name:
        return f"The body: {said}" if fault["type"] in _KINDS else said
    return f"{name}: {said}"


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    rule = _HTTP.get(error.status_code, errors.MALFORMED)
    return answer(request, [Finding(rule)], status=error.status_code, headers=error.headers)


def crashed(request: Request, error: Exception) -> Response:
    """The answer to a fault of ours."""
    note_crash(error)
    return answer(request, [Finding(INTERNAL)])


def note_crash(error: Exception) -> None:
    """The log tells where a fault was, and not what was being worked on."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    where = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    _log.error("request failed", error=type(error).__name__, where=where)


def malformed(request: Request) -> Response:
    """The answer to an address with the character NUL in it."""
    names = [name for name, value in parse_qsl(request.url.query, keep_blank_values=True) if "\0" in value]
    where = "path" if "\0" in request.scope["path"] else f"parameter `{names[0]}`" if names else "query"
    detail = f"The {where} has the character NUL (%00) in it."
    return answer(request, [Finding(REQUEST_INVALID, detail=detail.replace("\0", ""))])


def too_large(request: Request) -> Response:
    """The answer to a body that is larger than its operation takes."""
    return answer(request, [Finding(errors.TOO_LARGE)])
