"""The pages: what browsers may do with them, and that their parts fit together."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from countenance.portal import pages


@pytest.fixture(scope="module")
def browser() -> TestClient:
    app = FastAPI()
    app.include_router(pages.router)
    return TestClient(app)


def test_the_page_on_which_a_person_agrees_may_load_nothing_from_elsewhere(browser: TestClient) -> None:
    answer = browser.get("/consent/abc")
    assert answer.status_code == 200
    assert browser.head("/consent/abc").status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "abc" not in answer.text
    assert not re.search(r"https?://|<style|\son\w+=|javascript:", answer.text)
    for path in re.findall(r'(?:href|src)="(/[^"]+)"', answer.text):
        loaded = browser.get(path)
        assert loaded.status_code == 200, path
        assert loaded.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["nothing.js", "..%2fpages.py", "%2e%2e/pages.py", "portal.css%00", "__init__.py"])
def test_other_files_are_not_served(browser: TestClient, name: str) -> None:
    assert browser.get(f"/static/{name}").status_code == 404


def test_what_the_script_speaks_of_is_on_the_page(browser: TestClient) -> None:
    script = files("countenance.portal").joinpath("static/consent.js").read_text("utf-8")
    page = browser.get("/consent/abc").text
    wanted = {name for pair in re.findall(r'\bat\("([a-z-]+)"\)|\bon\("([a-z-]+)"', script) for name in pair if name}
    assert {"statement", "send", "decline-now"} <= wanted
    assert not {name for name in wanted if f'id="{name}"' not in page}
    assert 'lang="en"' in page
    for label in re.findall(r'<label[^>]* for="([a-z]+)"', page):
        assert f'id="{label}"' in page
