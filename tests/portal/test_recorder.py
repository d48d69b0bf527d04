"""The recorder: what it says of devices, light and sound, what it keeps, and what a browser plays of it."""

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
from playwright.sync_api import Browser, Page, expect
from tests.portal.said import until

from countenance.portal.limits import limits_for
from countenance.settings import Settings

_PLACE = """async ({limits, prompts, attributes}) => {
  await import("/static/recorder.js");
  const made = Object.assign(document.createElement("media-recorder"), { limits });
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  const styles = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/static/recorder.css" });
  await new Promise((loaded) => ((styles.onload = loaded), document.head.append(styles)));
  window.told = [];
  made.addEventListener("recorder-file", ({ detail }) => {
    told.push(["file", detail.recorded, detail.interrupted]);
    window.lasted_s = detail.duration_s;
  });
  made.addEventListener("recorder-cleared", () => told.push(["cleared"]));
  made.addEventListener("recorder-failed", ({ detail }) => told.push(["failed", detail.code]));
  document.querySelector("main").prepend(made);
  made.prompts = prompts;
  window.recorder = made;
}"""
_TRACK_ENDS = """() => {
  const [track] = recorder.querySelector("video").srcObject.getVideoTracks();
  track.stop(); // this alone tells nobody
  track.dispatchEvent(new Event("ended"));
}"""
_DETECTOR = """(fate) => {
  window.faces = [];
  window.looks = [];
  const at = ([x, width]) => ({ boundingBox: { x, y: 0.2, width, height: 0.4 } });
  const scaled = ({ boundingBox: { x, y, width, height } }, to) => ({
    boundingBox: { x: x * to.width, y: y * to.height, width: width * to.width, height: height * to.height },
  });
  window.FaceDetector = class {
    constructor() {
      if (fate === "is not there") throw new DOMException("no service", "NotSupportedError");
    }
    detect(source) {
      looks.push({ at: performance.now(), width: source.width });
      if (fate === "throws") throw new TypeError("it throws");
      if (fate === "rejects") return Promise.reject(new DOMException("no service", "NotSupportedError"));
      const found = faces.map(at).map((each) => scaled(each, source));
      return new Promise((resolve) => setTimeout(() => resolve(found), fate === "is slow" ? 400 : 5));
    }
  };
}"""
"""What some browsers find faces with; `faces` has where they are: left edge and width, of a picture of width 1."""
_ONE, _TWO = [[0.4, 0.2]], [[0.2, 0.2], [0.6, 0.2]]
_PATIENCE_MS = 30_000
_FAKE, _ALLOWED = "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"


@pytest.fixture(scope="module")
def launch(browser: Browser) -> Iterator[Callable[..., Browser]]:
    """A browser with other devices."""
    program = next(filter(None, map(shutil.which, PROGRAMS)))
    opened: list[Browser] = []

    def launched(*arguments: str) -> Browser:
        opened.append(browser.browser_type.launch(executable_path=program, args=["--no-sandbox", *arguments]))
        return opened[-1]

    yield launched
    for each in opened:
        each.close()


