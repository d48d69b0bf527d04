"""Making a replica in two tabs of one browser, and once more after one has failed."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from example_installation.history import History
from example_installation.replicas import uploaded
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from countenance.api.browsers import COOKIE
from countenance.consent.declaration import AI_GENERATED
from countenance.service.accounts import keys, sessions, workspaces
from countenance.service.accounts.scopes import OWNER
from countenance.service.clock import now
from countenance.service.db.tables import BrowserSession, Replica, Upload
from countenance.service.replicas import life

from .conftest import Portal, Troubles
from .create_journey import Journey, portrait
from .said import replica, until

_REMEMBER = "if (!sessionStorage.length) for (const each of Object.entries(%s)) sessionStorage.setItem(...each)"
_FILES = """() => new Promise((found) => {
  const opened = indexedDB.open("countenance", 1);
  opened.onupgradeneeded = () => opened.result.createObjectStore("recordings");
  opened.onsuccess = () => {
    const asked = opened.result.transaction("recordings").objectStore("recordings").getAllKeys();
    asked.onsuccess = () => (opened.result.close(), found(asked.result.length));
  };
})"""


_ELSEWHERE = "You have this open in another tab"
_KEEP_FOR_A_LINK = """async () => {
  const { keep } = await import("/static/kept.js");
  await keep("/v2/consent-links/token", new Blob(["spoken"]), {}, Date.now() + 3600_000);
}"""
_AT_ONCE = """async () => {
  const { claim } = await import("/static/create-tabs.js");
  const due = [];
  window.setTimeout = (act) => due.push(act);
  let gave_way = 0;
  const ask = (id, is_new) => claim(id, is_new, () => (gave_way += 1));
  const all = (asked) => Promise.all(asked);
  const tries = [1, 2, 3, 4].flatMap((k) => [
    all([false, false, false].map((own) => ask(`without-${k}`, own))),
    all([true, false, false].map((own) => ask(`owned-${k}`, own))),
  ]);
  const had = all(tries);
  const [here, there] = [new BroadcastChannel("post"), new BroadcastChannel("post")];
  there.onmessage = () => there.postMessage("back");
  for (let times = 0; times < 10; times += 1) {
    const heard = new Promise((resolve) => (here.onmessage = resolve));
    here.postMessage("there");
    await heard;
  }
  for (const act of due) act();
  return [await had, gave_way];
}"""
"""Whoever asks has waited for answers once they are there: a slow machine takes longer than is waited."""


def _copy_of(page: Page, *, unaware: bool = False) -> Page:
    """The tab, duplicated as browsers do it: with all that it remembers; `unaware` of other tabs, as one that was
    frozen for a while."""
    other = page.context.new_page()
    if unaware:
        other.add_init_script("delete window.BroadcastChannel")
    other.add_init_script(_REMEMBER % page.evaluate("JSON.stringify(sessionStorage)"))
    other.goto(page.url)
    return other


def _drafted(page: Page, step: str, **draft: Any) -> None:
    """In the middle of making a replica."""
    text = json.dumps({"id": f"draft-{id(page)}", "guided": True, "declared": [], **draft})
    page.add_init_script(_REMEMBER % json.dumps({"countenance.new": text}))
    page.goto(f"/new?step={step}")


def _rows(portal: Portal, table: Any) -> list[Any]:
    with portal.service.database.reading() as session:
        return list(session.scalars(select(table).where(table.workspace_id == portal.workspace_id)))


def _states(portal: Portal) -> list[str]:
    return sorted(each.state for each in _rows(portal, Upload))


def _at_the_end(page: Page, portal: Portal) -> None:
    """In the last step of a replica of somebody who does not exist."""
    upload_id = uploaded(History(portal.service, portal.workspace_id, now()))
    _drafted(
        page, "create", way="generated", name="Harbour guide", subject="invented", report={"ok": True},
        material={"name": "guide.mp4", "upload_id": upload_id}, declared=[AI_GENERATED],
    )  # fmt: skip
    expect(page.get_by_label("Name of the replica")).to_have_value("Harbour guide")


def _create(page: Page) -> None:
    page.get_by_role("button", name="Create replica").click()


def _with_a_picture(page: Page, picture: Path) -> None:
    """Chosen, and not sent yet."""
    _wants_a_picture(page)
    _choose(page, picture)


def _wants_a_picture(page: Page) -> None:
    _drafted(page, "material", way="picture")
    expect(page).to_have_title(re.compile("^Picture"))  # from then on the step listens


def _choose(page: Page, picture: Path) -> None:
    page.get_by_label("Choose the picture").set_input_files(picture)
    _sees_the_picture(page)


def _keeps(page: Page, files: int) -> None:
    """So many are in the browser."""
    until(page, f"({_FILES})().then((found) => found === {files})")


def _sees_the_picture(page: Page) -> None:
    expect(page.locator("#picture-file .facts-line")).to_contain_text("1024 × 576")


def test_the_same_file_in_two_tabs_is_two_uploads(signed_in: Page, portal: Portal, tmp_path: Path) -> None:
    first, second, picture = signed_in, signed_in.context.new_page(), portrait(tmp_path)
    for page in (first, second):
        _with_a_picture(page, picture)
    _keeps(first, 2)
    for page in (first, second):
        page.get_by_role("button", name="Send and check").last.click()
    for page in (first, second):
        expect(page.get_by_role("heading", level=2, name="Check")).to_be_visible()
    assert _states(portal) == ["complete", "complete"]
    second.get_by_role("button", name="Start over").click()
    second.get_by_role("dialog").get_by_role("button", name="Start over").click()
    expect(second.get_by_role("heading", level=2, name="What do you have?")).to_be_visible()
    end = time.monotonic() + 30
    while _states(portal) != ["complete", "deleted"]:
        assert time.monotonic() < end, _states(portal)
        time.sleep(0.05)
    _keeps(first, 1)


def test_a_copied_tab_leaves_the_work_to_the_first_one(signed_in: Page, portal: Portal, tmp_path: Path) -> None:
    _wants_a_picture(signed_in)
    early = _copy_of(signed_in)
    expect(early.get_by_role("heading", name=_ELSEWHERE)).to_be_visible()
    _choose(signed_in, portrait(tmp_path))
    early.goto(f"/new?again={replica(portal, status='error')}")
    expect(early.locator("#again")).to_be_visible()
    copy = _copy_of(signed_in)
    expect(copy.get_by_role("heading", name=_ELSEWHERE)).to_be_visible()
    copy.evaluate("history.pushState({}, '', '?step=have'), history.back()")
    until(copy, "location.search === '?step=material'")
    copy.wait_for_timeout(200)
    expect(copy).to_have_title(re.compile("^New replica"))
    expect(copy.locator("#steps-and-step")).to_be_hidden()
    copy.get_by_role("button", name="Make another replica here").click()
    expect(copy.get_by_role("radio", name="One picture")).not_to_be_checked()
    signed_in.reload()
    _sees_the_picture(signed_in)
    second = _copy_of(signed_in)
    second.get_by_role("button", name="Go on here").click()
    expect(second.get_by_role("button", name="Go on here")).to_be_visible()
    signed_in.close()
    second.get_by_role("button", name="Go on here").click()
    _sees_the_picture(second)


def test_what_a_tab_keeps_after_one_has_signed_out_is_not_there_for_another(
    signed_in: Page, portal: Portal, tmp_path: Path
) -> None:
    with portal.service.database.transaction() as session:
        other_key = keys.create(session, portal.workspace_id, "second key", OWNER).text
    _wants_a_picture(signed_in)
    other = signed_in.context.new_page()
    other.goto("/credits")
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url("**/sign-in")
    _choose(signed_in, portrait(tmp_path))
    signed_in.evaluate(_KEEP_FOR_A_LINK)
    _keeps(signed_in, 2)
    other.get_by_label("Key").fill(other_key)
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url("**/")
    _keeps(other, 1)


def test_of_tabs_that_come_at_once_one_has_the_draft(signed_in: Page) -> None:
    signed_in.goto("/help")
    tries, gave_way = signed_in.evaluate(_AT_ONCE)
    assert [sum(had) for had in tries] == [1] * 8
    assert all(had[0] for had in tries[1::2])  # whose it was
    assert gave_way == 0


def test_one_draft_becomes_one_replica_in_whichever_tab(signed_in: Page, portal: Portal, troubles: Troubles) -> None:
    troubles.expect("status of 404 .*/replicas/")
    _at_the_end(signed_in, portal)
    copy, unaware = _copy_of(signed_in), _copy_of(signed_in, unaware=True)
    expect(copy.get_by_role("button", name="Go on here")).to_be_visible()
    expect(unaware.get_by_label("Name of the replica")).to_have_value("Harbour guide")
    signed_in.get_by_role("button", name="Create replica").dblclick()
    signed_in.wait_for_url(re.compile("/replicas/r"))
    (made,) = _rows(portal, Replica)
    copy.get_by_role("button", name="Go on here").click()
    expect(copy.get_by_role("heading", name="It was made in another tab")).to_be_visible()
    expect(copy.get_by_role("link", name="To the replica").first).to_have_attribute("href", f"/replicas/{made.id}")
    unaware.get_by_label("Name of the replica").fill("Another name")
    _create(unaware)
    expect(unaware.get_by_role("heading", name="It was made in another tab")).to_be_visible()
    assert len(_rows(portal, Replica)) == 1
    signed_in.go_back()
    expect(signed_in.get_by_role("heading", name="is being made")).to_be_visible()
    assert _states(portal) == ["complete"]


def test_two_tabs_that_create_at_once_make_one_replica(signed_in: Page, portal: Portal, troubles: Troubles) -> None:
    troubles.expect("status of 404 .*/replicas/")
    _at_the_end(signed_in, portal)
    unaware = _copy_of(signed_in, unaware=True)
    expect(unaware.get_by_label("Name of the replica")).to_have_value("Harbour guide")
    signed_in.evaluate("void document.getElementById('create-now').click()")
    # What the other tab has done is not known here.
    unaware.evaluate("localStorage.clear(); document.getElementById('create-now').click()")
    for page in (signed_in, unaware):
        page.wait_for_url(re.compile("/replicas/r"))
    assert len({page.url for page in (signed_in, unaware)}) == 1
    assert len(_rows(portal, Replica)) == 1


def test_what_was_made_unheard_and_deleted_is_made_anew(signed_in: Page, portal: Portal, troubles: Troubles) -> None:
    troubles.expect("ERR_FAILED|status of (404|422)")

    def unheard(route: Route) -> None:
        route.fetch()
        route.abort()

    _at_the_end(signed_in, portal)
    unaware = _copy_of(signed_in, unaware=True)
    signed_in.route("**/v2/replicas", unheard, times=1)
    _create(signed_in)
    expect(signed_in.locator("#create-problem")).to_contain_text("The server does not answer.")
    (first,) = _rows(portal, Replica)
    unaware.get_by_label("Name of the replica").fill("Another name")
    _create(unaware)
    expect(unaware.locator("#create-problem")).to_contain_text("A replica was already made from this")
    with portal.service.database.transaction() as session:
        life.delete(session, portal.service, portal.workspace_id, first.id)
    _create(signed_in)
    signed_in.wait_for_url(re.compile("/replicas/r"))
    expect(signed_in.get_by_role("heading", level=1)).to_contain_text("Harbour guide")
    assert {each.id for each in _rows(portal, Replica)} == {first.id, signed_in.url.rpartition("/")[2]}
    assert len(_rows(portal, Replica)) == 2


def test_a_session_that_ends_before_the_square_is_drawn(signed_in: Page, portal: Portal) -> None:
    def ends(route: Route) -> None:
        with portal.service.database.transaction() as session:
            session.query(BrowserSession).delete()
        route.continue_()

    expires_at = (now() + timedelta(days=14)).isoformat()
    link = {"url": f"{portal.url}/consent/token", "expires_at": expires_at, "full_name": "Ada Winter"}
    made = {"replica_id": "r1", "name": "Ada", "by_link": True, "link": link}
    signed_in.goto("/new?step=made")
    draft = {"id": "one", "way": "other", "guided": True, "consent": {"full_name": "Ada Winter", "how": "link"}}
    signed_in.evaluate("(text) => sessionStorage.setItem('countenance.new', text)", json.dumps({**draft, "made": made}))
    signed_in.route("**/new/square", ends)
    with signed_in.expect_response("**/sign-in?*"):
        signed_in.reload()
    expect(signed_in.locator("#link-url")).to_have_text(link["url"])
    expect(signed_in.locator("#square-words")).to_be_hidden()
    expect(signed_in.locator("#square")).to_be_empty()


@pytest.fixture
def after_a_failure(filled: Portal, content: Any, open_page: Callable[..., Page]) -> Page:
    return open_page(content.key, filled)


def test_starting_again_begins_with_what_was_said(after_a_failure: Page, filled: Portal, tmp_path: Path) -> None:
    page = after_a_failure
    page.goto(f"/replicas/{filled.ids['replica_declined']}")
    page.get_by_role("link", name="Start again").click()
    again = page.locator("#again")
    expect(again).to_contain_text("This stopped it the last time.")
    expect(again.locator(".finding.error")).to_have_count(1)
    expect(page.get_by_role("radio", name="Footage of somebody else")).to_be_checked()
    journey = Journey(page, tmp_path)
    journey.onward()
    journey.sees("Before you begin")
    page.reload()
    journey.onward()
    journey.sees("Consent")
    expect(page.get_by_label("Their full name").first).to_have_value("Piet de Vries")
    expect(page.get_by_role("radio", name="By a link for that person")).to_be_checked()
    journey.onward()
    journey.sees("Footage")
    expect(again).to_be_visible()
    # With another one that failed, what is half done here is not thrown away unasked.
    page.goto(f"/new?again={filled.ids['refused']}")
    expect(page.locator("#which")).to_contain_text("you were making “Piet de Vries, portrait”")
    page.get_by_role("link", name="Go on with that").click()
    expect(page.get_by_role("radio", name="Footage of somebody else")).to_be_checked()
    page.go_back()
    page.get_by_role("button", name="Start again with “Ferry announcements”").click()
    expect(page.get_by_role("radio", name="AI-generated footage")).to_be_checked()
    expect(again.locator(".finding.error").first).to_be_visible()
    draft = json.loads(page.evaluate("sessionStorage.getItem('countenance.new')"))
    assert (draft["name"], draft["again"], draft["material"]) == ("Ferry announcements", filled.ids["refused"], None)


def test_one_that_did_not_fail_or_is_not_ones_own_carries_nothing(filled: Portal, content: Any) -> None:
    with filled.service.database.transaction() as session:
        workspace = workspaces.create(session, filled.service.settings, "Somebody else")
        other_key = keys.create(session, workspace.id, "first key", OWNER).text
        own, other = (
            {"Cookie": f"{COOKIE}={sessions.begin(session, key, '127.0.0.1')}"} for key in (content.key, other_key)
        )

    def carries(name: str, cookie: dict[str, str]) -> bool:
        page = httpx2.get(f"{filled.url}/new?again={filled.ids[name]}", headers=cookie, timeout=60)
        assert page.status_code == 200
        return 'id="again"' in page.text

    names = ("refused", "picture_refused", "completed", "stock", "receipt")
    assert [carries(name, own) for name in names] == [True, True, False, False, False]
    assert not any(carries(name, other) for name in names)
