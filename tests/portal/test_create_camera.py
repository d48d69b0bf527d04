"""Making a replica before the camera of the browser: the statement, and the footage that opens with it."""

from __future__ import annotations

import re
import shutil
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from example_installation.browser import PROGRAMS
from example_installation.browser import signed_in as sign_in
from example_installation.serving import Served
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from countenance.media.read import SAMPLE_RATE, audio
from countenance.service.db.tables import MediaSource, Replica, Upload
from countenance.stock.clips import consent_clip

from .conftest import Portal, Troubles
from .create_journey import NAME, Journey

_SECONDS = 5


@pytest.fixture
def before_the_camera(
    browser: Browser, portal: Portal, troubles: Troubles, tmp_path: Path
) -> Iterator[Callable[[], Page]]:
    """A page of a browser before whose camera the stock's presenter reads the statement."""
    picture, sound = tmp_path / "camera.mjpeg", tmp_path / "microphone.wav"
    _write_camera(picture, sound)
    program = next(filter(None, map(shutil.which, PROGRAMS)))
    devices = (
        f"--use-file-for-fake-video-capture={picture}",
        f"--use-file-for-fake-audio-capture={sound}",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
    )
    own = browser.browser_type.launch(executable_path=program, args=["--no-sandbox", *devices])
    context = own.new_context(base_url=portal.url, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    sign_in(context, Served(portal.service, portal.url), portal.key)
    page = context.new_page()
    troubles.watch(page, portal.url)
    yield lambda: page
    own.close()


def _write_camera(picture: Path, sound: Path) -> None:
    film = cv2.VideoCapture(str(consent_clip()))
    with picture.open("wb") as file:
        for at in range(_SECONDS * 25):
            _, frame = film.read()
            if at % 2 == 0:
                file.write(cv2.imencode(".jpg", cv2.resize(frame, (640, 360)))[1].tobytes())
    heard = audio(consent_clip())[: _SECONDS * SAMPLE_RATE]
    with wave.open(str(sound), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes((np.clip(heard, -1, 1) * 32767).astype("<i2").tobytes())


def test_a_statement_recorded_here(before_the_camera: Callable[[], Page], portal: Portal, tmp_path: Path) -> None:
    page = before_the_camera()
    journey = Journey(page, tmp_path)
    journey.begin("Footage of myself")
    page.get_by_label("Your full name").fill(NAME)
    page.get_by_role("radio", name="Here, with the camera").check()
    expect(page.locator("#statement-text")).to_contain_text(f"My name is {NAME}.")
    page.get_by_role("button", name="Show the statement with one-time words").click()
    expect(page.get_by_role("region", name="Read this aloud")).to_contain_text("My one-time words are")
    expect(page.locator("#words-until")).to_contain_text("for 30 more minutes")
    page.get_by_role("button", name="Start recording").click()
    # Each second is shown for one second: a later one is as good.
    expect(page.locator("#consent-recorder .recorder-clock")).to_contain_text(
        re.compile(r"Recording, 0:(0[4-9]|[1-5]\d)"), timeout=60_000
    )
    page.get_by_role("button", name="Stop").click()
    use = page.get_by_role("button", name="Use this recording")
    expect(use).to_be_focused()
    page.reload()
    expect(use).to_be_visible()
    expect(page.get_by_role("region", name="Read this aloud")).to_contain_text("My one-time words are")
    use.click()
    journey.sees("Footage")
    (upload,) = _rows(portal, Upload)
    assert (upload.state, (upload.media or {})["kind"]) == ("complete", "video")


def test_footage_recorded_here_opens_with_the_statement(
    before_the_camera: Callable[[], Page], portal: Portal, worker: Any, troubles: Troubles, tmp_path: Path
) -> None:
    troubles.expect(r"status of 404 .*/replicas/")  # the page of a replica is another test's matter
    page = before_the_camera()
    journey = Journey(page, tmp_path)
    journey.begin("Footage of myself")
    page.get_by_label("Your full name").fill(NAME)
    page.get_by_role("radio", name="At the beginning of the footage").check()
    journey.onward()
    journey.sees("Footage")
    expect(page.locator("#opens-note")).to_contain_text("The footage has to open with the statement.")
    page.get_by_role("radio", name="Record it here").check()
    words = page.get_by_role("region", name="First the statement")
    expect(words).to_contain_text(f"My name is {NAME}.")
    page.get_by_role("button", name="Turn the camera on").click()
    page.get_by_role("button", name="Start recording").click()
    clock = page.locator("#footage-recorder .recorder-clock")
    expect(clock).to_contain_text("of at least 0:10")
    expect(clock).to_contain_text(re.compile(r"0:[1-5]\d of 1:55"))
    expect(words).to_contain_text(f"My name is {NAME}.")
    page.get_by_role("button", name="Stop").click()
    send = page.locator("#footage-use")
    expect(send).to_be_focused()
    expect(page.locator("main button.main:visible")).to_have_count(1)  # the same words twice would be a riddle
    send.press("Enter")
    journey.sees("Check")
    journey.checked()
    expect(page.locator("#verdict")).to_contain_text("It can be used.")
    journey.onward()
    made = journey.create()
    (replica,) = _rows(portal, Replica)
    assert (replica.id, replica.subject, replica.full_name) == (made, "self", NAME)
    (upload,) = _rows(portal, Upload)
    assert (upload.filename.partition(".")[0], (upload.media or {})["kind"]) == ("training", "video")
    sources = _rows(portal, MediaSource)
    assert {each.role for each in sources if each.subject_id == made} == {"footage"}


def _rows(portal: Portal, table: Any) -> list[Any]:
    with portal.service.database.reading() as session:
        return list(session.scalars(select(table).where(table.workspace_id == portal.workspace_id)))
