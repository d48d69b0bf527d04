"""URLs as they are given: what would be refused whenever it is used is refused now.

What a name stands for is not looked up here: it may be something else when it is used (`session` judges that), and the
answer would tell whoever asks which names there are in the inner network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from countenance.errors import CountenanceError
from countenance.service.fetch.allow import Allowed, allowed_by
from countenance.service.fetch.session import check_public
from countenance.service.fetch.target import target_of
from countenance.settings import Settings


def check_media(settings: Settings, urls: Mapping[str, str | None]) -> None:
    """Whether media would be fetched from these URLs, which are told by the names of their fields.

    Raises:
        CountenanceError: service.url_refused.
    """
    _check(allowed_by(settings.fetch_allow), urls)


def check_postable(settings: Settings, urls: Mapping[str, str | None]) -> None:
    """The same of webhooks, which are posted to them."""
    _check(allowed_by(settings.webhook_allow), urls)


def _check(allowed: Allowed, urls: Mapping[str, str | None]) -> None:
    for field, url in urls.items():
        if url:
            with _told_of(field):
                check_public(target_of(url), allowed)


@contextmanager
def _told_of(field: str) -> Iterator[None]:
    """What is refused inside names the field."""
    try:
        yield
    except CountenanceError as error:
        detail = f"{error.finding.detail} The field is `{field}`.".strip()
        raise CountenanceError(replace(error.finding, detail=detail)) from error
