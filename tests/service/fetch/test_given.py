"""URLs are judged as soon as they are given."""

from __future__ import annotations

from typing import Any

import pytest

from countenance.errors import CountenanceError
from countenance.service.fetch.given import check_media, check_postable
from countenance.settings import Settings


def _refusal(settings: Settings, url: str) -> tuple[str, str]:
    with pytest.raises(CountenanceError) as error:
        check_postable(settings, {"callback_url": url})
    return error.value.finding.rule.id, error.value.finding.detail


@pytest.mark.parametrize("url", ["https://10.0.0.1/", "http://example.org/", "nonsense", "file:///etc/passwd"])
def test_what_is_wrong_by_itself_is_refused_by_its_field(plain: Settings, url: str) -> None:
    rule, detail = _refusal(plain, url)
    assert rule == "service.url_refused"
    assert detail.endswith("The field is `callback_url`.")


def test_what_the_operator_allows_is_not_refused(plain: Settings) -> None:
    allowed = plain.model_copy(update={"webhook_allow": "10.1.0.0/16"})
    check_postable(allowed, {"callback_url": "https://10.1.2.3/", "other": "", "none": None})
    with pytest.raises(CountenanceError):
        check_media(allowed, {"media_url": "https://10.1.2.3/"})


def test_which_names_there_are_in_the_inner_network_is_not_told(plain: Settings, names: Any) -> None:
    names.answers["inner.example.org"] = [["10.1.2.3"]]
    check_postable(plain, {"callback_url": "https://inner.example.org/"})
    check_postable(plain, {"callback_url": "https://nobodys.example.org/"})
    assert not names.asked
