"""Making a replica where something comes between: a reload, the back button, a lost network, a session that ends."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from tests.portal.said import first, held, until

from countenance.portal.prompts import SPEAKING
from countenance.service.accounts import keys
from countenance.service.accounts.scopes import VIEWER
from countenance.service.credits import ledger
from countenance.service.db.tables import Upload
from countenance.stock.clips import consent_clip
from countenance.voice.english import CONSONANTS, VOWELS, read

from .conftest import Portal, Troubles
from .create_journey import NAME, Journey, short_clip

_RARE = {"a"}
"""Sounds of some voices only."""
_LATE_LOOKS = """() => {
  const looked = Blob.prototype.arrayBuffer;
  window.looks = [];
  Blob.prototype.arrayBuffer = async function () {
    await new Promise((go) => looks.push(go));
    return looked.call(this);
  };
}"""
"""What a file begins with is told when `looks` lets it."""
_RECORDED = """(recorder) => {
  const head = new Uint8Array([0x1a, 0x45, 0xdf, 0xa3, ...new TextEncoder().encode("webm")]);
  recorder.review(new File([head], "recorded.webm", { type: "video/webm" }), { recorded: true });
}"""
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
    page = _statement(journey)
    page.context.clear_cookies()
    page.get_by_role("button", name="Show the statement with one-time words").click()
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_label("Key", exact=True).fill(portal.key)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Your full name")).to_have_value(NAME)
    expect(page.get_by_role("radio", name="Here, with the camera")).to_be_checked()


def _statement(journey: Journey) -> Page:
    """The step in which the statement is to be recorded with the camera."""
    journey.begin("Footage of myself")
    journey.sees("Consent")
    page = journey.page
    page.get_by_label("Your full name").fill(NAME)
    page.get_by_role("radio", name="Here, with the camera").check()
    return page


def test_words_that_come_after_one_has_left_turn_no_camera_on(journey: Journey) -> None:
    page = _statement(journey)
    drawn = held(page, "**/v2/consent-statements")
    page.get_by_role("button", name="Show the statement with one-time words").click()
    words = first(page, drawn)
    journey.onward("Back")
    journey.sees("Before you begin")
    with page.expect_response("**/v2/consent-statements"):
        words.continue_()
    page.wait_for_timeout(500)
    assert page.locator("#consent-recorder").get_attribute("data-state") in (None, "off")


def test_words_for_another_name_are_not_shown(journey: Journey) -> None:
    page = _statement(journey)
    drawn = held(page, "**/v2/consent-statements")
    page.get_by_role("button", name="Show the statement with one-time words").click()
    words = first(page, drawn)
    page.get_by_label("Your full name").fill("Ada Winterbourne")
    with page.expect_response("**/v2/consent-statements"):
        words.continue_()
    page.wait_for_timeout(500)
    expect(page.locator("#consent-camera")).to_be_hidden()
    page.unroute_all()
    page.get_by_role("button", name="Show the statement with one-time words").click()
    expect(page.get_by_role("region", name="Read this aloud")).to_contain_text("Ada Winterbourne")


def test_words_that_come_late_do_not_replace_those_that_came(journey: Journey) -> None:
    page = _statement(journey)
    drawn = held(page, "**/v2/consent-statements")
    page.evaluate("for (let at = 0; at < 2; at++) document.getElementById('draw-words').click()")
    first(page, drawn, at=1).continue_()
    words = page.get_by_role("region", name="Read this aloud")
    expect(words).to_contain_text(NAME)
    shown = words.inner_text()
    with page.expect_response("**/v2/consent-statements"):
        drawn[0].continue_()
    page.wait_for_timeout(300)
    assert words.inner_text() == shown


def test_a_step_that_is_loaded_late_does_not_come_over_another_one(journey: Journey) -> None:
    page = journey.page
    page.goto("/new")
    page.get_by_role("radio", name="Footage of myself").check()
    journey.onward()
    journey.sees("Before you begin")
    loaded = held(page, "**/create-consent.js")
    journey.onward()
    script = first(page, loaded)
    journey.onward("Back")
    journey.sees("What do you have?")
    with page.expect_response("**/create-consent.js"):
        script.continue_()
    page.wait_for_timeout(300)
    expect(page.get_by_role("heading", level=2, name="What do you have?")).to_be_visible()


def test_a_name_is_not_changed_while_the_statement_with_it_is_sent(journey: Journey, troubles: Troubles) -> None:
    troubles.expect("ERR_FAILED|status of 400")
    journey.begin("Footage of myself")
    journey.sees("Consent")
    page = journey.page
    page.get_by_label("Your full name").fill(NAME)
    page.get_by_role("radio", name="In a file").check()
    page.get_by_label("Choose the recording of the statement").set_input_files(consent_clip())
    expect(page.locator("#consent-file .chosen")).to_be_visible()
    sent = held(page, "**/complete")
    journey.onward("Send the statement")
    arrives = first(page, sent)
    expect(page.get_by_label("Your full name")).to_be_disabled()
    journey.onward("Back")
    journey.sees("Before you begin")
    journey.onward()
    journey.sees("Consent")
    expect(page.get_by_label("Your full name")).to_be_disabled()
    arrives.abort()
    first(page, sent, at=1).fulfill(status=400, json={"message": "This is no video."})
    expect(page.get_by_label("Your full name")).to_be_enabled()


def _to_record(journey: Journey) -> Page:
    """The step of the footage, before the camera is asked for."""
    journey.begin("Footage of myself")
    journey.sees("Consent")
    page = journey.page
    page.get_by_label("Your full name").fill(NAME)
    page.get_by_role("radio", name="At the beginning of the footage").check()
    journey.onward()
    journey.sees("Footage")
    return page


def test_a_recording_that_is_thrown_away_while_it_is_looked_at_is_not_sent(journey: Journey) -> None:
    page = _to_record(journey)
    page.get_by_role("radio", name="Record it here").check()
    expect(page.get_by_role("button", name="Turn the camera on")).to_be_visible()
    page.evaluate(_LATE_LOOKS)
    page.locator("#footage-recorder").evaluate(_RECORDED)
    until(page, "looks.length === 1")
    page.get_by_role("button", name="Record again").click()
    expect(page.get_by_role("button", name="Start recording")).to_be_visible()
    page.evaluate("looks[0]()")
    page.wait_for_timeout(500)
    journey.onward("Send and check")
    expect(page.get_by_role("alert").filter(has_text="Record the footage first.")).to_be_visible()


def test_nothing_can_be_sent_before_the_recorder_is_there(journey: Journey) -> None:
    page = _to_record(journey)
    held(page, "**/recorder.js")
    page.get_by_role("radio", name="Record it here").check()
    journey.onward("Send and check")
    expect(page.get_by_role("alert").filter(has_text="Record the footage first.")).to_be_visible()


def test_of_two_files_the_one_that_was_chosen_last_is_shown(journey: Journey, tmp_path: Path) -> None:
    page = journey.page
    journey.begin("AI-generated footage")
    journey.sees("Footage")
    other = shutil.copy(journey.clip, tmp_path / "other.mp4")
    page.evaluate(_LATE_LOOKS)
    for file in (journey.clip, other):
        page.get_by_label("Choose the footage").set_input_files(file)
    until(page, "looks.length === 2")
    page.evaluate("looks[1]()")
    expect(page.locator("#footage-file .chosen")).to_contain_text("other.mp4")
    page.evaluate("looks[0]()")
    page.wait_for_timeout(1000)
    expect(page.locator("#footage-file .chosen")).to_contain_text("other.mp4")


def test_footage_that_arrives_when_a_picture_is_wanted_is_let_go(journey: Journey, portal: Portal) -> None:
    page = journey.page
    journey.begin("AI-generated footage")
    journey.choose_footage()
    sent = held(page, "**/complete")
    journey.onward("Send and check")
    arrives = first(page, sent)
    page.locator("[data-of=have] a").click()
    page.get_by_role("radio", name="One picture").check()
    with page.expect_request(lambda request: request.method == "DELETE"):
        arrives.continue_()
    journey.onward()
    journey.onward()
    journey.sees("Picture")
    expect(page.locator("#material-there")).to_be_hidden()
    expect(page.get_by_label("Choose the picture")).to_be_enabled()
    page.get_by_role("button", name="Send and check").click()
    expect(page.get_by_role("alert").filter(has_text="Choose the picture first.")).to_be_visible()
    assert [each.state for each in _uploads(portal)] == ["deleted"]


def _drafted(page: Page, **draft: object) -> None:
    """The page with what was done before in this tab."""
    page.goto("/new")
    page.evaluate("(draft) => sessionStorage.setItem('countenance.new', JSON.stringify(draft))", draft)
    page.reload()


_GENERATED = {"id": "1-1", "way": "generated", "guided": True, "declared": [], "consent": None, "report": {"ok": True}}


def test_one_link_is_made_by_two_clicks(journey: Journey, troubles: Troubles) -> None:
    troubles.expect("/new/square")  # the address is none of this server's
    page = journey.page
    person = {"full_name": NAME, "language": "en", "how": "link", "email": ""}
    made = {"replica_id": "r0123456789ab", "name": "Ada", "by_link": True}
    _drafted(page, id="1-1", way="other", guided=True, declared=[], consent=person, made=made)
    expect(page.get_by_label("Their full name").last).to_have_value(NAME)
    asked = held(page, "**/consent-requests")
    page.evaluate("for (let at = 0; at < 2; at++) document.getElementById('link-again').click()")
    url, until_ = f"{page.url}/consent/1", "2030-01-01T00:00:00Z"
    first(page, asked).fulfill(status=201, json={"url": url, "expires_at": until_})
    expect(page.locator("#link-url")).to_have_text(url)
    page.wait_for_timeout(300)
    assert len(asked) == 1


def test_credits_that_are_told_late_take_nobody_out_of_another_step(journey: Journey) -> None:
    page = journey.page
    told = held(page, "**/v2/credits")
    _drafted(page, **_GENERATED, material={"how": "file", "name": "a.mp4", "upload_id": "u1"})
    page.locator("[data-of=create] a").click()
    journey.sees("Create the replica")
    credits = first(page, told)
    page.locator("[data-of=material] a").click()
    journey.sees("Footage")
    page.evaluate("window.stays = true")
    with page.expect_response("**/v2/credits"):
        credits.fulfill(json={"data": [{"unit": "training", "available": 77}]})
    page.wait_for_timeout(500)
    assert page.evaluate("window.stays")


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
