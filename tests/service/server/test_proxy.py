"""Who runs the server behind a proxy is told what that proxy has to be trusted for."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from countenance.server.proxy import warn_of_proxy
from countenance.settings import Settings


@pytest.mark.parametrize(
    ("url", "trusted", "warns"),
    [
        ("https://films.example", "", True),
        ("https://films.example", "10.0.0.1", False),
        ("http://127.0.0.1:8080", "", False),
        (None, "", False),
    ],
)
def test_a_proxy_that_is_not_trusted(url: str | None, trusted: str, warns: bool) -> None:
    with capture_logs() as logs:
        assert warn_of_proxy(Settings(public_url=url, trusted_proxies=trusted)) is warns
    assert [each["log_level"] for each in logs] == ["warning"] * warns
