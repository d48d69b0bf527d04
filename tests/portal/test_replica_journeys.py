"""What people do on the page of one replica: they watch it being made, stop that, ask a person by a link, take a
consent back, and go back and forth."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import jwt
import pytest
from example_installation.history import History, untaken
from example_installation.replicas import Replicas, uploaded
from playwright.sync_api import Page, Route, expect
from tests.portal.said import first, held, until

from countenance.consent import register
from countenance.service.clock import now
from countenance.service.consent_requests import answer
from countenance.service.credits import ledger
from countenance.service.credits.account import balance
from countenance.service.db.tables import ConsentRequest, Replica

_SLOW = 120_000
_STREAM, _PARTS = re.compile(r"/live\?"), re.compile("/parts$")


@pytest.fixture
def ask(portal: Any) -> Callable[..., str]:
    """Ask for a replica by the API, as a program does; its id."""

    def asked(**wanted: Any) -> str:
        upload_id = uploaded(History(portal.service, portal.workspace_id, now()))
        body = {"replica_name": "Ada Winter", "train_upload_id": upload_id, **wanted}
        said = httpx2.post(f"{portal.url}/v2/replicas", json=body, headers={"x-api-key": portal.key}, timeout=60)
        assert said.status_code == 200, said.text
        return str(said.json()["replica_id"])

    return asked


@pytest.fixture
def agreed(portal: Any) -> tuple[str, str]:
    """A replica of a person who agreed, whose files carry the receipt of that; and the receipt's id."""
    history = History(untaken(portal.service), portal.workspace_id, now())
    replicas = Replicas(history, uploaded(history))
    made = replicas.asked("Ada Winter, studio", hours=2)
    replicas.checked(made, hours=1.9)
    replicas.completed(made, "ada", hours=1)
    with portal.service.database.reading() as session:
        replica = session.get_one(Replica, made)
        receipt_id, bundle = replica.receipt_id or "", portal.service.objects.local_path(replica.bundle or "")
    text = register.held(receipt_id, portal.service.settings).text
    (bundle / "replica.json").write_text(json.dumps({"consent": {"jws": text}}))
    return made, receipt_id


def _available(portal: Any) -> tuple[int, int, int]:
    with portal.service.database.reading() as session:
        left = balance(session, portal.workspace_id, ledger.TRAINING)
    return left.held, left.spent, left.granted - left.available


def test_a_training_is_followed_to_its_end_without_a_reload(
    worker: Any, signed_in: Page, ask: Callable[..., str]
) -> None:
    worker.engine(stays_at="learn")
    replica_id = ask(synthetic=True)
    signed_in.goto(f"/replicas/{replica_id}")
    signed_in.evaluate("() => (window.is_the_same_page = true)")
    standing = signed_in.locator("#status .standing")
    expect(standing.locator("progress")).to_be_visible(timeout=_SLOW)
    expect(standing).to_contain_text("worker’s sign of life: ")
    expect(signed_in.get_by_text("Its first video appears here")).to_be_visible()
    worker.engine()
    expect(signed_in.locator("#footage")).to_be_visible(timeout=_SLOW)
    expect(signed_in.locator("#film")).to_be_visible(timeout=_SLOW)
    expect(standing).to_have_attribute("data-state", "ready", timeout=_SLOW)
    expect(signed_in.locator("#toasts")).to_have_text("“Ada Winter” is ready.")
    expect(signed_in.get_by_text("1 training was used")).to_be_visible(timeout=_SLOW)
    expect(signed_in.locator(".history")).to_contain_text("Complete")
    assert signed_in.evaluate("() => window.is_the_same_page")


def test_it_is_stopped_and_deleted_from_its_page_and_going_back_is_harmless(
    worker: Any, signed_in: Page, portal: Any, ask: Callable[..., str], troubles: Any
) -> None:
    troubles.expect("status of 404")
    worker.engine(seconds=60)
    replica_id = ask(synthetic=True)
    signed_in.goto("/")
    signed_in.get_by_role("link", name="Ada Winter", exact=True).click()
    signed_in.wait_for_url(f"**/replicas/{replica_id}")  # until then its links lead to pages instead of dialogs
    expect(signed_in.locator("#status progress")).to_be_visible(timeout=_SLOW)
    signed_in.get_by_role("link", name="Rename").click()
    signed_in.get_by_label("Name", exact=True).fill("Ada in winter")
    signed_in.get_by_role("dialog").get_by_role("button", name="Rename").click()
    expect(signed_in.get_by_role("heading", level=1)).to_have_text("Ada in winter")
    signed_in.get_by_role("link", name="Delete").click()
    signed_in.get_by_role("button", name="Delete and stop the training").click()
    expect(signed_in.get_by_text("It can no longer be used.")).to_be_visible()
    assert _available(portal) == (0, 0, 0)
    signed_in.go_back()
    expect(signed_in.get_by_role("heading", level=1)).not_to_have_text("Ada in winter")
    with portal.service.database.reading() as session:
        assert session.get_one(Replica, replica_id).deleted_at is not None


