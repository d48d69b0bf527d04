"""A person who was sent a link agrees before a camera, or does not: on a phone, with a network that breaks."""

from __future__ import annotations

import json
import re
import shutil
import time
import wave
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import av
import cv2
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from example_installation.browser import PROGRAMS
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, CDPSession, Page, Route, expect

from countenance.api.app import create_app
from countenance.portal.app import with_pages
from countenance.service.accounts.limits import Limiter
from countenance.service.clock import now
from countenance.service.consent_requests import answer, ask
from countenance.service.context import Service
from countenance.service.db.tables import AuditEntry, ConsentRequest, Upload
from countenance.service.purge.purge import purge_replica
from countenance.service.replicas import life
from countenance.stock.clips import consent_clip, presenter_clip

from .said import first, held, until

_HEIGHT, _SECONDS, _FPS, _RATE = 360, 6, 25, 48_000
_SLOW, _FAST = 400_000, -1
_PATIENCE_MS = 30_000
_FOUR_OR_MORE = re.compile(r"Recording, 0:(0[4-9]|[1-5]\d)")
"""Seconds on a clock, each of which is shown for one second."""
_STORED = """async () => {
  const { kept } = await import("/static/kept.js");
  const link = `/v2/consent-links/${location.pathname.split("/").pop()}`;
  return [Object.keys(localStorage).length, Boolean(await kept(link))];
}"""


