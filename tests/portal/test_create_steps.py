"""Making a replica where something comes between: a reload, the back button, a lost network, a session that ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from countenance.portal.prompts import SPEAKING
from countenance.service.accounts import keys
from countenance.service.accounts.scopes import VIEWER
from countenance.service.credits import ledger
from countenance.service.db.tables import Upload
from countenance.voice.english import CONSONANTS, VOWELS, read

from .conftest import Portal, Troubles
from .create_journey import NAME, Journey, short_clip

_RARE = {"a"}
"""Sounds of some voices only."""
_SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 120_000}


@pytest.fixture
def journey(signed_in: Page, tmp_path: Path) -> Journey:
    return Journey(signed_in, short_clip(tmp_path))


def _uploads(portal: Portal) -> list[Upload]:
    with portal.service.database.reading() as session:
        return list(session.scalars(select(Upload).where(Upload.workspace_id == portal.workspace_id)))


def test_the_text_to_read_has_every_sound() -> None:
    spoken = "".join(part for sentence in read(SPEAKING) for part in sentence.utterances)
    assert (VOWELS | CONSONANTS) - set(spoken) == _RARE
    assert sum(spoken.count(sound) for sound in "bmp") > 40


def test_an_upload_outlives_a_reload_and_a_lost_network(journey: Journey, portal: Portal, troubles: Troubles) -> None:
    troubles.expect("ERR_INTERNET_DISCONNECTED")
    page = journey.page
    journey.begin("AI-generated footage")
    journey.choose_footage()
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", _SLOW)
    journey.onward("Send and check")
    progress = page.get_by_role("progressbar", name="How much is sent")
    expect(page.locator("#material-sending .upload-words")).to_have_text("Sending")
    page.reload()
    expect(progress).to_be_visible()
    page.context.set_offline(True)
    expect(page.locator("#material-sending").get_by_text("There is no connection.").first).to_be_visible()
    page.context.set_offline(False)
    journey.sees("Check")
    expect(page.locator("#check-stage")).to_have_text("Waiting for its turn")
    (upload,) = _uploads(portal)
    assert upload.state == "complete"


def test_back_and_forward_lose_nothing(journey: Journey) -> None:
    page = journey.page
    page.goto("/new")
    page.get_by_role("radio", name="AI-generated footage").press("Space")
    for key in ("Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    journey.sees("Before you begin")
    page.get_by_role("button", name="Continue").press("Enter")
    journey.sees("Footage")
    journey.choose_footage()
    page.go_back()
    journey.sees("Before you begin")
    page.go_back()
    journey.sees("What do you have?")
    expect(page.get_by_role("radio", name="AI-generated footage")).to_be_checked()
    page.set_viewport_size({"width": 360, "height": 740})  # where one is stands out, also where all is done
    here = "getComputedStyle(document.querySelector('.steps a[aria-current]'), '::before').opacity"
    assert page.evaluate(here) == "1"
    page.go_forward()
    page.go_forward()
    journey.sees("Footage")
    expect(page.locator("#footage-file .chosen")).to_contain_text("presenter.mp4")
    page.reload()
    expect(page.locator("#footage-file .chosen")).to_contain_text("presenter.mp4")
    page.goto("/new?step=create")
    expect(page.get_by_role("heading", level=2, name="Footage")).to_be_visible()
    page.get_by_role("button", name="Start over").click()
    page.get_by_role("dialog").get_by_role("button", name="Start over").click()
    expect(page.get_by_role("radio", name="AI-generated footage")).not_to_be_checked()


def test_a_link_is_offered_in_languages_in_which_it_can_be_answered(journey: Journey) -> None:
    journey.begin("Footage of somebody else")
    journey.sees("Consent")
    link, language = journey.page.get_by_role("radio", name="By a link"), journey.page.get_by_label("Language of the")
    expect(link).to_be_checked()
    language.select_option("de")
    expect(link).to_be_disabled()
    expect(link).not_to_be_checked()
    expect(journey.page.locator("#no-link")).to_be_visible()
    journey.page.get_by_label("Their full name").first.fill("Ada Winter")
    journey.onward()
    expect(journey.page.get_by_role("alert").filter(has_text="Choose how the statement")).to_be_visible()
    language.select_option("en")
    expect(journey.page.locator("#no-link")).to_be_hidden()
    link.check()
    journey.onward()
    journey.sees("Footage")


def test_a_session_that_ends_loses_nothing(journey: Journey, portal: Portal, troubles: Troubles) -> None:
    troubles.expect("status of 401")
    page = journey.page
    journey.begin("Footage of myself")
    page.get_by_label("Your full name").fill(NAME)
    page.get_by_role("radio", name="Here, with the camera").check()
    page.context.clear_cookies()
    page.get_by_role("button", name="Show the statement with one-time words").click()
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_label("Key", exact=True).fill(portal.key)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Your full name")).to_have_value(NAME)
    expect(page.get_by_role("radio", name="Here, with the camera")).to_be_checked()


def test_who_may_not_or_cannot(open_page: Callable[..., Page], portal: Portal) -> None:
    with portal.service.database.transaction() as session:
        viewer = keys.create(session, portal.workspace_id, "wall", VIEWER)
        ledger.hold(session, "h1", portal.workspace_id, ledger.TRAINING, 100, "replica", "r1")
    looking = open_page(viewer.text)
    looking.goto("/new")
    expect(looking.get_by_text("Your key may look, but not make replicas.")).to_be_visible()
    plain = open_page(portal.key, java_script_enabled=False)
    plain.goto("/new")
    expect(plain.locator("noscript p")).to_contain_text("This page needs JavaScript")
    expect(plain.get_by_text("There is no training left.").first).to_be_visible()
