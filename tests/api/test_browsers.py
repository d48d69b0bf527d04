"""Requests of browsers that are signed in: as good as their key, and only from the pages of this server."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from countenance.api.browsers import COOKIE
from countenance.service.accounts import sessions
from countenance.service.context import Service

OURS = {"Origin": "http://testserver"}


@pytest.fixture
def browser(nobody: TestClient, service: Service, key: str) -> TestClient:
    with service.database.transaction() as session:
        nobody.cookies.set(COOKIE, sessions.begin(session, key, "testclient"))
    return nobody


def test_a_browser_that_is_signed_in_needs_no_key(browser: TestClient) -> None:
    assert browser.get("/v2/replicas").status_code == 200
    assert browser.patch("/v2/workspace", json={"name": "Blue"}, headers=OURS).json()["name"] == "Blue"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.elsewhere.example"},
        {"Origin": "http://[::1"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "same-site"},
    ],
)
def test_what_another_site_makes_a_browser_send_is_refused(browser: TestClient, headers: dict[str, str]) -> None:
    answer = browser.patch("/v2/workspace", json={"name": "Red"}, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["error_type"] == "api.foreign_page"
    assert browser.get("/v2/workspace").json()["name"] == "Studio"


def test_large_requests_are_refused_alike(browser: TestClient) -> None:
    answer = browser.post("/v2/replicas", content=b" " * 600_000, headers={"Content-Type": "application/json"})
    assert answer.status_code == 403


def test_a_key_counts_more_than_a_cookie(browser: TestClient) -> None:
    assert browser.get("/v2/replicas", headers={"x-api-key": "cnt_wrong"}).status_code == 401


def test_a_session_that_is_over_is_told_as_such(browser: TestClient, service: Service) -> None:
    with service.database.transaction() as session:
        sessions.end(session, browser.cookies[COOKIE])
    answer = browser.get("/v2/replicas")
    assert (answer.status_code, answer.json()["error_type"]) == (401, "service.session_over")
