"""An upload comes to its end whatever happens on the way, and sends nothing twice that has arrived."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from example_installation.serving import Served, serving
from playwright.sync_api import Page, Route

from countenance.service.accounts import keys, workspaces
from countenance.service.accounts.scopes import OWNER
from countenance.service.db.tables import Upload
from countenance.service.uploads.drop import abort
from countenance.stock.clips import consent_clip

_PART_BYTES = 384 * 1024
_FILM = consent_clip()
_PARTS = list(range(1, 1 + -(-_FILM.stat().st_size // _PART_BYTES)))
_SLOW = 700_000
_BEGIN = """async (name) => {
  const { Upload } = await import("/static/uploader.js");
  await import("/static/upload-progress.js");
  const file = document.getElementById("file").files[0];
  window.upload = new Upload(file, name ? { filename: name } : {});
  window.states = [];
  window.shares = [];
  upload.addEventListener("state", ({ detail }) => states.push(detail));
  upload.addEventListener("progress", ({ detail }) => shares.push(detail.share));
  const shown = document.createElement("upload-progress");
  document.querySelector("main").append(shown);
  shown.follow(upload);
  const told = ({ code, rule, status, message }) => ({ code, rule, status, message });
  window.done = upload.send().then((body) => ({ body }), told);
}"""
_PICK = """() => {
  const input = Object.assign(document.createElement("input"), { type: "file", id: "file", ariaLabel: "File" });
  document.querySelector("main").append(input);
}"""

_REMEMBERED = "Object.keys(localStorage).filter((key) => key.startsWith('countenance.upload:'))"


@pytest.fixture(scope="module")
def small_parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that takes parts so small that a clip has several."""
    with serving(tmp_path_factory.mktemp("small"), requests_per_minute=0, upload_part_bytes=_PART_BYTES) as served:
        yield served


@pytest.fixture
def sender(small_parts: Served, portal: Any, open_page: Callable[..., Page]) -> Page:
    """A page of somebody who is signed in there."""
    with small_parts.service.database.transaction() as session:
        workspace = workspaces.create(session, small_parts.service.settings, "Harbour Films")
        key = keys.create(session, workspace.id, "first key", OWNER).text
    there = replace(portal, service=small_parts.service, url=small_parts.url, workspace_id=workspace.id, key=key)
    return open_page(key, there)


@pytest.fixture
def sent(sender: Page) -> list[int]:
    """The numbers of the parts that have arrived."""
    parts: list[int] = []

    def finished(answer: Any) -> None:
        if answer.request.method == "PUT" and answer.ok:
            parts.append(int(answer.url.partition("?")[0].rpartition("/")[2]))

    sender.on("response", finished)
    return parts


def _begin(page: Page, film: Path = _FILM, name: str | None = None) -> None:
    page.goto("/help")
    page.evaluate(_PICK)
    page.set_input_files("#file", str(film))
    page.evaluate(_BEGIN, name)


