"""When a request is sent again, and after how long."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from countenance.client.request import Answer, Outcome, Request

_PASSING = (502, 503, 504)
_TOO_MANY = 429
_STILL_AT_WORK = ("service.idempotency_running", "service.upload_completing")


@dataclass(frozen=True, slots=True)
class Retry:
    """How patient a client is."""

    attempts: int = 5
    """of each request, 1 for never again"""
    first_s: float = 0.5
    """about so long is waited after the first attempt, and twice as long after each further one"""
    longest_s: float = 8.0
    longest_asked_s: float = 120.0
    """what the server asks for is waited up to this; where it asks for more, its refusal is the answer"""

    def pause_s(self, request: Request, outcome: Outcome, attempt: int) -> float | None:
        """How long to wait before it is sent again; None where the outcome stands. `attempt` is from 1."""
        if attempt >= self.attempts or not _is_worth_it(request, outcome, attempt):
            return None
        asked_s = _asked_s(outcome)
        if asked_s is not None:
            return None if asked_s > self.longest_asked_s else asked_s
        most_s = min(self.first_s * 2.0 ** (attempt - 1), self.longest_s)
        return most_s * random.uniform(0.5, 1.0)  # noqa: S311 - so that many clients do not come back at once


def _is_worth_it(request: Request, outcome: Outcome, attempt: int) -> bool:
    if not isinstance(outcome, Answer):
        return request.repeatable or not outcome.was_sent
    if outcome.status == _TOO_MANY:
        return True
    if outcome.status == 409 and attempt > 1:
        return _rule(outcome) in _STILL_AT_WORK  # the attempt whose answer was lost
    return outcome.status in _PASSING and request.repeatable


def _asked_s(outcome: Outcome) -> float | None:
    """Of `Retry-After`: seconds, or a date."""
    told = outcome.headers.get("retry-after", "") if isinstance(outcome, Answer) else ""
    if told.isdecimal():
        return float(told)
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _rule(answer: Answer) -> str:
    try:
        told = json.loads(answer.body)
    except ValueError:
        return ""
    return str(told.get("error_type", "")) if isinstance(told, dict) else ""