def test_a_person_is_asked_by_a_link_and_the_answer_is_seen_at_once(
    signed_in: Page, open_page: Callable[..., Page], portal: Any, ask: Callable[..., str]
) -> None:
    replica_id = ask(full_name="Ada Winter", consent_by_link=True)
    signed_in.goto(f"/replicas/{replica_id}")
    expect(signed_in.locator("#status")).to_contain_text("Nobody has been asked yet.")
    signed_in.get_by_role("button", name="Make the link").dblclick()
    made = signed_in.locator("#made")
    expect(made).to_contain_text("It is shown this once")
    expect(made.locator("svg.qr")).to_be_visible()
    expect(signed_in.locator(".asked-links li")).to_have_count(1)
    link = signed_in.locator("#made-url").inner_text()
    expect(signed_in.locator("#status")).to_contain_text("has not answered yet", timeout=_SLOW)
    expect(made).to_be_visible()
    person = open_page(phone=True)
    person.goto(link.removeprefix(portal.url))
    expect(person.get_by_text("Ada Winter").first).to_be_visible()
    signed_in.reload()
    expect(made).to_have_count(0)
    _agree(portal, replica_id, link)
    expect(signed_in.locator("#status")).to_contain_text(re.compile("Queued|Checking"), timeout=_SLOW)
    expect(signed_in.locator("#links")).to_contain_text("Agreed", timeout=_SLOW)
    expect(signed_in.locator(".history")).to_contain_text("The person agreed by the link")


def _agree(portal: Any, replica_id: str, link: str) -> None:
    """As the person's page does when a recording was sent."""
    token = link.rpartition("/")[2]
    with portal.service.database.reading() as session:
        request_id = session.query(ConsentRequest).filter_by(replica_id=replica_id).one().id
    phrase_id = answer.open_link(portal.service, token).phrase.id
    upload_id = uploaded(History(portal.service, portal.workspace_id, now()), request_id)
    with portal.service.database.transaction() as session:
        answer.record(session, portal.service, token, upload_id, phrase_id)


def test_a_link_is_taken_back_and_another_one_made(signed_in: Page, ask: Callable[..., str]) -> None:
    signed_in.add_init_script('addEventListener("htmx:sseOpen", () => (window.is_followed = true))')
    signed_in.goto(f"/replicas/{ask(full_name='Ada Winter', consent_by_link=True)}")
    assert signed_in.locator("#links [name=language]").evaluate_all("(all) => all.map((each) => each.value)") == ["en"]
    signed_in.get_by_label("Full name of the person").fill("x@y")
    signed_in.get_by_role("button", name="Make the link").click()
    expect(signed_in.locator("#links [role=alert]")).to_be_visible()
    expect(signed_in.get_by_label("Full name of the person")).to_have_value("x@y")
    signed_in.get_by_label("Full name of the person").fill("Ada Winter")
    signed_in.get_by_role("button", name="Make the link").click()
    expect(signed_in.locator("#made-url")).to_be_visible()
    signed_in.get_by_role("button", name="Take it back").click()
    expect(signed_in.locator("#done")).to_contain_text("The link is taken back.")
    expect(signed_in.locator("#status")).to_contain_text("Make another one.")
    signed_in.go_back()
    until(signed_in, "window.is_followed")
    signed_in.go_forward()
    expect(signed_in.locator(".asked-links li")).to_have_count(1)
    signed_in.get_by_role("button", name="Make the link").click()
    expect(signed_in.locator("#made-url")).to_be_visible()
    expect(signed_in.locator(".asked-links li")).to_have_count(2)


