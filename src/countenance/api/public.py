"""What needs no key is asked for at the pace of people: counted for each link, or else for each address.

Whoever has a right link is never kept back by what others at the same address do: behind a proxy whose word on
addresses is not taken, everybody has the same one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request

from countenance.api.call import limiter_of
from countenance.api.context import address_of, service_of
from countenance.api.problem import RetryLaterError
from countenance.errors import CountenanceError, Rule
from countenance.service.accounts.limits import Limiter
from countenance.service.consent_requests import answer
from countenance.service.consent_requests.ask import hashed
from countenance.service.consent_requests.errors import REQUEST_UNKNOWN


def count(request: Request) -> None:
    """Count a request of somebody without a key.

    Raises:
        RetryLaterError: where its address has asked too often in the last minute.
    """
    if (after_s := limiter_of(request).check_address(address_of(request))) is not None:
        raise RetryLaterError(after_s, Limiter.ADDRESS_REQUESTS)


def count_link(request: Request, token: str) -> None:
    """Count a request by a link for consent.

    Raises:
        CountenanceError: service.consent_request_unknown.
        RetryLaterError: where it was asked for too often in the last minute, or too many were that there are not.
    """
    with counting_guesses(request, REQUEST_UNKNOWN), service_of(request).database.reading() as session:
        answer.find(session, token)
    if (after_s := limiter_of(request).check_link(hashed(token))) is not None:
        raise RetryLaterError(after_s, Limiter.LINK_REQUESTS)


@contextmanager
def counting_guesses(request: Request, *unknown: Rule) -> Iterator[None]:
    """What is refused by one of these rules inside was asked for with a secret that is none.

    Raises:
        RetryLaterError: instead, where too many of those came from its address in the last minute.
    """
    try:
        yield
    except CountenanceError as error:
        if error.finding.rule.id not in {rule.id for rule in unknown}:
            raise
        if (after_s := limiter_of(request).note_guess(address_of(request))) is not None:
            raise RetryLaterError(after_s, Limiter.GUESSES) from error
        raise
