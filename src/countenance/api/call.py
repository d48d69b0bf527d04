"""One authenticated request: who asks, and how what they ask for is done once, noted, and answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, TypeVar

import structlog
from fastapi import Depends, Header, Request, Response
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from sqlalchemy.orm import Session

from countenance.api.browsers import COOKIE, check_origin
from countenance.api.context import address_of, base_url, request_id, service_of
from countenance.api.problem import RetryLaterError
from countenance.errors import CountenanceError
from countenance.service.accounts import audit, idempotency, sessions
from countenance.service.accounts.actor import Actor, authenticate, require
from countenance.service.accounts.limits import Limiter
from countenance.service.context import Service

JSON = "application/json"
IDEMPOTENCY_KEY = "Idempotency-Key"
Body = TypeVar("Body", bound=BaseModel)

_in_header = APIKeyHeader(name="x-api-key", auto_error=False, description="A key of the workspace.")
_as_bearer = HTTPBearer(auto_error=False, description="The same key.")


@dataclass(frozen=True, slots=True)
class Call:
    """A request of somebody who may make it."""

    request: Request
    service: Service
    actor: Actor
    body: bytes
    idempotency_key: str | None
    presented: str = field(repr=False)
    """the key, with its secret, or the token of a browser's session"""

    @property
    def workspace_id(self) -> str:
        return self.actor.workspace_id

    @property
    def base_url(self) -> str:
        return base_url(self.request)

    def is_still_good(self) -> bool:
        """Whether the key would be let in now as it was: for what goes on for long."""
        try:
            with self.reading() as session:
                address = address_of(self.request)
                return _actor(session, self.service, self.presented, address, notes=False) == self.actor
        except CountenanceError:
            return False

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A view of one moment, for what changes nothing."""
        with self.service.database.reading() as session:
            yield session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Everything inside happens wholly or not at all. Never do anything slow in it."""
        with self.service.database.transaction() as session:
            yield session

    def note(self, session: Session, action: str, subject_kind: str, subject_id: str) -> None:
        """Write into the audit log what was done, or whose face was looked at."""
        audit.record(
            session,
            self.actor.text,
            self.workspace_id,
            action,
            subject_kind,
            subject_id,
            address_of(self.request),
            request_id(self.request),
        )

    def once(
        self,
        work: Callable[[Session], Body],
        status: int = 200,
        *,
        before: Callable[[], None] = lambda: None,
        kept: Callable[[Body], Body] | None = None,
        told: Callable[[str], str] = lambda text: text,
    ) -> Response:
        """Do it in one transaction and answer; with an `Idempotency-Key` only the first time.

        `before` is what takes too long for a transaction: it is done first, unless there is an answer already. `kept`
        takes out of an answer what must not be stored, such as a new key; `told` completes the answer's JSON after the
        transaction, each time that it is given.
        """
        key = self.idempotency_key
        if key is None or not self._is_known(key):
            before()
        with self.transaction() as session:
            if key is not None:
                path = self.request.url.path + ("?" + self.request.url.query if self.request.url.query else "")
                earlier = idempotency.claim(session, self.workspace_id, key, self.request.method, path, self.body)
            else:
                earlier = None
            if earlier is None:
                made = work(session)
                text = made.model_dump_json()
                if key is not None:
                    stored = kept(made) if kept else made
                    idempotency.keep(session, self.workspace_id, key, status, stored.model_dump_json())
        if earlier is not None:
            replayed = {"Idempotent-Replayed": "true"}
            return Response(told(earlier.body), earlier.status, replayed, media_type=JSON)
        return Response(told(text), status, media_type=JSON)

    def _is_known(self, key: str) -> bool:
        with self.reading() as session:
            return idempotency.is_known(session, self.workspace_id, key)


def limiter_of(request: Request) -> Limiter:
    """The application's own counter of requests."""
    limiter = request.app.state.limiter
    assert isinstance(limiter, Limiter)  # noqa: S101 - put there by create_app
    return limiter


async def _sent(request: Request) -> bytes:
    return await request.body()