def test_a_link_that_is_made_while_the_page_begins_to_follow_is_shown(signed_in: Page, ask: Callable[..., str]) -> None:
    streams = held(signed_in, _STREAM)

    def answered_late(route: Route) -> None:
        answer = route.fetch()
        first(signed_in, streams).continue_()
        expect(signed_in.locator("#status")).to_contain_text("has not answered yet")
        route.fulfill(response=answer)

    signed_in.route("**/consent-requests", answered_late)
    replica_id = ask(full_name="Ada Winter", consent_by_link=True)
    signed_in.goto(f"/replicas/{replica_id}")
    signed_in.get_by_role("button", name="Make the link").click()
    expect(signed_in.locator("#made-url")).to_be_visible()
    signed_in.wait_for_timeout(300)
    expect(signed_in.locator("#made-url")).to_be_visible()


def test_what_was_read_before_a_link_was_made_does_not_take_its_place(
    signed_in: Page, ask: Callable[..., str], portal: Any
) -> None:
    streams, reads = held(signed_in, _STREAM), held(signed_in, _PARTS)
    replica_id = ask(full_name="Ada Winter", consent_by_link=True)
    signed_in.goto(f"/replicas/{replica_id}")
    asking = f"{portal.url}/v2/replicas/{replica_id}/consent-requests"
    said = httpx2.post(asking, json={"full_name": "Ada Winter"}, headers={"x-api-key": portal.key}, timeout=60)
    assert said.status_code == 201, said.text
    first(signed_in, streams).continue_()
    read = first(signed_in, reads)
    signed_in.get_by_role("button", name="Make the link").click()
    expect(signed_in.locator("#made-url")).to_be_visible()
    with signed_in.expect_response(_PARTS):
        read.continue_()
    signed_in.wait_for_timeout(300)
    expect(signed_in.locator("#made-url")).to_be_visible()


def _ask_elsewhere(portal: Any, replica_id: str) -> None:
    asking = f"{portal.url}/v2/replicas/{replica_id}/consent-requests"
    said = httpx2.post(asking, json={"full_name": "Ada Winter"}, headers={"x-api-key": portal.key}, timeout=60)
    assert said.status_code == 201, said.text


def test_what_is_typed_to_make_a_link_stays(signed_in: Page, ask: Callable[..., str], portal: Any) -> None:
    streams = held(signed_in, _STREAM)
    replica_id = ask(full_name="Ada Winter", consent_by_link=True)
    signed_in.goto(f"/replicas/{replica_id}")
    signed_in.locator("#email").fill("ada@example.org")
    _ask_elsewhere(portal, replica_id)
    first(signed_in, streams).continue_()
    expect(signed_in.locator("#status")).to_contain_text("has not answered yet")
    signed_in.wait_for_timeout(500)
    expect(signed_in.locator("#email")).to_have_value("ada@example.org")
    signed_in.get_by_role("button", name="Make the link").click()
    expect(signed_in.locator("#made-url")).to_be_visible()
    expect(signed_in.locator(".asked-links li")).to_have_count(2)


def test_a_question_is_asked_whatever_the_page_waits_for(signed_in: Page, ask: Callable[..., str], portal: Any) -> None:
    streams, reads = held(signed_in, _STREAM), held(signed_in, _PARTS)
    replica_id = ask(full_name="Ada Winter", consent_by_link=True)
    signed_in.goto(f"/replicas/{replica_id}")
    _ask_elsewhere(portal, replica_id)
    first(signed_in, streams).continue_()
    read = first(signed_in, reads)
    signed_in.get_by_role("link", name="Rename").click()
    expect(signed_in.get_by_role("dialog")).to_be_visible()
    read.continue_()
    expect(signed_in.locator(".asked-links li")).to_have_count(1)


def test_a_page_that_was_not_answered_asks_again(
    signed_in: Page, ask: Callable[..., str], portal: Any, troubles: Any
) -> None:
    troubles.expect("ERR_FAILED|htmx:sendError")
    streams, reads = held(signed_in, _STREAM), held(signed_in, _PARTS)
    replica_id = ask(full_name="Ada Winter", consent_by_link=True)
    signed_in.clock.install()
    signed_in.goto(f"/replicas/{replica_id}")
    _ask_elsewhere(portal, replica_id)
    first(signed_in, streams).continue_()
    first(signed_in, reads).abort()
    signed_in.wait_for_timeout(100)
    signed_in.clock.fast_forward(6000)
    first(signed_in, reads, at=1).continue_()
    expect(signed_in.locator(".asked-links li")).to_have_count(1)


