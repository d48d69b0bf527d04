"""The four ways to a replica, from the first question to the replica that is being made."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from countenance.consent.declaration import AI_GENERATED, LIKENESS, PICTURE_RIGHTS, wording_of
from countenance.service.credits.account import balances
from countenance.service.db.tables import MediaSource, Replica, Upload

from . import conftest
from .create_journey import NAME, Journey, short_clip

_PATIENCE_S = 30.0


@pytest.fixture(scope="module")
def _working(served: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The quick worker, which can also make true reports."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conftest, "_WORKER", Path(__file__).with_name("create_worker.py"))
        worker = conftest.QuickWorker(served, tmp_path_factory.mktemp("worker"))
    yield worker
    worker.end()


@pytest.fixture
def journey(signed_in: Page, troubles: Any, tmp_path: Path) -> Journey:
    troubles.expect(r"status of 404 .*/replicas/")  # the page of a replica is another test's matter
    return Journey(signed_in, short_clip(tmp_path))


def test_footage_of_oneself(journey: Journey, portal: Any, worker: Any) -> None:
    journey.begin("Footage of myself")
    journey.sees("Consent")
    journey.consent_in_a_file()
    journey.footage()
    expect(journey.page.locator("#verdict")).to_contain_text("It can be used.")
    assert _held(portal) == 0
    journey.onward()
    journey.sees("Create the replica")
    expect(journey.page.get_by_label("Name of the replica")).to_have_value(NAME)
    expect(journey.page.locator("#cost")).to_contain_text("1 training of the 100")
    made = journey.create()
    (replica,) = _replicas(portal)
    assert (replica.id, replica.subject, replica.full_name) == (made, "self", NAME)
    assert {source.role for source in _sources(portal, made)} == {"footage", "consent"}
    _becomes(portal, made, "completed")
    journey.page.go_back()
    expect(journey.page.get_by_role("heading", name=f"“{NAME}” is being made")).to_be_visible()
    journey.page.reload()
    expect(journey.page.get_by_role("link", name="To the replica")).to_have_attribute("href", f"/replicas/{made}")
    assert len(_replicas(portal)) == 1
    journey.page.goto("/new")
    expect(journey.page.get_by_role("radio", name="Footage of myself")).not_to_be_checked()


def test_footage_of_somebody_who_is_asked_by_a_link(
    journey: Journey, portal: Any, worker: Any, open_page: Callable[..., Page]
) -> None:
    journey.begin("Footage of somebody else")
    journey.sees("Consent")
    journey.onward()
    expect(journey.page.get_by_role("alert").filter(has_text="Type the full name first.")).to_be_visible()
    journey.page.get_by_label("Their full name").first.fill(NAME)
    journey.page.get_by_label("E-mail address, if").fill("ada@")
    journey.onward()
    expect(journey.page.get_by_role("alert").filter(has_text="no e-mail address")).to_be_visible()
    journey.page.get_by_label("E-mail address, if").fill("ada@example.org")
    journey.onward()
    journey.sees("Footage")
    journey.footage()
    journey.onward()
    journey.onward("Create replica")
    journey.sees("The replica waits for consent")
    (replica,) = _replicas(portal)
    assert (replica.status, replica.subject, replica.full_name) == ("waiting", "other", NAME)
    link = journey.page.locator("#link-url").text_content() or ""
    expect(journey.page.get_by_role("img", name="The link as a square")).to_be_visible()
    journey.page.reload()
    expect(journey.page.locator("#link-url")).to_have_text(link)
    asked = open_page(None, phone=True)
    asked.goto(link)
    expect(asked.get_by_text(f"asks {NAME}")).to_be_visible()


def test_generated_footage(journey: Journey, portal: Any, worker: Any) -> None:
    journey.begin("AI-generated footage")
    journey.sees("Footage")
    journey.footage()
    journey.onward()
    journey.page.get_by_label("Name of the replica").fill("Harbour guide")
    journey.page.get_by_role("radio", name="A person who does not exist").check()
    declaration = journey.page.get_by_role("checkbox", name=wording_of(AI_GENERATED).text)
    journey.onward("Create replica")
    expect(declaration).to_be_focused()
    assert _replicas(portal) == []
    declaration.check()
    made = journey.create()
    (replica,) = _replicas(portal)
    assert (replica.id, replica.material, replica.subject) == (made, "synthetic", "invented")
    assert [each["id"] for each in replica.declarations] == [AI_GENERATED]


def test_one_picture_made_by_two_clicks(journey: Journey, portal: Any, worker: Any, tmp_path: Path) -> None:
    journey.begin("One picture")
    journey.sees("Picture")
    journey.page.get_by_role("radio", name="Kumo").check()
    journey.picture(tmp_path)
    journey.onward()
    journey.page.get_by_label("Name of the replica").fill("Grandmother")
    journey.page.get_by_role("radio", name="Somebody who has died").check()
    for each in (PICTURE_RIGHTS, LIKENESS):
        journey.page.get_by_role("checkbox", name=wording_of(each).text).check()
    journey.step.get_by_role("button", name="Create replica").dblclick()
    made = journey.created()
    (replica,) = _replicas(portal)
    assert (replica.id, replica.material, replica.subject) == (made, "image", "deceased")
    assert (replica.voice_name, [each["id"] for each in replica.declarations]) == ("kumo", [PICTURE_RIGHTS, LIKENESS])


def test_refused_footage_shows_where(journey: Journey, portal: Any, worker: Any) -> None:
    worker.engine(fate="refused", stays_at="look")
    journey.begin("AI-generated footage")
    journey.choose_footage()
    journey.onward("Send and check")
    expect(journey.page.get_by_role("progressbar", name="How far the check is")).to_be_visible()
    worker.engine(fate="refused")
    journey.checked()
    page = journey.page
    expect(page.locator("#verdict")).to_contain_text("It cannot be used yet.")
    expect(page.get_by_role("button", name="Continue", exact=True)).to_be_hidden()
    expect(page.locator("#check-findings .finding")).to_have_count(8)
    expect(page.locator("#timeline rect.error")).to_have_count(1)
    expect(page.get_by_role("link", name="Where it is seen: More than one face")).to_be_visible()
    page.get_by_role("button", name="Go to 0:09: More than one face").press("Enter")
    assert page.evaluate("document.getElementById('seen-video').currentTime") == pytest.approx(9.6, abs=0.1)
    worker.engine()
    journey.onward("Record or choose another one")
    journey.sees("Footage")
    journey.footage()
    expect(page.locator("#verdict")).to_contain_text("It can be used.")
    assert sorted(upload.state for upload in _rows(portal, Upload)) == ["complete", "deleted"]


def test_a_true_report(journey: Journey, worker: Any) -> None:
    """Ten seconds of the presenter, looked at by the real thing: they speak all the time."""
    worker.engine(fate="real")
    journey.begin("AI-generated footage")
    journey.footage()
    expect(journey.page.locator("#verdict")).to_contain_text("0:10 of 0:10")
    expect(journey.page.locator("#check-findings")).to_contain_text("The person never listens")
    expect(journey.page.locator("#timeline svg")).to_be_visible()


def _rows(portal: Any, table: Any) -> list[Any]:
    with portal.service.database.reading() as session:
        return list(session.scalars(select(table).where(table.workspace_id == portal.workspace_id)))


def _replicas(portal: Any) -> list[Replica]:
    return _rows(portal, Replica)


def _sources(portal: Any, replica_id: str) -> list[MediaSource]:
    return [each for each in _rows(portal, MediaSource) if each.subject_id == replica_id]


def _held(portal: Any) -> int:
    with portal.service.database.reading() as session:
        return sum(each.held for each in balances(session, portal.workspace_id) if each.unit == "training")


def _becomes(portal: Any, replica_id: str, status: str) -> None:
    end = time.monotonic() + _PATIENCE_S
    while (found := _replicas(portal)[0].status) != status:
        assert time.monotonic() < end, found
        time.sleep(0.2)
