"""Send something to a URL that a user gave, as a webhook does, and look at the beginning of the answer."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Mapping
from dataclasses import dataclass

from countenance.service.fetch.fetching import told
from countenance.service.fetch.session import safe_session
from countenance.service.fetch.target import target_of
from countenance.settings import Settings

_MOST_ANSWER_BYTES = 2048


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    text: str
    """the first 2 KB; empty where the server is not public: whoever may say where to post reads nothing of it"""
    duration_ms: int


def post(settings: Settings, url: str, body: bytes, headers: Mapping[str, str], *, timeout_s: float = 15.0) -> Answer:
    """POST to a URL. No redirect is followed, so that a status of 3xx is an answer like another.

    Where it may go although that is not public, `webhook_allow` says.

    Raises:
        CountenanceError: service.url_refused, url_host, url_unreachable, url_timeout.
    """
    began = time.monotonic()
    target = target_of(url).url
    with safe_session(settings.webhook_allow, timeout_s) as session, told(session.deadline):
        waits = session.deadline.left_s + 0.01
        response = session.post(target, data=body, headers=dict(headers), stream=True, timeout=waits)
        beginning = response.raw.read(_MOST_ANSWER_BYTES, decode_content=False)
        if not all(ipaddress.ip_address(address).is_global for address in session.reached):
            beginning = b""
        text = beginning.decode("utf-8", "replace").replace("\0", "")  # PostgreSQL stores no NUL
        return Answer(response.status_code, text, round(1000 * (time.monotonic() - began)))