def test_a_link_that_is_shown_once_outlives_the_session(
    signed_in: Page, ask: Callable[..., str], troubles: Any
) -> None:
    troubles.expect(r"status of 401|\[object Event\]")
    streams = held(signed_in, _STREAM)
    replica_id = ask(full_name="Ada Winter", consent_by_link=True)
    signed_in.goto(f"/replicas/{replica_id}")
    signed_in.get_by_role("button", name="Make the link").click()
    expect(signed_in.locator("#made-url")).to_be_visible()
    signed_in.context.clear_cookies()
    first(signed_in, streams).fulfill(status=401)
    expect(signed_in.get_by_text("You were signed out.")).to_be_visible()
    expect(signed_in.locator("#made-url")).to_be_visible()


def test_a_consent_is_verified_taken_along_and_taken_back(
    signed_in: Page, portal: Any, agreed: tuple[str, str], tmp_path: Path, troubles: Any
) -> None:
    troubles.expect("status of 404")
    replica_id, receipt_id = agreed
    signed_in.goto(f"/replicas/{replica_id}")
    expect(signed_in.locator("#consent")).to_contain_text("not one byte changed since")
    saved = {name: _saved(signed_in, name, tmp_path) for name in ("Receipt (.jws)", "Public key (.pem)")}
    payload = jwt.PyJWS(["EdDSA"]).decode(saved["Receipt (.jws)"], saved["Public key (.pem)"], ["EdDSA"])
    assert json.loads(payload)["record_id"] == receipt_id
    signed_in.get_by_role("link", name="See the receipt").click()
    expect(signed_in.locator("main")).to_contain_text("Ada Winter agreed")
    expect(signed_in.locator(".checks")).to_contain_text("It was not taken back")
    commands = signed_in.locator("#without").inner_text()
    verified = subprocess.run(["sh", "-c", commands], cwd=tmp_path, capture_output=True, text=True, timeout=20)
    assert "Verified Successfully" in verified.stdout, (commands, verified)
    signed_in.get_by_role("link", name="Ada Winter, studio").click()
    signed_in.wait_for_url(f"**/replicas/{replica_id}")  # until then its links lead to pages instead of dialogs
    signed_in.get_by_role("link", name="Take the consent back").click()
    dialog = signed_in.locator("#ask")
    expect(dialog).to_contain_text("nothing is rendered with it any more")
    button = dialog.get_by_role("button", name="Take it back and erase everything")
    expect(button).to_be_disabled()
    dialog.get_by_label("Why, for the signed record").fill("She asked for it.")
    dialog.get_by_label("to confirm").fill("take back")
    button.click()
    expect(signed_in.get_by_text("It is taken back.")).to_be_visible(timeout=_SLOW)
    expect(signed_in.locator("main")).to_contain_text("She asked for it.")
    expect(signed_in.locator("main")).to_contain_text("nothing is left that should have been erased")
    record = json.loads(
        jwt.PyJWS(["EdDSA"]).decode(
            _saved(signed_in, "Deletion record (.jws)", tmp_path), saved["Public key (.pem)"], ["EdDSA"]
        )
    )
    assert ("replica.json", "deleted") in {(Path(each["path"]).name, each["outcome"]) for each in record["files"]}
    assert register.standing(receipt_id, portal.service.settings) == "revoked"
    gone = signed_in.goto(f"/replicas/{replica_id}")
    assert gone is not None
    assert gone.status == 404


def test_the_wrong_word_takes_nothing_back(
    open_page: Callable[..., Page], portal: Any, agreed: tuple[str, str], troubles: Any
) -> None:
    troubles.expect("status of 422")
    page = open_page(portal.key, java_script_enabled=False)
    page.goto(f"/replicas/{agreed[0]}/revoke")
    page.get_by_label("to confirm").fill("delete")
    page.get_by_role("button", name="Take it back and erase everything").click()
    expect(page.get_by_text("That is not the word: nothing was changed.")).to_be_visible()
    assert register.standing(agreed[1], portal.service.settings) == "active"


def _saved(page: Page, words: str, folder: Path) -> str:
    with page.expect_download() as download:
        page.get_by_role("link", name=words).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path.read_text()
