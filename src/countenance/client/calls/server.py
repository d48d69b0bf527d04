"""How the server is."""

from __future__ import annotations

from countenance.client import call
from countenance.client.call import Call
from countenance.client.request import Answer, Request
from countenance.wire.health import Health

_UNREADY = 503


def alive() -> Call[Health]:
    """Whether the process answers."""
    return call.get(Health, "/healthz", needs_key=False)


def ready() -> Call[Health]:
    """Whether it can serve; where it cannot, `status` says why."""
    request = Request("GET", "/readyz", needs_key=False, repeatable=False)
    return Call(request, _health, also=(_UNREADY,))


def metrics(token: str | None = None) -> Call[str]:
    """Figures in Prometheus's text format; on the server's own machine no token is needed unless one is set."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Call(Request("GET", "/metrics", headers=headers, needs_key=False), _text)


def _health(answer: Answer) -> Health:
    return Health.model_validate_json(answer.body)


def _text(answer: Answer) -> str:
    return answer.body.decode()
