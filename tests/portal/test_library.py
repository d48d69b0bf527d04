"""The library of replicas: what it says of each, what went wrong, what is found, and what is renamed and deleted."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from example_installation.history import History
from example_installation.replicas import Replicas, uploaded
from playwright.sync_api import Page, expect
from tests.portal.said import first, held

from countenance.consent.declaration import AI_GENERATED
from countenance.consent.receipt_content import Material
from countenance.service.clock import now
from countenance.service.consent_requests.errors import REQUEST_DECLINED
from countenance.service.credits import ledger
from countenance.service.credits.account import balance
from countenance.service.db.tables import Job, Replica, Upload
from countenance.stock.clips import presenter_clip

_STANDS = {
    "completed": "Ready",
    "preview": "Preview ready",
    "training": "Training",
    "stalled": "Paused",
    "checking": "Checking",
    "queued": "Queued",
    "review": "In review",
    "replica_open": "Waiting for consent",
    "replica_withdrawn": "Link taken back",
    "replica_declined": "Declined",
    "replica_expired": "Link expired",
    "refused": "Failed",
    "preview_only": "Preview only",
    "stock": "Ready",
}
_A_WHILE = "() => new Promise((done) => setTimeout(done, 500))"
"""By the page's own timers: what it is to do within that time is done, however slow the machine is."""
_ENDS_BY = "([id, most]) => document.getElementById(id).getBoundingClientRect().bottom <= most"
_OPEN = "[...document.querySelectorAll('.why-told:popover-open')].map((each) => each.id)"


def test_every_state_is_told_in_plain_words(filled: Any, open_page: Callable[..., Page]) -> None:
    with filled.service.database.transaction() as session:  # a sign of life, however long ago it was filled
        for name in ("training", "checking", "preview"):
            replica = session.get_one(Replica, filled.ids[name])
            session.get_one(Job, replica.job_id).heartbeat_at = now()
    page = open_page(filled.key, filled)
    page.goto("/")
    told = {name: page.locator(f"#card-{filled.ids[name]} .badge").inner_text() for name in _STANDS}
    assert told == _STANDS
    expect(page.locator(f"#card-{filled.ids['stock']} .stock")).to_have_text("Stock")
    expect(page.locator(f"#more-{filled.ids['stock']}")).to_have_count(0)


