"""A call: a request, and how its answer is read. It says what is to be asked, and asks nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import quote, urlencode
from uuid import uuid4

from pydantic import BaseModel, ValidationError

from countenance.client.errors import ANSWER_UNREADABLE, ClientError, refusal
from countenance.client.request import Answer, Request
from countenance.errors import Finding

T = TypeVar("T")
Model = TypeVar("Model", bound=BaseModel)
Value = str | int | bool | None
_JSON = "application/json"
KEY = "Idempotency-Key"


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One operation of the API, with its arguments."""

    request: Request
    parse: Callable[[Answer], T]
    also: tuple[int, ...] = ()
    """statuses that are answers like those of success"""

    def read(self, answer: Answer) -> T:
        """What the answer says.

        Raises:
            ApiError: where it is not success.
            ClientError: client.answer_unreadable.
        """
        if not answer.is_success and answer.status not in self.also:
            raise refusal(answer)
        try:
            return self.parse(answer)
        except ValidationError as error:
            places = ", ".join(".".join(map(str, fault["loc"])) or "the whole" for fault in error.errors()[:3])
            raise ClientError(Finding(ANSWER_UNREADABLE, detail=f"Not as expected: {places}.")) from error


def path(*parts: str | int, **query: Value) -> str:
    """`/a/b?c=d`; what is None or empty is left out of the query, and no part can leave its place."""
    asked = {name: _text(value) for name, value in query.items() if value not in (None, "")}
    where = "/" + "/".join(_segment(str(part)) for part in parts)
    return f"{where}?{urlencode(asked)}" if asked else where


def get(model: type[Model], url: str, *, needs_key: bool = True) -> Call[Model]:
    """Ask for something."""
    return Call(Request("GET", url, needs_key=needs_key), _reader(model))


def post(
    model: type[Model],
    url: str,
    body: BaseModel | None = None,
    *,
    needs_key: bool = True,
    repeatable: bool = True,
    read_timeout_s: float = 60.0,
) -> Call[Model]:
    """Do something that may be done twice, unless it says otherwise."""
    headers = {} if body is None else {"Content-Type": _JSON}
    data = b"" if body is None else encoded(body)
    return Call(Request("POST", url, data, headers, repeatable, needs_key, read_timeout_s), _reader(model))


def create(model: type[Model], url: str, body: BaseModel | None, idempotency_key: str | None) -> Call[Model]:
    """Do something once: the server knows a repeated request by its key, which is a new one unless it is given."""
    headers = {KEY: idempotency_key or uuid4().hex}
    if body is not None:
        headers["Content-Type"] = _JSON
    return Call(Request("POST", url, b"" if body is None else encoded(body), headers), _reader(model))


def patch(url: str, body: BaseModel) -> Call[None]:
    """Change something to what is said, which may be said twice."""
    return Call(Request("PATCH", url, encoded(body), {"Content-Type": _JSON}), nothing)


def change(model: type[Model], url: str, body: BaseModel) -> Call[Model]:
    """The same, where the answer tells what it came to."""
    return Call(Request("PATCH", url, encoded(body), {"Content-Type": _JSON}), _reader(model))


def delete(url: str, *, needs_key: bool = True) -> Call[None]:
    """Delete something. That it is gone already is told as an error, as by the server."""
    return Call(Request("DELETE", url, needs_key=needs_key), nothing)


def encoded(body: BaseModel) -> bytes:
    """As JSON, without what was not said."""
    return body.model_dump_json(exclude_unset=True, by_alias=True).encode()


def _segment(part: str) -> str:
    return part.replace(".", "%2E") if part in (".", "..") else quote(part, safe="") or "-"


def _reader(model: type[Model]) -> Callable[[Answer], Model]:
    return lambda answer: model.model_validate_json(answer.body)


def nothing(answer: Answer) -> None:
    """There is nothing to read."""


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