def _authenticated(service: Service, presented: str, address: str) -> Actor:
    """Whose key it is, without waiting for anybody who writes; that it was used is noted once a minute."""
    with service.database.reading() as session:
        actor = _actor(session, service, presented, address)
        is_to_be_noted = bool(session.dirty)
    if is_to_be_noted:
        with service.database.transaction() as session:
            _actor(session, service, presented, address)
    return actor


def _actor(session: Session, service: Service, presented: str, address: str, *, notes: bool = True) -> Actor:
    if presented.startswith(sessions.PREFIX):
        return sessions.actor_of(session, service.settings, presented, address, notes=notes)
    return authenticate(session, presented, address)


def presented_by(request: Request) -> str:
    """The key in a request's headers, or else the session of a browser that is signed in; empty where there is none.

    Raises:
        CountenanceError: api.foreign_page for what another site's page makes a browser send.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    key = request.headers.get("x-api-key", "") or (token.strip() if scheme.lower() == "bearer" else "")
    if not key and (session := request.cookies.get(COOKIE)):
        check_origin(request)
        return session
    return key


def check_key(request: Request) -> None:
    """Whether a request brings a key that is good, before its body is read.

    Raises:
        CountenanceError: service.key_invalid, service.key_expired, service.address_not_allowed.
    """
    _authenticated(service_of(request), presented_by(request), address_of(request))


def may(scope: str) -> Callable[..., Call]:
    """The dependency of an operation that needs this scope."""

    def calling(
        request: Request,
        _key: Annotated[str | None, Depends(_in_header)] = None,  # for the API's description
        _bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_as_bearer)] = None,
        body: Annotated[bytes, Depends(_sent)] = b"",
    ) -> Call:
        return call_of(request, scope, body, request.headers.get(IDEMPOTENCY_KEY))

    return calling


def _may_be_repeated(
    idempotency_key: Annotated[
        str | None, Header(description="A random text; the same request with the same one is done once.")
    ] = None,
) -> None:
    """For the API's description."""


ONCE = Depends(_may_be_repeated)
"""Of an operation that is done by `Call.once`."""


def call_of(request: Request, scope: str, body: bytes = b"", idempotency_key: str | None = None) -> Call:
    """A request, once it is known that whoever sends it may do what needs this scope.

    Raises:
        CountenanceError: service.key_invalid, service.key_expired, service.session_over, service.address_not_allowed,
            service.scope_missing, service.rate_limited, api.foreign_page.
    """
    service, presented = service_of(request), presented_by(request)
    actor = _authenticated(service, presented, address_of(request))
    limiter = limiter_of(request)
    if (after_s := limiter.check(actor)) is not None:
        raise RetryLaterError(after_s, limiter.requests_per_minute)
    require(actor, scope)
    structlog.contextvars.bind_contextvars(key_id=actor.key_id)
    return Call(request, service, actor, body, idempotency_key, presented)


ReadReplicas = Annotated[Call, Depends(may("replicas:read"))]
WriteReplicas = Annotated[Call, Depends(may("replicas:write"))]
ReadVideos = Annotated[Call, Depends(may("videos:read"))]
WriteVideos = Annotated[Call, Depends(may("videos:write"))]
ReadTranscriptions = Annotated[Call, Depends(may("transcriptions:read"))]
WriteTranscriptions = Annotated[Call, Depends(may("transcriptions:write"))]
ReadDictionaries = Annotated[Call, Depends(may("dictionaries:read"))]
WriteDictionaries = Annotated[Call, Depends(may("dictionaries:write"))]
ReadUploads = Annotated[Call, Depends(may("uploads:read"))]
WriteUploads = Annotated[Call, Depends(may("uploads:write"))]
ReadWebhooks = Annotated[Call, Depends(may("webhooks:read"))]
WriteWebhooks = Annotated[Call, Depends(may("webhooks:write"))]
ReadCredits = Annotated[Call, Depends(may("credits:read"))]
ReadAccount = Annotated[Call, Depends(may("account:read"))]
WriteAccount = Annotated[Call, Depends(may("account:write"))]