def test_what_went_wrong_is_seen_on_hover(filled: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(filled.key, filled)
    refused = filled.ids["refused"]
    page.goto("/?search=ferry")
    evidence: list[str] = []
    page.on("request", lambda request: evidence.append(request.url) if "/v2/media/" in request.url else None)
    told = page.locator(f"#why-{refused}-told")
    expect(told).to_be_hidden()
    page.hover(f"#card-{refused}", position={"x": 30, "y": 30})
    expect(told).to_be_visible()
    expect(told).to_contain_text("Measured")
    expect(told.locator(".span").first).to_have_text(re.compile(r"\d\d:\d\d–\d\d:\d\d"))
    expect(told).to_contain_text("What to do")
    expect(told).to_contain_text("No credit was charged.")
    expect(told.get_by_role("link", name="Full report")).to_have_attribute("href", f"/replicas/{refused}")
    expect(told.get_by_role("link", name="Start again")).to_have_attribute("href", "/new")
    expect(told.locator(".evidence").first).to_have_js_property("complete", True)
    assert evidence, "pictures are fetched only now"
    told.hover(position={"x": 60, "y": 60})
    page.evaluate(_A_WHILE)
    expect(told).to_be_visible()
    page.keyboard.press("Escape")
    expect(told).to_be_hidden()
    page.mouse.move(1270, 790)
    page.hover(f"#card-{refused}", position={"x": 30, "y": 30})
    expect(told).to_be_visible()
    page.mouse.move(1270, 790)
    expect(told).to_be_hidden()


def test_what_went_wrong_is_seen_by_keyboard(filled: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(filled.key, filled)
    page.goto("/?search=ferry")
    told = page.locator(f"#why-{filled.ids['refused']}-told")
    button = page.locator(f"#why-{filled.ids['refused']}")
    page.focus(f"#more-{filled.ids['refused']}")
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(told).to_contain_text("What to do")
    page.keyboard.press("Tab")
    assert told.evaluate("(told) => told.contains(document.activeElement)"), "its links are next"
    page.keyboard.press("Escape")
    expect(told).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(told).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(told).to_be_hidden()


def test_what_went_wrong_is_seen_on_tap(filled: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(filled.key, filled, phone=True)
    page.goto("/?state=failed")
    for name in ("refused", "picture_refused"):
        page.locator(f"#why-{filled.ids[name]}").tap()
        told = page.locator(f"#why-{filled.ids[name]}-told")
        expect(told).to_be_visible()
        assert page.evaluate(_OPEN) == [f"why-{filled.ids[name]}-told"]
        box = told.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        assert box["y"] >= 0
        page.wait_for_function(_ENDS_BY, arg=[f"why-{filled.ids[name]}-told", 740])  # when its pictures are there
    told.get_by_role("button", name="Close").tap()
    expect(told).to_be_hidden()


def test_short_videos_play_while_one_looks(filled: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(filled.key, filled)
    page.emulate_media(reduced_motion="no-preference")
    page.goto("/?search=studio")
    card = page.locator(f"#card-{filled.ids['completed']}")
    video = card.locator("video")
    expect(video).to_have_js_property("paused", True)
    expect(video).to_have_js_property("readyState", 0)
    card.hover()
    expect(video).to_have_js_property("paused", False)
    page.mouse.move(1270, 790)
    expect(video).to_have_js_property("paused", True)
    page.focus("#type")
    page.keyboard.press("Tab")
    expect(video).to_have_js_property("paused", False)
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    card.hover()
    page.evaluate(_A_WHILE)
    expect(video).to_have_js_property("paused", True)
    page.get_by_role("button", name="Play the short video").click()
    expect(video).to_have_js_property("paused", False)


def test_search_filters_and_pages_are_addresses(filled: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(filled.key, filled)
    page.goto("/")
    cards = page.locator(".replica")
    expect(cards).to_have_count(24)
    page.get_by_role("link", name="Older").click()
    page.wait_for_url("**/?page=2")
    assert cards.count() > 10
    page.go_back()
    expect(cards).to_have_count(24)
    page.wait_for_load_state()  # going back loads the page anew: before that nobody hears what is typed
    page.get_by_label("Search by name").press_sequentially("KIOSK")
    page.wait_for_url("**/?search=KIOSK")
    expect(cards).to_have_count(2)
    expect(page.get_by_role("status").filter(has_text="found")).to_have_text("2 replicas found")
    page.get_by_label("Failed").check()
    page.wait_for_url("**/?search=KIOSK&state=failed")
    expect(page.get_by_role("heading", name="Nothing fits")).to_be_visible()
    page.go_back()
    page.wait_for_url("**/?search=KIOSK")
    expect(cards).to_have_count(2)
    expect(page.get_by_label("Search by name")).to_have_value("KIOSK")
    page.wait_for_load_state()
    page.select_option("#type", "stock")
    expect(cards).to_have_count(0)
    page.get_by_label("Search by name").fill("")
    page.wait_for_url("**/?type=stock")
    expect(cards).to_have_count(1)


def test_it_is_found_without_a_script(filled: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(filled.key, filled, java_script_enabled=False)
    page.goto("/")
    page.get_by_label("Search by name").fill("ferry")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".replica")).to_have_count(1)
    page.locator(".why").click()
    expect(page.locator(".why-told")).to_contain_text("Record one person alone")


def test_who_may_only_look_changes_nothing(filled: Any, content: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(content.viewer_key, filled)
    page.goto("/")
    expect(page.locator(".replica")).to_have_count(24)
    for control in (".more", "a[href='/new']"):
        expect(page.locator(control)).to_have_count(0)


@pytest.fixture
def made(portal: Any) -> Replicas:
    """Makes replicas in the workspace of the test."""
    history = History(portal.service, portal.workspace_id, now())
    return Replicas(history, uploaded(history))


def test_before_the_first_replica_it_says_how_to_begin(signed_in: Page) -> None:
    signed_in.goto("/")
    expect(signed_in.get_by_role("heading", name="Make your first replica")).to_be_visible()
    expect(signed_in.locator(".begin a[href='/new']")).to_be_visible()
    expect(signed_in.get_by_role("search")).to_have_count(0)


def test_rename(signed_in: Page, made: Replicas) -> None:
    replica_id = made.asked("Ada", Material.SYNTHETIC)
    signed_in.goto("/?search=ad")
    signed_in.click(f"#more-{replica_id}")
    signed_in.get_by_role("link", name="Rename").click()
    dialog = signed_in.get_by_role("dialog", name="Rename")
    name = dialog.get_by_label("Name")
    expect(name).to_be_focused()
    signed_in.keyboard.press("Escape")
    expect(signed_in.locator(f"#more-{replica_id}")).to_be_focused()
    signed_in.click(f"#more-{replica_id}")
    signed_in.get_by_role("link", name="Rename").click()
    name.fill("Adam & <Eve>")
    dialog.get_by_role("button", name="Rename").dblclick()
    expect(signed_in.get_by_role("link", name="Adam & <Eve>")).to_be_visible()
    expect(signed_in.get_by_text("Renamed.")).to_be_visible()
    expect(signed_in).to_have_url(re.compile(r"/\?search=ad$"))


def test_a_second_click_takes_nothing_back_that_was_typed(signed_in: Page, made: Replicas) -> None:
    signed_in.goto(f"/replicas/{made.asked('Ada, studio')}")
    asked = held(signed_in, "**/rename?**")
    signed_in.get_by_role("link", name="Rename").evaluate("(link) => (link.click(), link.click())")
    first(signed_in, asked)
    signed_in.wait_for_timeout(200)
    asked.pop().continue_()
    signed_in.get_by_label("Name", exact=True).fill("Ada, harbour")
    signed_in.wait_for_timeout(200)
    for each in asked:
        each.continue_()
    signed_in.wait_for_timeout(300)
    expect(signed_in.get_by_label("Name", exact=True)).to_have_value("Ada, harbour")


def test_a_name_that_is_none_is_asked_for_again(
    open_page: Callable[..., Page], portal: Any, made: Replicas, troubles: Any
) -> None:
    troubles.expect("status of 422")
    page = open_page(portal.key, java_script_enabled=False)
    replica_id = made.asked("Ada", Material.SYNTHETIC)
    page.goto(f"/replicas/{replica_id}/rename")
    page.get_by_label("Name").fill("   ")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_text("Give it a name.")).to_be_visible()


def test_erasing_wants_the_name_and_says_what_goes(signed_in: Page, portal: Any, made: Replicas) -> None:
    replica_id = made.asked("Ada Winter", Material.SYNTHETIC)
    signed_in.set_viewport_size({"width": 360, "height": 600})
    signed_in.goto("/")
    signed_in.click(f"#more-{replica_id}")
    signed_in.get_by_role("link", name="Delete").click()
    dialog = signed_in.get_by_role("dialog", name="Delete “Ada Winter”?")
    expect(dialog.get_by_role("heading", level=2)).to_be_in_viewport()
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    expect(dialog).to_contain_text("the credit that is held for it is free again")
    for gone in ("the footage", "videos made with it", "Kept", "receipt"):
        expect(dialog).to_contain_text(gone)
    erase = dialog.get_by_role("button", name="Erase everything")
    expect(erase).to_be_disabled()
    dialog.get_by_label("to confirm").fill("Ada")
    expect(erase).to_be_disabled()
    dialog.get_by_label("to confirm").fill("Ada Winter")
    erase.dblclick()
    expect(signed_in.get_by_text("Everything of it is being erased")).to_be_visible()
    expect(signed_in.locator(".replica")).to_have_count(0)
    with portal.service.database.reading() as session:
        assert session.get_one(Replica, replica_id).deleted_at is not None
    signed_in.go_back()
    expect(signed_in.locator(".replica")).to_have_count(0)


def test_a_wrong_name_erases_nothing(
    open_page: Callable[..., Page], portal: Any, made: Replicas, troubles: Any
) -> None:
    troubles.expect("status of 422")
    page = open_page(portal.key, java_script_enabled=False)
    replica_id = made.asked("Ada Winter", Material.SYNTHETIC)
    page.goto(f"/replicas/{replica_id}/delete")
    page.get_by_label("to confirm").fill("ada winter")
    page.get_by_role("button", name="Erase everything").click()
    expect(page.get_by_text("nothing was erased")).to_be_visible()
    with portal.service.database.reading() as session:
        assert session.get_one(Replica, replica_id).deleted_at is None


def test_out_of_credits_is_said(signed_in: Page, portal: Any, made: Replicas) -> None:
    made.asked("Ada", Material.SYNTHETIC)
    signed_in.goto("/")
    expect(signed_in.get_by_text("No trainings are left.")).to_have_count(0)
    with portal.service.database.reading() as session:
        left = balance(session, portal.workspace_id, ledger.TRAINING).available
    for _ in range(left):
        made.asked("Ada", Material.SYNTHETIC)
    signed_in.reload()
    expect(signed_in.get_by_text("No trainings are left.")).to_be_visible()


def test_a_person_who_declines_is_no_error_of_the_footage(filled: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(filled.key, filled)
    page.goto("/?search=piet")
    expect(page.locator(".why")).to_contain_text(REQUEST_DECLINED.title)


def test_the_first_replica_may_be_the_presenter(signed_in: Page, portal: Any, tmp_path: Path) -> None:
    signed_in.goto("/")
    signed_in.get_by_role("button", name="Make the presenter").click()
    signed_in.wait_for_url(re.compile("/replicas/r[0-9a-f]{12}$"))
    expect(signed_in.get_by_role("heading", level=1, name="Presenter")).to_be_visible()
    with portal.service.database.reading() as session:
        (replica,) = session.query(Replica).filter_by(workspace_id=portal.workspace_id)
        (upload,) = session.query(Upload).filter_by(workspace_id=portal.workspace_id)
        assert (replica.material, replica.subject, replica.status) == (Material.SYNTHETIC, "invented", "queued")
        assert [each["id"] for each in replica.declarations] == [AI_GENERATED]
        assert balance(session, portal.workspace_id, ledger.TRAINING).held == 1
        assert upload.bytes == presenter_clip().stat().st_size
        portal.service.objects.get(upload.object_key, tmp_path / "stored.mp4")
    assert (tmp_path / "stored.mp4").read_bytes() == presenter_clip().read_bytes()
    signed_in.goto("/")
    expect(signed_in.get_by_role("button", name="Make the presenter")).to_have_count(0)


def test_the_same_form_makes_one_presenter(signed_in: Page, portal: Any) -> None:
    made = {
        signed_in.request.post("/presenter", form={"once": "a form"}, headers={"origin": portal.url}).url
        for _ in range(2)
    }
    assert len(made) == 1
    with portal.service.database.reading() as session:
        assert session.query(Replica).filter_by(workspace_id=portal.workspace_id).count() == 1