@pytest.fixture(scope="module")
def calm(launch: Callable[..., Browser], tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """A browser with a camera and a microphone of which there is nothing to say."""
    return launch(*_devices(tmp_path_factory.mktemp("calm"), brightness=120, loudness=2000))


@pytest.fixture
def seen_by(calm: Browser, portal: Any, troubles: Any) -> Iterator[Callable[..., Page]]:
    """`seen_by(fate)`: a page with a recorder, of a browser that finds faces, or does not; see `_DETECTOR`."""
    context = calm.new_context(base_url=portal.url)
    page = context.new_page()
    troubles.watch(page, portal.url)

    def placed(fate: str) -> Page:
        page.add_init_script(f"({_DETECTOR})({fate!r})")
        return _placed(page, least_s="1")

    yield placed
    context.close()


def _devices(folder: Path, brightness: int, loudness: int) -> list[str]:
    """A camera that sees one shade of grey, and a microphone that hears a steady noise."""
    picture, sound = folder / "camera.mjpeg", folder / "microphone.wav"
    grey = cv2.imencode(".jpg", np.full((180, 320, 3), brightness, np.uint8))[1].tobytes()
    picture.write_bytes(grey * 25)
    noise = np.random.default_rng(0).integers(-loudness, loudness + 1, 48_000).astype("<i2")
    with wave.open(str(sound), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes(noise.tobytes())
    files = f"--use-file-for-fake-video-capture={picture}", f"--use-file-for-fake-audio-capture={sound}"
    return [_FAKE, _ALLOWED, *files]


def _placed(page: Page, prompts: list[dict[str, Any]] | None = None, **attributes: str) -> Page:
    """A page with a recorder in it."""
    page.goto("/sign-in")
    told = {name.replace("_", "-"): value for name, value in attributes.items()}
    page.evaluate(_PLACE, {"limits": limits_for(Settings()), "prompts": prompts or [], "attributes": told})
    return page


def _press(page: Page, name: str, timeout: float = _PATIENCE_MS) -> None:
    page.get_by_role("button", name=name, exact=True).click(timeout=timeout)


def _told(page: Page) -> list[list[Any]]:
    told: list[list[Any]] = page.evaluate("told")
    return told


def test_phases_follow_each_other_and_what_is_too_short_is_not_kept(page: Page) -> None:
    prompts = [
        {"title": "Speak", "text": "Say something. Dr. Who A. Bee says more.", "seconds": 1.5},
        {"title": "Now listen", "text": "Lips closed.", "listen": True},
    ]
    _placed(page, prompts, least_s="20", enough_s="3", most_s="4", name="training", height="720")
    expect(page.locator(".prompter-text span")).to_have_text(["Say something.", "Dr. Who A. Bee says more."])
    _press(page, "Turn the camera on")
    expect(page.get_by_role("button", name="Start recording")).to_be_visible()
    assert page.locator("video").evaluate("(each) => getComputedStyle(each).transform").startswith("matrix(-1")
    _press(page, "Start recording")
    _press(page, "Cancel")
    _press(page, "Start recording")
    _press(page, "Stop")
    expect(page.locator(".recorder-note")).to_contain_text("at least 0:20 are needed. Nothing was kept")
    assert (page.evaluate("recorder.state"), page.evaluate("recorder.file")) == ("ready", None)
    page.evaluate("recorder.setAttribute('least-s', '2')")
    _press(page, "Start recording")
    expect(page.locator(".prompter-title")).to_have_text("Now listen", timeout=_PATIENCE_MS)
    expect(page.locator(".recorder-note")).to_contain_text("as long as it may be", timeout=_PATIENCE_MS)
    assert _told(page) == [["file", True, True]]
    name, kind = page.evaluate("[recorder.file.name, recorder.file.type]")
    assert (name, kind) in (("training.webm", "video/webm"), ("training.mp4", "video/mp4"))
    assert page.locator("video").evaluate("(each) => getComputedStyle(each).transform") == "none"
    report = page.evaluate(
        "import('/static/checks.js').then(({ check }) => check(recorder.file, recorder.limits.purposes.consent))"
    )
    assert report["ok"], report
    lasted_s = page.evaluate("lasted_s")
    assert lasted_s >= 4
    assert report["facts"]["duration_s"] == pytest.approx(lasted_s, abs=0.7)
    _press(page, "Record again")
    expect(page.get_by_role("button", name="Start recording")).to_be_visible()
    assert _told(page)[-1] == ["cleared"]
    page.evaluate("window.stream = recorder.querySelector('video').srcObject; recorder.remove()")
    assert page.evaluate("stream.getTracks().map((each) => each.readyState)") == ["ended", "ended"]


def test_a_camera_that_goes_away_leaves_what_it_saw(page: Page) -> None:
    _placed(page, least_s="1")
    _press(page, "Turn the camera on")
    _press(page, "Start recording")
    # Each second is shown for one second: a later one is as good.
    expect(page.locator(".recorder-clock")).to_have_text(re.compile(r"Recording, 0:(0[3-9]|[1-5]\d)"))
    page.evaluate(_TRACK_ENDS)
    expect(page.locator(".recorder-note")).to_contain_text("The camera is gone. Look whether the recording is whole.")
    assert _told(page) == [["file", True, True]]
    _press(page, "Record again")
    expect(page.get_by_role("button", name="Start recording")).to_be_visible()
    page.evaluate(_TRACK_ENDS)
    expect(page.locator(".recorder-problem")).to_contain_text("Plug it in again")
    assert _told(page)[-1] == ["failed", "unplugged"]


def test_it_says_that_it_is_dark_and_that_nothing_is_heard(
    launch: Callable[..., Browser], portal: Any, tmp_path: Path, troubles: Any
) -> None:
    page = launch(*_devices(tmp_path, brightness=10, loudness=0)).new_page(base_url=portal.url)
    troubles.watch(page, portal.url)
    _placed(page)
    _press(page, "Turn the camera on")
    advice = page.locator(".recorder-advice")
    expect(advice).to_contain_text("It is too dark to see you. Face a window or a lamp", timeout=_PATIENCE_MS)
    expect(advice).to_contain_text("We hear nothing.", timeout=_PATIENCE_MS)
    expect(page.locator(".recorder-heard")).to_have_text("nothing")


def test_it_says_that_nobody_or_more_than_one_is_seen_and_records_all_the_same(
    seen_by: Callable[..., Page],
) -> None:
    page = seen_by("works")
    _press(page, "Turn the camera on")
    advice = page.locator(".recorder-advice")
    expect(advice).to_contain_text("No face is seen.", timeout=_PATIENCE_MS)
    page.evaluate("(seen) => (faces = seen)", _ONE)
    expect(advice).to_be_hidden(timeout=_PATIENCE_MS)
    _press(page, "Start recording")
    expect(page.locator(".recorder-clock")).to_be_visible(timeout=_PATIENCE_MS)
    page.evaluate("(seen) => (faces = seen)", _TWO)
    expect(advice).to_contain_text("More than one face is seen.", timeout=_PATIENCE_MS)
    assert {look["width"] for look in page.evaluate("looks")} == {320}
    _press(page, "Stop")
    expect(page.get_by_role("button", name="Record again")).to_be_visible()
    assert _told(page) == [["file", True, False]]


@pytest.mark.parametrize(("fate", "looks"), [("is not there", 0), ("throws", 1), ("rejects", 1)])
def test_where_the_browser_cannot_tell_nothing_is_said_of_faces(
    seen_by: Callable[..., Page], fate: str, looks: int
) -> None:
    page = seen_by(fate)
    _press(page, "Turn the camera on")
    page.wait_for_function("() => recorder.querySelector('video').currentTime > 2.5")
    assert page.evaluate("recorder.state") == "ready"
    expect(page.locator(".recorder-advice")).to_be_hidden()
    assert len(page.evaluate("looks")) == looks


def test_faces_that_take_long_to_find_are_looked_for_less_often(seen_by: Callable[..., Page]) -> None:
    page = seen_by("is slow")
    _press(page, "Turn the camera on")
    page.wait_for_function("() => looks.length === 3")
    first, second, third = (look["at"] for look in page.evaluate("looks"))
    assert min(second - first, third - second) > 1500


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [((_FAKE,), "denied", "Open the settings of this page"), ((_ALLOWED,), "none", "Plug them in and try again.")],
)
def test_what_stands_in_the_way_of_the_camera_is_told(
    launch: Callable[..., Browser], portal: Any, troubles: Any, arguments: tuple[str, ...], code: str, said: str
) -> None:
    page = launch(*arguments).new_page(base_url=portal.url)
    troubles.watch(page, portal.url)
    _placed(page)
    _press(page, "Turn the camera on")
    expect(page.get_by_role("alert").filter(has_text=said)).to_be_visible()
    assert _told(page) == [["failed", code]]
    expect(page.get_by_role("button", name="Try again")).to_be_focused()


def test_a_browser_without_a_secure_connection_is_told_so(page: Page) -> None:
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    _placed(page)
    _press(page, "Turn the camera on")
    expect(page.locator(".recorder-problem")).to_contain_text("begins with https://")
    assert _told(page) == [["failed", "insecure"]]


def test_a_camera_that_is_turned_off_while_it_starts_stays_off(page: Page) -> None:
    _placed(page)
    page.evaluate("() => { navigator.mediaDevices.enumerateDevices = () => new Promise((go) => (window.go = go)); }")
    _press(page, "Turn the camera on")
    until(page, "Boolean(window.go)")
    page.evaluate("recorder.close()")
    page.evaluate("go([])")
    page.wait_for_timeout(100)
    assert page.evaluate("recorder.state") == "off"
    expect(page.get_by_role("button", name="Turn the camera on")).to_be_visible()
