"""For whoever looks after the server."""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from countenance.api.context import address_of, service_of
from countenance.api.problem import problems
from countenance.errors import CountenanceError, Finding
from countenance.service.accounts.errors import KEY_INVALID
from countenance.wire.health import Health

router = APIRouter(tags=["operation"])


@router.get("/healthz")
async def alive() -> Health:
    """Whether the process answers, also where all threads are busy."""
    return Health(status="ok")


@router.get("/readyz", responses={503: {"model": Health, "description": "It cannot serve now."}})
def ready(request: Request, response: Response) -> Health:
    """Whether it can serve: its database answers."""
    try:
        with service_of(request).database.reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        response.status_code = 503
        return Health(status="database unreachable")
    return Health(status="ok")


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}, **problems(401)})
def metrics(request: Request) -> Response:
    """Prometheus's text format. With `metrics_token` set, for its bearer; without, for this machine alone."""
    settings = service_of(request).settings
    token = settings.metrics_token
    if token is None:
        # Behind a proxy on this machine everybody would seem to be here.
        allowed = not settings.trusted_proxies and _is_here(address_of(request))
    else:
        given = request.headers.get("authorization", "")
        allowed = hmac.compare_digest(given.encode(), f"Bearer {token.get_secret_value()}".encode())
    if not allowed:
        raise CountenanceError(Finding(KEY_INVALID, detail="The metrics are for the operator."))
    return Response(generate_latest(request.app.state.registry), media_type=CONTENT_TYPE_LATEST)


def _is_here(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