@pytest.fixture(scope="module")
def filmed(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser before whose camera the stock presenter sits and speaks."""
    folder = tmp_path_factory.mktemp("camera")
    with av.open(str(presenter_clip())) as clip, (folder / "camera.mjpeg").open("wb") as file:
        for at, frame in enumerate(clip.decode(video=0)):
            if at == _SECONDS * _FPS:
                break
            small = cv2.resize(frame.to_ndarray(format="bgr24"), (_HEIGHT * 16 // 9, _HEIGHT))
            file.write(cv2.imencode(".jpg", small)[1].tobytes())
    with av.open(str(presenter_clip())) as clip, wave.open(str(folder / "microphone.wav"), "wb") as sound:
        sound.setparams((1, 2, _RATE, 0, "NONE", ""))
        resampler = av.AudioResampler("s16", "mono", _RATE)
        for heard in clip.decode(audio=0):
            if (heard.time or 0) >= _SECONDS:
                break
            for piece in resampler.resample(heard):
                sound.writeframes(piece.to_ndarray().tobytes())
    devices = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={folder / 'camera.mjpeg'}",
        f"--use-file-for-fake-audio-capture={folder / 'microphone.wav'}",
    ]
    program = next(filter(None, map(shutil.which, PROGRAMS)))
    chromium = browser.browser_type.launch(executable_path=program, args=["--no-sandbox", *devices])
    yield chromium
    chromium.close()


@pytest.fixture
def replica_id(portal: Any, page: Page) -> str:
    """A replica that waits for somebody's consent."""
    wanted = {"train_video_url": "https://example.org/a.mp4", "consent_by_link": True}
    made = page.request.post("/v2/replicas", data=wanted, headers={"x-api-key": portal.key})
    return str(made.json()["replica_id"])


@pytest.fixture
def link(portal: Any, replica_id: str) -> str:
    """The path of the person's page."""
    with portal.service.database.transaction() as session:
        _, token = ask.create(session, portal.service, portal.workspace_id, replica_id, full_name="Ada Winter")
    return f"/consent/{token}"


def _request(portal: Any, replica_id: str) -> ConsentRequest:
    with portal.service.database.reading() as session:
        found: ConsentRequest = ask.of_replica(session, portal.workspace_id, replica_id)[0]
        return found


def _padded(path: Path, megabytes: int) -> Path:
    """The consent clip, made larger by what no player looks at."""
    padding = megabytes * 1_000_000
    path.write_bytes(consent_clip().read_bytes() + padding.to_bytes(4, "big") + b"free" + bytes(padding - 8))
    return path


def _sends(network: CDPSession, bytes_per_s: int) -> None:
    network.send("Network.enable")
    limits = {"offline": False, "latency": 1, "downloadThroughput": -1, "uploadThroughput": bytes_per_s}
    network.send("Network.emulateNetworkConditions", limits)


def _violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def _button(page: Page, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


def _fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def _is_unmirrored(path: Path) -> bool:
    """Whether a picture of the recording resembles the clip rather than its mirror image."""
    with av.open(str(path)) as recorded:
        seen = next(recorded.decode(video=0)).to_ndarray(format="gray")
    with av.open(str(presenter_clip())) as clip:
        true = next(clip.decode(video=0)).to_ndarray(format="gray")
    small = cv2.resize(true, (seen.shape[1], seen.shape[0]))
    likeness = [float(np.corrcoef(seen.ravel(), each.ravel())[0, 1]) for each in (small, small[:, ::-1])]
    return likeness[0] > likeness[1]


def test_a_person_records_the_statement_and_sends_it(
    filmed: Browser, portal: Any, replica_id: str, link: str, troubles: Any
) -> None:
    context = filmed.new_context(
        base_url=portal.url, viewport={"width": 360, "height": 740}, has_touch=True, reduced_motion="reduce"
    )
    context.set_default_timeout(_PATIENCE_MS)
    page = context.new_page()
    troubles.watch(page, portal.url)
    page.goto(link)
    expect(page.locator("#name")).to_have_text("Ada Winter")
    expect(page.locator(".prompter-text")).to_contain_text("My name is Ada Winter.")
    _button(page, "Turn the camera on").press("Enter")
    expect(_button(page, "Start recording")).to_be_focused()
    assert _violations(page) == []
    assert _fits(page)
    began = time.monotonic()
    page.keyboard.press("Enter")
    expect(_button(page, "Cancel")).to_be_visible()
    expect(_button(page, "Stop")).to_be_focused(timeout=_PATIENCE_MS)
    expect(page.locator(".recorder-clock")).to_have_text(_FOUR_OR_MORE)
    assert _button(page, "Stop").evaluate("(each) => each.getBoundingClientRect().bottom <= innerHeight")
    # A voice was heard all the time, so the words have moved on.
    expect(page.locator(".prompter-text .now")).not_to_have_text("My name is Ada Winter.")
    expect(page.locator(".recorder-heard")).to_have_text("good")
    assert _violations(page) == []
    page.keyboard.press("Enter")
    lasted_s = time.monotonic() - began
    send = _button(page, "Send the recording")
    expect(send).to_be_focused()
    until(page, "document.querySelector('video').videoWidth > 0")
    assert _violations(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thank you. Your recording has arrived.")).to_be_focused(
        timeout=_PATIENCE_MS
    )
    assert page.evaluate(_STORED) == [0, False]
    request = _request(portal, replica_id)
    assert request.state == "recorded"
    with portal.service.database.reading() as session:
        upload = session.get_one(Upload, request.upload_id)
    assert upload.filename.startswith("consent.")
    assert (upload.media["kind"], upload.media["height"]) == ("video", _HEIGHT)
    assert 3.5 < upload.media["duration_s"] < lasted_s
    assert upload.media["audio_codec"] in ("opus", "aac")
    assert _is_unmirrored(portal.service.objects.local_path(upload.object_key))
    page.reload()
    expect(page.get_by_role("heading", name="You have agreed.")).to_be_visible()
    context.close()


def test_a_recording_goes_on_being_sent_after_a_lost_network_and_a_reload(
    phone: Page, portal: Any, replica_id: str, link: str, tmp_path: Path, troubles: Any
) -> None:
    troubles.expect("ERR_INTERNET_DISCONNECTED")
    phone.on("dialog", lambda dialog: dialog.accept())  # that something is not sent yet
    phone.goto(link)
    phone.locator("#file").set_input_files(str(_padded(tmp_path / "from my phone.mp4", 3)))
    expect(phone.locator(".prompter-text")).to_contain_text("My name is Ada Winter.")
    words = phone.locator(".prompter-text").inner_text()
    expect(_button(phone, "Send the recording")).to_be_visible()
    network = phone.context.new_cdp_session(phone)
    _sends(network, _SLOW)
    _button(phone, "Send the recording").click()
    expect(phone.locator(".upload-numbers")).to_contain_text("a second")
    assert _violations(phone) == []
    assert _fits(phone)
    phone.context.set_offline(True)
    expect(phone.locator(".upload-words")).to_contain_text("Sending goes on by itself when it is back.")
    phone.context.set_offline(False)
    expect(phone.locator(".upload-words")).to_have_text("Sending")
    began = _request(portal, replica_id)
    phone.reload()
    expect(_button(phone, "Go on sending")).to_be_visible()
    assert phone.locator(".prompter-text").inner_text() == words
    _sends(network, _FAST)
    _button(phone, "Go on sending").click()
    expect(phone.get_by_role("heading", name="Thank you. Your recording has arrived.")).to_be_focused(
        timeout=_PATIENCE_MS
    )
    assert phone.evaluate(_STORED) == [0, False]
    request = _request(portal, replica_id)
    assert (began.state, request.state) == ("open", "recorded")
    with portal.service.database.reading() as session:
        by_link = session.query(Upload).filter_by(consent_request_id=request.id).all()
    assert [upload.id for upload in by_link] == [request.upload_id]


@pytest.fixture
def agreed(portal: Any, replica_id: str, link: str) -> str:
    """The path of the person's page, once the statement has come by it."""
    token, request = link.rpartition("/")[2], _request(portal, replica_id)
    upload_id, moment = f"u{token[:16]}", now()
    row = {"workspace_id": portal.workspace_id, "filename": "consent.webm", "bytes": 3, "part_bytes": 3}
    lasts = {"state": "complete", "created_at": moment, "expires_at": moment + timedelta(days=1)}
    answer.open_link(portal.service, token)
    with portal.service.database.transaction() as session:
        session.add(Upload(id=upload_id, consent_request_id=request.id, **row, **lasts))
        session.flush()
        answer.record(session, portal.service, token, upload_id)
    return link


def test_a_person_takes_it_back(
    phone: Page, signed_in: Page, portal: Any, replica_id: str, agreed: str, troubles: Any
) -> None:
    troubles.expect("status of 410")
    phone.goto(agreed)
    expect(phone.get_by_role("heading", name="You have agreed.")).to_be_visible()
    expect(phone.locator("#agreed-name")).to_have_text("Ada Winter")
    assert phone.locator("#own-link").inner_text().endswith(agreed)
    assert agreed in unquote(phone.get_by_role("link", name="E-mail it to yourself").get_attribute("href") or "")
    take_back, sure = _button(phone, "Take my consent back"), _button(phone, "Yes, take it back and erase everything")
    take_back.press("Enter")
    expect(_button(phone, "Go back")).to_be_focused()
    phone.keyboard.press("Enter")
    expect(take_back).to_be_focused()
    assert _request(portal, replica_id).revoked_at is None
    phone.keyboard.press("Enter")
    sure.dblclick()
    expect(phone.get_by_role("heading", name="You have taken your consent back.")).to_be_focused()
    expect(phone.locator("#erasing")).to_be_visible()
    purge_replica(portal.service, replica_id)
    expect(phone.locator("#erased")).to_be_visible()
    expect(phone.locator("#erasing")).to_be_hidden()
    phone.goto("/help")
    phone.go_back()
    expect(phone.get_by_role("heading", name="You have taken your consent back.")).to_be_visible()
    with portal.service.database.reading() as session:
        told = session.query(AuditEntry).filter_by(action="consent_request.revoke").all()
        assert len([each for each in told if each.workspace_id == portal.workspace_id]) == 1
    # Whoever asked sees it where they look.
    signed_in.goto("/")
    signed_in.get_by_role("link", name="What this means").click()
    expect(signed_in.get_by_role("heading", name="The person took their consent back")).to_be_visible()


def test_a_person_takes_the_signed_records_along(page: Page, filled: Any) -> None:
    for state, name in (("active", "receipt.jws"), ("revoked", "revocation.jws"), ("active", "issuer.pub.pem")):
        answer = page.request.get(f"{filled.url}/consent/{filled.ids[f'link_{state}']}/{name}")
        assert (answer.status, name in answer.headers["content-disposition"]) == (200, True)
    for link in (
        f"{filled.ids['link_revoked']}/receipt.jws",
        f"{filled.ids['link_open']}/receipt.jws",
        "x/receipt.jws",
    ):
        assert page.request.get(f"{filled.url}/consent/{link}").status == 404


def test_what_cannot_be_taken_back_now_says_why(
    phone: Page, portal: Any, replica_id: str, agreed: str, troubles: Any
) -> None:
    troubles.expect("ERR_INTERNET_DISCONNECTED")
    phone.goto(agreed)
    _button(phone, "Take my consent back").click()
    phone.context.set_offline(True)
    _button(phone, "Yes, take it back and erase everything").click()
    expect(phone.locator("#revoke-problem")).to_contain_text("no connection")
    assert _request(portal, replica_id).revoked_at is None
    phone.context.set_offline(False)
    _button(phone, "Yes, take it back and erase everything").click()
    expect(phone.get_by_role("heading", name="You have taken your consent back.")).to_be_visible()


def test_a_person_declines(page: Page, portal: Any, replica_id: str, link: str) -> None:
    page.goto(link)
    _button(page, "I do not agree").press("Enter")
    expect(_button(page, "Go back")).to_be_focused()
    page.keyboard.press("Enter")
    expect(_button(page, "I do not agree")).to_be_focused()
    assert _request(portal, replica_id).state == "open"
    page.keyboard.press("Enter")
    _button(page, "Yes, decline").press("Enter")
    expect(page.get_by_role("heading", name="You have declined.")).to_be_focused()
    assert _request(portal, replica_id).state == "declined"
    assert page.title() == "You have declined – Countenance"
    assert page.evaluate(_STORED) == [0, False]


def test_a_link_that_is_closed_says_why(page: Page, portal: Any, replica_id: str, link: str, troubles: Any) -> None:
    with portal.service.database.transaction() as session:
        request = session.get_one(ConsentRequest, _request(portal, replica_id).id)
        request.expires_at = now() - timedelta(minutes=1)
    page.goto(link)
    expect(page.get_by_role("heading", name="This link has expired.")).to_be_visible()
    with portal.service.database.transaction() as session:
        request = session.get_one(ConsentRequest, request.id)
        request.expires_at = now() + timedelta(minutes=1)
        ask.withdraw(session, portal.workspace_id, request.id)
    page.reload()
    expect(page.get_by_role("heading", name="The question was withdrawn.")).to_be_visible()
    troubles.expect("status of 404")
    page.goto("/consent/nothing")
    expect(page.get_by_role("heading", name="This link does not work.")).to_be_visible()


def test_a_page_that_finds_no_server_is_opened_again(page: Page, link: str, troubles: Any) -> None:
    troubles.expect("ERR_FAILED")
    page.route("**/v2/**", lambda route: route.abort())
    page.goto(link)
    expect(page.get_by_role("heading", name="This page could not be opened.")).to_be_visible()
    page.unroute_all()
    _button(page, "Try again").click()
    expect(_button(page, "Turn the camera on")).to_be_visible()


def test_words_that_end_are_replaced_and_the_page_stays(page: Page, link: str) -> None:
    def nearly_over(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        told["statement"]["expires_at"] = (now() + timedelta(minutes=2)).isoformat()
        told["statement"]["text"] = "These are old words."
        route.fulfill(response=answer, body=json.dumps(told))

    page.route("**/v2/consent-links/*", nearly_over, times=1)
    page.goto(link)
    expect(page.locator("#stale")).to_contain_text("good for 2 more minutes only")
    expect(page.locator(".prompter-text")).to_have_text("These are old words. ")
    page.evaluate("window.stays = true")
    _button(page, "Show new words").click()
    expect(page.locator(".prompter-text")).to_contain_text("My name is Ada Winter.")
    expect(page.locator("#until")).to_contain_text("for 30 more minutes")
    expect(page.locator("#stale")).to_be_hidden()
    assert page.evaluate("window.stays")


def test_words_that_are_being_read_are_not_replaced(page: Page, link: str) -> None:
    later: list[Route] = []

    def nearly_over(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        told["statement"] |= {"expires_at": (now() + timedelta(minutes=2)).isoformat(), "text": "These are old words."}
        route.fulfill(response=answer, body=json.dumps(told))

    page.route("**/v2/consent-links/*", nearly_over, times=1)
    page.goto(link)
    expect(page.locator("#stale")).to_be_visible()
    page.route("**/v2/consent-links/*", lambda route: later.append(route))  # noqa: PLW0108 - see said.held
    _button(page, "Turn the camera on").click()
    _button(page, "Start recording").click()
    with page.expect_response("**/v2/consent-links/*"):
        first(page, later).continue_()
    page.wait_for_timeout(300)
    expect(page.locator(".prompter-text")).to_have_text("These are old words. ")


def test_nobody_agrees_and_declines_at_once(page: Page, link: str, troubles: Any) -> None:
    troubles.expect("status of 4")  # what was sent is deleted, with the link
    page.goto(link)
    sent, said = held(page, "**/complete"), held(page, "**/decline")
    _button(page, "I do not agree").click()
    page.locator("#file").set_input_files(consent_clip())
    _button(page, "Send the recording").click()
    first(page, sent)
    expect(_button(page, "Yes, decline")).to_be_disabled()
    sent[0].fulfill(status=400, json={"message": "This is no video."})
    page.locator("#file").set_input_files([])
    page.locator("#file").set_input_files(consent_clip())
    _button(page, "Yes, decline").click()
    answer = first(page, said)
    _button(page, "Send the recording").click()
    first(page, sent, at=1)
    answer.continue_()
    expect(page.get_by_role("heading", name="You have declined.")).to_be_visible()
    with page.expect_response("**/complete"):
        sent[1].continue_()
    page.wait_for_timeout(300)
    assert page.evaluate(_STORED) == [0, False]


def test_a_video_beyond_the_limits_is_not_offered_to_be_sent(page: Page, link: str, tmp_path: Path) -> None:
    page.goto(link)
    expect(_button(page, "Turn the camera on")).to_be_visible()
    text = tmp_path / "statement.mp4"
    text.write_text("no film")
    page.locator("#file").set_input_files(str(text))
    expect(page.locator("#findings")).to_contain_text("This is not a video or sound file that can be read")
    expect(page.locator("#findings")).to_contain_text("Export it again as MP4")
    expect(_button(page, "Send the recording")).to_be_hidden()
    assert _violations(page) == []
    page.locator("#file").set_input_files(str(consent_clip()))
    expect(_button(page, "Send the recording")).to_be_visible()
    expect(page.locator("#findings")).to_be_empty()


@pytest.mark.parametrize(
    ("contact", "link_there"),
    [
        ("privacy@harbour.example", "mailto:privacy@harbour.example"),
        ("+44 (20) 7946 0018", "tel:+442079460018"),
        ("https://harbour.example/consent", "https://harbour.example/consent"),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_whoever_is_asked_learns_whom_to_tell(portal: Any, link: str, contact: str, link_there: str) -> None:
    known = portal.service
    settings = known.settings.model_copy(update={"organisation": "Harbour Films", "contact": contact})
    service = Service(settings, known.database, known.objects, known.queue)
    with TestClient(with_pages(create_app(service)), base_url=portal.url) as client:
        text = client.get(link).text
    said = (
        f'<a href="{link_there}">{contact}</a>' if link_there else contact or "for example whoever sent you this link"
    )
    # Before they agree, as the way to revoke later, and once they have agreed.
    assert text.count(said) >= 3
    assert f'href="{contact}"' not in text or contact == link_there


@pytest.mark.parametrize("public", [None, "http://0.0.0.0:8080", "https://films.example/"])
def test_the_address_to_keep_is_the_one_that_was_reached(portal: Any, link: str, public: str | None) -> None:
    known = portal.service
    settings = known.settings.model_copy(update={"public_url": public})
    service = Service(settings, known.database, known.objects, known.queue)
    with TestClient(with_pages(create_app(service)), base_url="http://studio.local:8080") as client:
        text = client.get(link).text
    own = f"{'https://films.example' if public == 'https://films.example/' else 'http://studio.local:8080'}{link}"
    assert f'<code id="own-link">{own}</code>' in text


def test_a_page_says_when_all_is_erased_however_long_that_takes(
    phone: Page, portal: Any, replica_id: str, agreed: str, troubles: Any
) -> None:
    troubles.expect("ERR_FAILED")
    asked, seen = f"/v2{agreed.replace('consent', 'consent-links')}", list[str]()
    phone.on("request", lambda request: seen.append(request.url))

    def looks() -> int:
        return len([url for url in seen if url.endswith(asked)])

    def pass_by(ms: int, more: int) -> None:
        """Time, until the page has looked so many times more."""
        wanted, end = looks() + more, time.monotonic() + _PATIENCE_MS / 1000
        while looks() < wanted:
            assert time.monotonic() < end, "it does not look any more"
            phone.clock.fast_forward(ms)
            phone.wait_for_timeout(20)  # for the answer, before which it does not look again

    phone.request.post(f"{portal.url}{asked}/revoke", data={"confirm": "revoke"})
    phone.clock.install()
    phone.goto(agreed)
    expect(phone.locator("#erasing-soon")).to_be_visible()
    pass_by(61_000, more=8)
    phone.route(f"**{asked}", lambda route: route.abort())
    pass_by(61_000, more=1)
    phone.unroute_all()
    pass_by(3_700_000, more=1)
    expect(phone.locator("#erasing-long")).to_be_visible()
    purge_replica(portal.service, replica_id)
    pass_by(601_000, more=1)
    expect(phone.locator("#erased")).to_be_visible()


def test_what_was_ended_or_forgotten_is_not_told_as_if_it_were_not(
    phone: Page, portal: Any, replica_id: str, agreed: str
) -> None:
    life.delete_and_cancel(portal.service, portal.workspace_id, replica_id)
    phone.goto(agreed)
    expect(phone.get_by_role("heading", name="What you agreed to")).to_be_visible()
    expect(phone.locator("#agreed-who")).to_be_hidden()
    expect(phone.get_by_text("The words that were to be spoken")).to_be_hidden()
    life.delete_and_cancel(portal.service, portal.workspace_id, replica_id, hard=True)
    purge_replica(portal.service, replica_id)
    phone.reload()
    expect(phone.locator("#ended-erased")).to_contain_text("was erased from this server on")
    expect(phone.locator("#ended-erasing")).to_be_hidden()


def test_public_pages_are_asked_for_at_the_pace_of_people(
    portal: Any, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Limiter, "LINK_REQUESTS", 30)
    monkeypatch.setattr(Limiter, "ADDRESS_REQUESTS", 30)
    known, asked = portal.service, f"/v2{link.replace('consent', 'consent-links')}"
    slow = known.settings.model_copy(update={"requests_per_minute": 1})
    service = Service(slow, known.database, known.objects, known.queue)
    with TestClient(with_pages(create_app(service)), base_url=portal.url, client=("192.0.2.7", 1)) as client:
        answers = {client.get(link).status_code for _ in range(Limiter.LINK_REQUESTS)}
        late = client.get(link)
        assert (answers, late.status_code) == ({200}, 429)
        assert 1 <= int(late.headers["Retry-After"]) <= 60
        assert "A moment, please" in late.text
        assert client.get(asked).json()["error_type"] == "service.rate_limited"
    with TestClient(with_pages(create_app(service)), base_url=portal.url, client=("2001:db8::7", 1)) as guesser:
        places = ("/shared/guess", "/v2/consent-links/guess", "/shared/guess/captions.vtt", "/shared/guess/video")
        guesses = [guesser.get(place).status_code for place in [*places] * 5 + ["/shared/guess", "/shared/guess/video"]]
        assert guesses == [404, 404, 403, 403] * (Limiter.GUESSES // 4) + [429] * 2
        # Whoever has a right link is not kept back by those who have none, although all seem to be at one address.
        assert {guesser.get("/shared/guess").status_code for _ in range(Limiter.ADDRESS_REQUESTS)} == {429}
        assert (guesser.get(link).status_code, guesser.get(asked).status_code) == (200, 200)
        taken_back = guesser.post(f"{asked}/revoke", json={"confirm": "revoke"})
        assert (taken_back.status_code, taken_back.json()["state"]) == (200, "declined")


def test_without_scripts_the_page_says_what_it_needs(open_page: Callable[..., Page], link: str) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(link)
    assert "Without JavaScript this page cannot show the statement, record you, or take back" in page.inner_text("main")
    expect(page.locator("#opening")).to_be_hidden()
    assert "Ada Winter" not in page.content()
