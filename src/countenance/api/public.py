"""What needs no key is asked for at the pace of people: counted for each address, and wrong secrets more strictly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request

from countenance.api.call import limiter_of
from countenance.api.context import address_of
from countenance.api.problem import RetryLaterError
from countenance.errors import CountenanceError, Rule
from countenance.service.accounts.limits import Limiter


def count(request: Request) -> None:
    """Count a request of somebody without a key.

    Raises:
        RetryLaterError: where its address has asked, or guessed, too often in the last minute.
    """
    if (after_s := limiter_of(request).check_address(address_of(request))) is not None:
        raise RetryLaterError(after_s, Limiter.ADDRESS_REQUESTS)


@contextmanager
def counting_guesses(request: Request, *unknown: Rule) -> Iterator[None]:
    """What is refused by one of these rules inside was asked for with a secret that is none."""
    try:
        yield
    except CountenanceError as error:
        if error.finding.rule.id in {rule.id for rule in unknown}:
            limiter_of(request).note_guess(address_of(request))
        raise