def _slowly(page: Page, bytes_per_s: int = _SLOW) -> None:
    """Send slowly from now on; what has begun already might be over before that."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    limits = {"offline": False, "latency": 1, "downloadThroughput": -1, "uploadThroughput": bytes_per_s}
    network.send("Network.emulateNetworkConditions", limits)


def _wait_until_sent(page: Page, share: float) -> None:
    while page.evaluate("shares.at(-1) ?? 0") < share:
        page.wait_for_timeout(20)


def _done(page: Page) -> dict[str, Any]:
    told: dict[str, Any] = page.evaluate("done")
    return told


def _states(page: Page) -> list[str]:
    states: list[str] = page.evaluate("states.map((each) => each.state)")
    return states


def test_an_upload_arrives_whole(sender: Page, sent: list[int]) -> None:
    _begin(sender)
    body = _done(sender)["body"]
    assert (body["state"], body["sha256"]) == ("complete", hashlib.sha256(_FILM.read_bytes()).hexdigest())
    assert sorted(sent) == _PARTS
    assert _states(sender) == ["starting", "sending", "completing", "complete"]
    shares = sender.evaluate("shares")
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    assert sender.locator("upload-progress").inner_text().startswith("Sent.")
    assert sender.evaluate(_REMEMBERED) == []


def test_it_goes_on_after_a_reload(sender: Page, sent: list[int]) -> None:
    _slowly(sender)
    _begin(sender)
    while not sent:
        sender.wait_for_timeout(20)
    arrived = list(sent)
    _begin(sender)
    told = _done(sender)
    assert told["body"]["sha256"] == hashlib.sha256(_FILM.read_bytes()).hexdigest()
    assert sender.evaluate("upload.resumed")
    assert set(sent[len(arrived) :]).isdisjoint(arrived)
    sent.clear()
    _begin(sender)  # another upload, since the first one is complete
    assert _done(sender)["body"]["upload_id"] != told["body"]["upload_id"]
    assert sorted(sent) == _PARTS


def test_it_waits_while_there_is_no_network(sender: Page, sent: list[int], troubles: Any) -> None:
    troubles.expect("ERR_INTERNET_DISCONNECTED")
    _slowly(sender)
    _begin(sender)
    _wait_until_sent(sender, 0.1)
    sender.context.set_offline(True)
    sender.get_by_text("There is no connection. Sending goes on by itself").first.wait_for()
    assert sender.get_by_role("button", name="Try now").is_visible()
    sender.context.set_offline(False)
    assert _done(sender)["body"]["state"] == "complete"
    assert sorted(sent) == _PARTS


def test_it_pauses_and_goes_on(sender: Page) -> None:
    _slowly(sender)
    _begin(sender)
    _wait_until_sent(sender, 0.1)
    sender.get_by_role("button", name="Pause").press("Enter")
    sender.get_by_text("Paused.").first.wait_for()
    resume = sender.get_by_role("button", name="Go on")
    assert resume.evaluate("(each) => each === document.activeElement")
    resume.press("Enter")
    assert _done(sender)["body"]["state"] == "complete"
    assert _states(sender)[-3:] == ["sending", "completing", "complete"]


def test_what_is_cancelled_is_deleted(sender: Page, small_parts: Served) -> None:
    _slowly(sender)
    _begin(sender)
    _wait_until_sent(sender, 0.1)
    with sender.expect_response(lambda answer: answer.request.method == "DELETE") as answered:
        sender.get_by_role("button", name="Cancel").click()
    assert _done(sender)["code"] == "cancelled"
    upload_id = answered.value.url.rpartition("/")[2]
    with small_parts.service.database.reading() as session:
        assert session.get_one(Upload, upload_id).state == "deleted"
    assert sender.evaluate(_REMEMBERED) == []


def test_a_server_in_trouble_is_asked_again(sender: Page, troubles: Any) -> None:
    troubles.expect("status of 503")
    troubles.expect("ERR_FAILED")
    answers: list[Callable[[Route], None]] = [
        lambda route: route.fulfill(status=503, headers={"Retry-After": "0.1"}, body="<html>"),
        Route.abort,
    ]

    def answer(route: Route) -> None:
        (answers.pop(0) if answers else Route.continue_)(route)

    sender.route("**/complete", answer)
    _begin(sender)
    assert _done(sender)["body"]["state"] == "complete"
    waited = sender.evaluate("states.filter((each) => each.state === 'waiting').map((each) => each.why)")
    assert [why.partition(".")[0] for why in waited] == ["The server has trouble", "The server does not answer"]


def test_what_the_server_refuses_is_told_in_its_words(sender: Page, tmp_path: Path, troubles: Any) -> None:
    troubles.expect("status of 40")
    _begin(sender, name="film.exe")
    refused = _done(sender)
    assert (refused["rule"], refused["status"]) == ("service.upload_kind", 400)
    assert "Send a video (.mp4, .mov, .webm)" in refused["message"]
    text = tmp_path / "film.mp4"
    text.write_bytes(b"This is no film. " * 1000)
    _begin(sender, text)
    refused = _done(sender)
    assert (refused["rule"], _states(sender)[-1]) == ("service.upload_not_media", "failed")
    assert sender.evaluate(_REMEMBERED) == []


def test_a_file_that_changes_meanwhile_is_chosen_again(sender: Page, tmp_path: Path, troubles: Any) -> None:
    troubles.expect("ERR_UPLOAD_FILE_CHANGED")
    film = tmp_path / "film.mp4"
    film.write_bytes(_FILM.read_bytes())
    _slowly(sender)
    _begin(sender, film)
    film.write_bytes(_FILM.read_bytes() + b" ")
    told = _done(sender)
    assert (told["code"], told["message"]) == ("changed", "The file was changed, moved or deleted since it was chosen.")
    assert sender.evaluate(_REMEMBERED) == []


def test_an_upload_that_is_gone_at_the_server_begins_anew(
    sender: Page, sent: list[int], small_parts: Served, troubles: Any
) -> None:
    troubles.expect("status of 4")
    _slowly(sender)
    _begin(sender)
    _wait_until_sent(sender, 0.1)
    sender.evaluate("upload.pause()")
    known = sender.evaluate(f"JSON.parse(localStorage[{_REMEMBERED}[0]]).upload_id")
    with small_parts.service.database.reading() as session:
        workspace_id = session.get_one(Upload, known).workspace_id
    abort(small_parts.service, workspace_id, known)
    sent.clear()
    _begin(sender)
    body = _done(sender)["body"]
    assert body["state"] == "complete"
    assert body["upload_id"] != known
    assert sorted(sent) == _PARTS
