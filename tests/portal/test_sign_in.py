"""Signing in and out, as people do it."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
from playwright.sync_api import Page, expect

from countenance.api.browsers import COOKIE
from countenance.service.accounts import keys, sessions
from countenance.service.db.tables import BrowserSession

from .conftest import Portal, Troubles


def test_with_a_key_one_goes_where_one_wanted_to_go(page: Page, portal: Portal) -> None:
    page.goto("/credits?unit=training")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_label("Key")).to_be_focused()
    page.keyboard.type(portal.key)
    page.keyboard.press("Enter")
    page.wait_for_url("**/credits?unit=training")
    cookie = next(each for each in page.context.cookies() if each["name"] == COOKIE)
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    page.goto("/sign-in?next=/help")
    page.wait_for_url("**/help")  # whoever is signed in already goes on


def test_a_wrong_key_is_told_and_nothing_is_lost(page: Page, portal: Portal, troubles: Troubles) -> None:
    troubles.expect("status of 401")
    page.goto("/sign-in?next=%2Fhelp")
    page.get_by_label("Key").fill(portal.key[:-1] + ("y" if portal.key.endswith("x") else "x"))
    page.get_by_role("button", name="Sign in").click()
    told = page.locator(".findings")
    expect(told).to_contain_text("The API key is missing or not valid.")
    expect(told).to_contain_text("Look whether all of it was pasted")
    expect(told).not_to_contain_text("header")
    page.get_by_label("Key").fill(portal.key)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/help")


def test_a_link_signs_in_once(open_page: Callable[..., Page], portal: Portal, troubles: Troubles) -> None:
    with portal.service.database.transaction() as session:
        link = sessions.make_link(session, portal.key.split("_")[1])
    first = open_page()
    assert first.request.get(f"/sign-in/{link}").status == 200  # what only looks does not use it up
    first.goto(f"/sign-in/{link}")
    first.get_by_role("button", name="Sign in here").click()
    expect(first.get_by_role("navigation", name="Main")).to_be_visible()
    troubles.expect("status of 410")
    second = open_page()
    second.goto(f"/sign-in/{link}")
    second.get_by_role("button", name="Sign in here").click()
    expect(second.get_by_text("was used already")).to_be_visible()
    expect(second.get_by_label("Key")).to_be_visible()


def test_signing_out_ends_the_session_on_the_server(signed_in: Page, portal: Portal) -> None:
    signed_in.goto("/help")
    carried = next(each for each in signed_in.context.cookies() if each["name"] == COOKIE)["value"]
    signed_in.get_by_role("button", name="Sign out").click()
    signed_in.wait_for_url("**/sign-in")
    assert not signed_in.context.cookies()
    signed_in.go_back()
    signed_in.goto("/credits")
    expect(signed_in.get_by_role("heading", name="Sign in")).to_be_visible()
    answer = httpx2.get(f"{portal.url}/v2/replicas", headers={"Cookie": f"{COOKIE}={carried}"}, timeout=60)
    assert answer.status_code == 401


def test_an_expired_session_comes_back_to_where_it_was(signed_in: Page, portal: Portal) -> None:
    signed_in.goto("/help")
    with portal.service.database.transaction() as session:
        session.query(BrowserSession).delete()
    signed_in.goto("/keys")
    expect(signed_in.get_by_text("You were signed out")).to_be_visible()
    signed_in.get_by_label("Key").fill(portal.key)
    signed_in.get_by_role("button", name="Sign in").click()
    signed_in.wait_for_url("**/keys")


def test_a_viewer_is_not_offered_what_they_may_not_do(open_page: Callable[..., Page], portal: Portal) -> None:
    with portal.service.database.transaction() as session:
        viewer = keys.create(session, portal.workspace_id, "viewer", "viewer").text
    page = open_page(key=viewer)
    page.goto("/credits")
    navigation = page.get_by_role("navigation", name="Main")
    expect(navigation.get_by_role("link", name="Credits")).to_be_visible()
    for name in ("Keys", "Notifications", "Review"):
        expect(navigation.get_by_role("link", name=name)).to_have_count(0)


def test_forms_of_other_sites_are_refused(portal: Portal) -> None:
    for headers in ({}, {"Origin": "http://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        for path in ("/sign-in", "/sign-out"):
            answer = httpx2.post(portal.url + path, data={"key": portal.key}, headers=headers, timeout=60)
            assert answer.status_code == 403
            assert "set-cookie" not in answer.headers
    ours = httpx2.post(f"{portal.url}/sign-in", data={"key": portal.key}, headers={"Origin": portal.url}, timeout=60)
    assert ours.status_code == 303


def test_one_is_sent_to_no_other_server_after_signing_in(portal: Portal) -> None:
    away = ("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)", "/\nx")
    for path in away:
        form = {"key": portal.key, "next": path}
        answer = httpx2.post(f"{portal.url}/sign-in", data=form, headers={"Origin": portal.url}, timeout=60)
        assert (answer.status_code, answer.headers["location"]) == (303, "/"), path


def test_pages_may_load_nothing_from_elsewhere(portal: Portal) -> None:
    answer = httpx2.get(f"{portal.url}/sign-in", timeout=60)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"


def test_files_of_pages_are_kept_by_their_version_and_others_are_not_served(portal: Portal) -> None:
    page = httpx2.get(f"{portal.url}/sign-in", timeout=60).text
    path = page.split('href="/static/portal.css')[1].split('"')[0]
    kept = httpx2.get(f"{portal.url}/static/portal.css{path}", timeout=60)
    assert "immutable" in kept.headers["cache-control"]
    asked = httpx2.get(f"{portal.url}/static/portal.css", timeout=60)
    assert asked.headers["cache-control"] == "no-cache"
    again = httpx2.get(f"{portal.url}/static/portal.css", headers={"If-None-Match": asked.headers["etag"]}, timeout=60)
    assert (again.status_code, again.content) == (304, b"")
    for name in ("nothing.js", "..%2fpage.py", "%2e%2e/page.py", "portal.css%00", "__init__.py"):
        assert httpx2.get(f"{portal.url}/static/{name}", timeout=60).status_code in (400, 404), name


def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_programs(portal: Portal) -> None:
    page = httpx2.get(f"{portal.url}/nothing/here", timeout=60)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    problem = httpx2.get(f"{portal.url}/v2/nothing", timeout=60)
    assert (problem.status_code, problem.headers["content-type"]) == (404, "application/json")
    assert httpx2.get(f"{portal.url}/v2x", timeout=60).headers["content-type"].startswith("text/html")
    assert httpx2.post(f"{portal.url}/healthz", timeout=60).status_code == 405
