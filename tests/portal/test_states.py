"""What is seen when something goes wrong on the way: a fault, a lost server, a session that is over, news at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
from example_installation.serving import BROKEN, FAULT, serving
from playwright.sync_api import Page, Route, expect
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs
from tests.portal.conftest import Portal
from tests.portal.create_journey import portrait
from tests.portal.said import replica, until, videos

from countenance.api.browsers import COOKIE
from countenance.service.accounts import keys, members, sessions, workspaces
from countenance.service.accounts.scopes import OWNER
from countenance.service.db.tables import BrowserSession, Video
from countenance.service.videos import life

_TOLD = re.compile(r"<code>([0-9a-zA-Z-]+)</code>")
_NEWS = """async () => {
  const { tell } = await import("/static/toasts.js");
  tell("one", "The first.", { seconds: 0 });
  tell("two", "The second, which is somewhat longer than the first.", { seconds: 0 });
}"""
_BRIEF = """async () => {
  const { tell } = await import("/static/toasts.js");
  tell("three", "The third.", { seconds: 0.5 });
  document.querySelector("#three button").focus();
}"""
_HEARD = """() => {
  window.heard = [];
  new MutationObserver((all) => all.forEach((each) => each.addedNodes.forEach((node) => {
    if (each.target.matches("[role=status]")) window.heard.push(node.textContent);
  }))).observe(document.body, { childList: true, subtree: true });
}"""


def test_a_fault_of_ours_is_told_by_its_number_alone(signed_in: Page, portal: Any, troubles: Any) -> None:
    troubles.expect("status of 500|Error Code 500")
    with capture_logs(processors=[merge_contextvars]) as log:
        answer = signed_in.goto(BROKEN)
    assert answer is not None
    assert answer.status == 500
    expect(signed_in.get_by_role("heading", level=1)).to_have_text("Something broke, and it was not you")
    number = signed_in.locator("main code").inner_text()
    assert number == answer.headers["x-request-id"]
    (noted,) = [each for each in log if each["event"] == "request failed"]
    assert (noted["request_id"], noted["error"]) == (number, "RuntimeError")
    _tells_nothing(signed_in.content())
    assert FAULT not in str(log)
    expect(signed_in.get_by_role("link", name="Try again")).to_have_attribute("href", BROKEN)
    signed_in.goto("/credits")
    signed_in.evaluate("path => void htmx.ajax('GET', path, { target: 'main', swap: 'innerHTML' })", BROKEN)
    problem = signed_in.locator("#problems")
    expect(problem).to_contain_text("Something broke, and it was not you.")
    _tells_nothing(signed_in.content())


def test_a_database_that_is_away_is_a_fault_like_any_other(tmp_path: Path) -> None:
    with serving(tmp_path, requests_per_minute=0) as served:
        with served.service.database.transaction() as session:
            workspace = workspaces.create(session, served.service.settings, "Harbour Films")
            key = keys.create(session, workspace.id, "first key", OWNER).text
            cookie = {"Cookie": f"{COOKIE}={sessions.begin(session, key, '127.0.0.1')}"}
        assert httpx2.get(f"{served.url}/", headers=cookie, timeout=60).status_code == 200
        file = tmp_path / "countenance.sqlite"
        served.service.database.engine.dispose()
        for each in tmp_path.glob(f"{file.name}*"):
            each.rename(each.with_name(f"away-{each.name}"))
        file.mkdir()
        with capture_logs(processors=[merge_contextvars]) as log:
            answer = httpx2.get(f"{served.url}/", headers=cookie, timeout=60)
        part = httpx2.get(f"{served.url}/", headers={**cookie, "HX-Request": "true"}, timeout=60)
        help = httpx2.get(f"{served.url}/help", headers=cookie, timeout=60)
        missing = httpx2.get(f"{served.url}/nothing", headers=cookie, timeout=60)
        file.rmdir()
    assert (answer.status_code, part.status_code, help.status_code, missing.status_code) == (500, 500, 200, 404)
    told = _TOLD.search(answer.text)
    assert told is not None
    assert told[1] in {each["request_id"] for each in log if each["event"] == "request failed"}
    for text in (answer.text, part.text):
        assert "Something broke, and it was not you" in text
        _tells_nothing(text, "sqlite", "OperationalError", str(tmp_path))


def _tells_nothing(text: str, *others: str) -> None:
    for each in (FAULT, "Traceback", "RuntimeError", ".py", *others):
        assert each not in text


def test_a_lost_server_is_told_and_so_is_its_return(signed_in: Page, portal: Any, troubles: Any) -> None:
    troubles.expect("ERR_INTERNET_DISCONNECTED|htmx:sseError")
    replica(portal, status="training")
    signed_in.add_init_script('addEventListener("htmx:sseOpen", () => (window.is_followed = true))')
    signed_in.goto("/")
    until(signed_in, "window.is_followed")  # what opens now would say that the connection is back
    signed_in.context.set_offline(True)
    expect(signed_in.locator("#lost")).to_contain_text("The connection is lost.")
    signed_in.context.set_offline(False)
    expect(signed_in.locator("#lost")).to_have_count(0)
    expect(signed_in.locator("#back")).to_have_text("The connection is back.")


def test_a_page_that_follows_by_itself_leads_to_where_one_signs_in(signed_in: Page, portal: Any, troubles: Any) -> None:
    troubles.expect(r"status of 401|\[object Event\]")
    replica(portal, status="training")

    def ends(route: Route) -> None:
        with portal.service.database.transaction() as session:
            session.query(BrowserSession).delete()
        route.continue_()

    signed_in.route("**/live?*", ends)
    signed_in.goto("/")
    expect(signed_in.get_by_text("You were signed out")).to_be_visible()
    expect(signed_in.locator("[name=next]")).to_have_value("/")


def test_news_do_not_cover_each_other_and_are_said_once(signed_in: Page) -> None:
    signed_in.goto("/credits")
    signed_in.evaluate(_HEARD)
    signed_in.evaluate(_NEWS)
    one, two = signed_in.locator("#one"), signed_in.locator("#two")
    upper, lower = one.bounding_box(), two.bounding_box()
    assert upper is not None
    assert lower is not None
    assert upper["y"] + upper["height"] <= lower["y"]
    until(signed_in, "window.heard.length === 2")
    assert signed_in.evaluate("window.heard") == ["The first.", "The second, which is somewhat longer than the first."]
    signed_in.get_by_role("link", name="Help").first.focus()
    signed_in.keyboard.press("Escape")
    expect(two).to_have_count(0)
    one.get_by_role("button", name="Close").focus()
    signed_in.wait_for_timeout(200)
    signed_in.keyboard.press("Enter")
    expect(one).to_have_count(0)
    expect(signed_in.get_by_role("link", name="Help").first).to_be_focused()
    expect(signed_in.locator("#toasts")).to_be_hidden()
    # What somebody is at stays, though the pointer leaves it.
    signed_in.evaluate(_BRIEF)
    three = signed_in.locator("#three")
    three.hover()
    signed_in.mouse.move(0, 0)
    signed_in.wait_for_timeout(800)
    expect(three).to_be_visible()
    signed_in.get_by_role("link", name="Help").first.focus()
    expect(three).to_have_count(0)


def test_news_are_seen_and_said_over_an_open_dialog(signed_in: Page, portal: Any) -> None:
    made = videos(portal).asked("Welcome", replica(portal), "Good morning.")
    signed_in.goto(f"/videos/{made}")
    signed_in.get_by_role("link", name="Rename").click()
    expect(signed_in.locator("dialog[open]")).to_be_visible()
    signed_in.evaluate(_NEWS)
    expect(signed_in.locator("dialog[open] #two")).to_be_visible()
    signed_in.locator("#two").get_by_role("button", name="Close").click()
    expect(signed_in.locator("#two")).to_have_count(0)
    signed_in.keyboard.press("Escape")
    expect(signed_in.locator("dialog[open]")).to_have_count(0)
    expect(signed_in.locator("body > #toasts #one")).to_be_visible()


def test_pages_are_printed_dark_on_light_and_without_what_is_pressed(dark: Page) -> None:
    dark.goto("/credits")
    ink = "getComputedStyle(document.body).color"
    seen = dark.evaluate(ink)
    dark.emulate_media(media="print")
    assert (seen, dark.evaluate(ink)) == ("rgb(233, 235, 229)", "rgb(31, 33, 30)")
    expect(dark.locator(".top nav")).to_be_hidden()
    dark.emulate_media(media="screen", forced_colors="active")
    assert (
        dark.evaluate("getComputedStyle(document.body.appendChild(document.createElement('progress'))).borderTopWidth")
        == "1px"
    )


def test_a_moment_is_told_by_no_day_that_it_may_not_have_been(signed_in: Page) -> None:
    signed_in.goto("/credits")
    told = """(hours) => {
      const time = document.querySelector("main").appendChild(document.createElement("time"));
      Object.assign(time.dataset, { when: "" });
      time.dateTime = new Date(Date.now() - hours * 3600e3).toISOString();
      document.dispatchEvent(new Event("htmx:afterSettle"));
      return time.textContent;
    }"""
    expected = {0: "now", 0.999: "1 hour ago", 5: "5 hours ago", 23.7: "1 day ago", 30: "1 day ago", -30: "in 1 day"}
    assert {hours: signed_in.evaluate(told, hours) for hours in expected} == expected


def test_without_motion_a_wait_is_told_in_a_word(signed_in: Page) -> None:
    signed_in.goto("/credits")
    said = "getComputedStyle(document.querySelector('.top'), '::after')"
    assert signed_in.evaluate(f"{said}.content") == "none"
    signed_in.evaluate("document.querySelector('main').classList.add('htmx-request')")
    until(signed_in, f"{said}.opacity === '1'")
    assert signed_in.evaluate(f"{said}.content") == '"Working…"'
    assert signed_in.evaluate(f"{said}.backgroundImage") == "none"


def test_what_was_typed_outlives_a_session(signed_in: Page, portal: Any, troubles: Any, tmp_path: Path) -> None:
    troubles.expect("status of 401|Error Code 401")
    speaks = replica(portal)
    signed_in.goto("/videos/new")
    signed_in.locator("#replica_id").select_option(speaks)
    signed_in.locator("#script").fill("Good morning, and welcome aboard.")
    signed_in.get_by_role("radio", name="A picture or a film").check()
    signed_in.locator("#behind").set_input_files(portrait(tmp_path))
    expect(signed_in.locator("#behind-there")).to_be_visible()
    with portal.service.database.transaction() as session:
        session.query(BrowserSession).delete()
    signed_in.locator("#script").press("End")
    signed_in.keyboard.type(" Mind the step.")
    beside = signed_in.locator("#say-cost").get_by_role("link", name="Sign in in another tab")
    expect(beside).to_have_attribute("target", "_blank")
    signed_in.get_by_role("button", name="Make the video").click()
    expect(signed_in.get_by_text("You were signed out")).to_be_visible()
    signed_in.wait_for_load_state()  # before that it does not know where one was
    signed_in.get_by_label("Key").fill(portal.key)
    signed_in.get_by_role("button", name="Sign in").click()
    signed_in.wait_for_url("**/videos/new")
    expect(signed_in.locator("#typed-again")).to_contain_text("it was not sent")
    expect(signed_in.locator("#script")).to_have_value("Good morning, and welcome aboard. Mind the step.")
    expect(signed_in.get_by_role("radio", name="A picture or a film")).to_be_checked()
    expect(signed_in.locator("#behind-there")).to_be_visible()
    signed_in.get_by_role("button", name="Make the video").click()
    signed_in.wait_for_url(re.compile("/videos/[0-9a-f]+$"))
    signed_in.goto("/videos/new")
    expect(signed_in.locator("#script")).to_have_value("")


def test_what_was_typed_comes_back_where_it_was_and_wherever_one_signs_in(
    signed_in: Page, portal: Any, troubles: Any
) -> None:
    with portal.service.database.transaction() as session:
        for email in ("ada@example.org", "bob@example.org"):
            members.add(session, portal.workspace_id, email, "viewer", notified=True)
    signed_in.goto("/notifications/people")
    signed_in.get_by_role("button", name="Change bob@example.org").click()
    dialog = signed_in.locator("dialog[open]")
    dialog.get_by_label("Role").select_option("owner")
    with portal.service.database.transaction() as session:
        session.query(BrowserSession).delete()
    dialog.get_by_role("button", name="Save").click()
    expect(signed_in.get_by_text("You were signed out")).to_be_visible()
    signed_in.wait_for_load_state()
    elsewhere = signed_in.context.new_page()
    elsewhere.goto("/sign-in")
    elsewhere.get_by_label("Key").fill(portal.key)
    elsewhere.get_by_role("button", name="Sign in").click()
    elsewhere.wait_for_url("**/")
    signed_in.goto("/help")
    signed_in.go_back()
    signed_in.wait_for_url("**/notifications/people")
    expect(dialog.get_by_role("heading")).to_have_text("Change bob@example.org")
    expect(dialog.get_by_label("Role")).to_have_value("owner")
    expect(dialog.locator("#typed-again")).to_contain_text("it was not sent")
    dialog.get_by_role("button", name="Save").click()
    expect(signed_in.locator("li", has_text="bob@example.org")).to_contain_text("owner")
    expect(signed_in.locator("li", has_text="ada@example.org")).to_contain_text("viewer")


def test_what_was_typed_in_what_is_asked_comes_back_at_the_address_of_its_form(
    filled: Any, open_page: Callable[..., Page]
) -> None:
    page, place = open_page(filled.key, filled), f"/replicas/{filled.ids['completed']}"

    def signed_out_meanwhile(button: str) -> None:
        page.context.clear_cookies()
        page.get_by_role("button", name=button).click()
        page.wait_for_url("**/sign-in?*")
        page.get_by_label("Key").fill(filled.key)
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator("#typed-again")).to_contain_text("it was not sent")

    page.goto(place)
    page.get_by_role("link", name="Rename").click()
    page.locator("dialog[open]").get_by_label("Name").fill("Ada, in the morning")
    signed_out_meanwhile("Rename")
    expect(page.get_by_label("Name")).to_have_value("Ada, in the morning")
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url(f"**{place}")
    page.goto(f"{place}/revoke")
    page.get_by_label("Why, for the signed record").fill("They moved.")
    page.locator("#typed").fill("take back")
    signed_out_meanwhile("Take it back and erase everything")
    expect(page.get_by_label("Why, for the signed record")).to_have_value("They moved.")
    expect(page.locator("#typed")).to_have_value("")  # it is typed once more


def test_what_a_proxy_says_takes_no_place(signed_in: Page, troubles: Any) -> None:
    troubles.expect("status of 502|Error Code 502")
    signed_in.goto("/keys")
    signed_in.get_by_label("Name").fill("render farm")
    signed_in.route("**/keys", lambda route: route.fulfill(status=502, body="<h1>Bad Gateway</h1>"))
    signed_in.get_by_role("button", name="Make the key").click()
    expect(signed_in.locator("#strange")).to_contain_text("The server cannot be reached (answer 502).")
    expect(signed_in.get_by_label("Name")).to_have_value("render farm")
    signed_in.unroute("**/keys")
    signed_in.get_by_role("button", name="Make the key").click()
    expect(signed_in.locator("#keys")).to_contain_text("cnt_")
    expect(signed_in.locator("#strange")).to_have_count(0)


def test_a_long_name_without_a_space_makes_no_page_wider(open_page: Callable[..., Page], portal: Any) -> None:
    name = 255 * "W"
    made = replica(portal, name)
    video = videos(portal).asked(name, made, "Good morning.")
    with portal.service.database.transaction() as session:
        keys.create(session, portal.workspace_id, 64 * "W", OWNER)
    page = open_page(portal.key, phone=True)
    page.set_viewport_size({"width": 320, "height": 640})
    for path in ("/", f"/replicas/{made}", "/videos", f"/videos/{video}", "/credits", "/keys",
                 "/help/errors"):  # fmt: skip
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == 320, path


def test_a_part_of_a_page_leads_whoever_is_signed_out_to_where_one_signs_in(portal: Any) -> None:
    asked = {"HX-Request": "true", "HX-Current-URL": f"{portal.url}/?state=failed", "Origin": portal.url}
    found = httpx2.get(f"{portal.url}/?search=ada", headers=asked, timeout=60)
    assert (found.status_code, found.headers["hx-redirect"]) == (204, "/sign-in?next=%2F%3Fstate%3Dfailed")
    # What was typed is not left: it is told beside it.
    sent = httpx2.post(f"{portal.url}/videos/v1/shares", data={"period": "day"}, headers=asked, timeout=60)
    assert (sent.status_code, sent.headers["hx-retarget"]) == (401, "#problems")
    assert 'href="/sign-in?next=%2F%3Fstate%3Dfailed" target="_blank"' in sent.text


def test_what_was_typed_outlives_a_fault(signed_in: Page, portal: Any, troubles: Any) -> None:
    troubles.expect("status of 500")
    speaks = replica(portal)
    signed_in.goto(f"/videos/new?replica={speaks}")
    signed_in.locator("#script").fill("Good morning, and welcome aboard.")
    expect(signed_in.locator("#say-cost")).to_contain_text("33 characters")  # which moves the button
    signed_in.route("**/videos/new", lambda route: route.fulfill(response=signed_in.request.get(BROKEN)))
    signed_in.get_by_role("button", name="Make the video").click()
    expect(signed_in.get_by_role("heading", level=1)).to_have_text("Something broke, and it was not you")
    back = signed_in.get_by_role("link", name="Try again")
    expect(back).to_have_attribute("href", f"/videos/new?replica={speaks}")
    back.click()
    expect(signed_in.locator("#script")).to_have_value("Good morning, and welcome aboard.")
    expect(signed_in.locator("#typed-again")).to_contain_text("If it was not done, send it once more.")


def test_what_was_typed_outlives_a_refusal(signed_in: Page, portal: Any, troubles: Any) -> None:
    troubles.expect("status of (400|422)")
    with portal.service.database.transaction() as session:
        members.add(session, portal.workspace_id, "ada@example.org", "viewer", notified=True)
    signed_in.goto("/notifications/people")
    back = signed_in.get_by_role("link", name="Back to the form")
    signed_in.get_by_role("button", name="Change ada@example.org").click()
    dialog = signed_in.locator("dialog[open]")
    dialog.get_by_label("Gets e-mails").uncheck()
    dialog.get_by_label("Role").evaluate("role => role.add(new Option('boss', 'boss', true, true))")
    dialog.get_by_role("button", name="Save").click()
    expect(signed_in.get_by_role("heading", level=1)).to_have_text("This was not done")
    back.click()
    expect(dialog.get_by_label("Gets e-mails")).not_to_be_checked()
    expect(dialog.get_by_label("Role")).to_have_value("viewer")  # for the other is not there
    expect(dialog.locator("#typed-again")).to_contain_text("it was not done")


def test_what_was_typed_outlives_a_limit(tmp_path: Path, open_page: Callable[..., Page], troubles: Any) -> None:
    troubles.expect("status of 429")
    with serving(tmp_path, requests_per_minute=1) as served:
        with served.service.database.transaction() as session:
            workspace = workspaces.create(session, served.service.settings, "Harbour Films")
            key = keys.create(session, workspace.id, "first key", OWNER).text
            members.add(session, workspace.id, "ada@example.org", "viewer", notified=True)
        page = open_page(key, Portal(served.service, served.url, workspace.id, key))
        page.goto("/notifications/people?from=here")
        page.get_by_role("button", name="Change ada@example.org").click()
        page.locator("dialog[open]").get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("A moment, please")
        again = page.get_by_role("link", name="Try again")
        expect(again).to_have_attribute("href", "/notifications/people?from=here")
        again.click()  # too early
        page.wait_for_url(f"{served.url}/notifications/people?from=here")  # to its end: then its server goes
        kept = json.loads(page.evaluate("sessionStorage.getItem('countenance.form')"))
        assert ["role", "viewer"] in kept["fields"]


def test_a_form_that_is_sent_again_after_its_video_was_deleted_makes_another(portal: Any) -> None:
    form = {"replica_id": replica(portal), "script": "Good morning.", "once": "the-same-form"}
    with portal.service.database.transaction() as session:
        cookie = f"{COOKIE}={sessions.begin(session, portal.key, '127.0.0.1')}"

    def sent() -> str:
        headers = {"Origin": portal.url, "Cookie": cookie}
        answer = httpx2.post(f"{portal.url}/videos/new", data=form, headers=headers, timeout=60)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].rpartition("/")[2]

    first = sent()
    assert sent() == first
    life.delete_and_cancel(portal.service, portal.workspace_id, first)
    second = sent()
    assert second != first
    assert sent() == second
    with portal.service.database.reading() as session:
        made = session.query(Video).filter(Video.workspace_id == portal.workspace_id)
        assert {each.id for each in made} == {first, second}


def test_an_upload_of_somebody_who_was_signed_out_leaves_the_page_as_it_is(
    signed_in: Page, portal: Any, troubles: Any, tmp_path: Path
) -> None:
    troubles.expect("status of 401|Error Code 401")
    replica(portal)
    (tmp_path / "behind.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2000))
    signed_in.goto("/videos/new")
    signed_in.locator("#script").fill("Good morning.")
    signed_in.get_by_role("radio", name="A picture or a film").check()
    signed_in.context.clear_cookies()
    signed_in.locator("#behind").set_input_files(tmp_path / "behind.png")
    link = signed_in.locator("#behind-findings").get_by_role("link", name="Sign in in another tab")
    expect(link).to_have_attribute("target", "_blank")
    expect(signed_in.locator("#script")).to_have_value("Good morning.")
