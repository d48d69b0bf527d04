"""What is done to see a page in the middle of recording, sending and checking: nothing of it reaches the server."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, Route

from countenance.service.clock import now
from countenance.stock.clips import presenter_clip
from countenance.wire.uploads import PartBody, UploadBody, UploadReport

NAME = "training.mp4"
_UPLOAD, _PART = "example", 1 << 20
_SENT = 2
_PERSON = Path(__file__).with_name("recorded") / "people" / "ada.jpg"
_CAMERA = """(picture) => {
  const bytes = Uint8Array.from(atob(picture), (each) => each.charCodeAt(0));
  navigator.mediaDevices.getUserMedia = async () => {
    const drawn = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
    const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
    const draw = () => canvas.getContext("2d").drawImage(drawn, 0, 0, canvas.width, canvas.height);
    draw();
    setInterval(draw, 100);
    const sound = new AudioContext();
    const [voice, soft, heard] = [sound.createOscillator(), sound.createGain(), sound.createMediaStreamDestination()];
    soft.gain.value = 0.1;
    voice.connect(soft).connect(heard);
    voice.start();
    return new MediaStream([...canvas.captureStream(10).getTracks(), ...heard.stream.getTracks()]);
  };
}"""
_NO_COUNTDOWN = """() => {
  const later = window.setTimeout;
  window.setTimeout = (act, ms, ...more) => later(act, ms === 1000 ? 0 : ms, ...more);
}"""
_KEEP = """async ([input, key]) => {
  const { keep } = await import("/static/kept.js");
  await keep(key, input.files[0], {}, Date.now() + 3600_000);
}"""
_CUT_OFF = """() => {
  Object.defineProperty(navigator, "onLine", { get: () => false });
  dispatchEvent(new Event("offline"));
}"""


def before_the_camera(page: Page) -> None:
    """From its next load on the page has a camera before which somebody sits, and counts down without waiting."""
    picture = base64.b64encode(_PERSON.read_bytes()).decode()
    page.add_init_script(f'({_CAMERA})("{picture}"); ({_NO_COUNTDOWN})();')


def kept(page: Page, draft: str) -> None:
    """Footage is kept in the browser, as if it had been recorded or chosen for this draft."""
    chosen = page.evaluate_handle("Object.assign(document.createElement('input'), { type: 'file' })")
    element = chosen.as_element()
    assert element is not None  # noqa: S101
    clip = {"name": NAME, "mimeType": "video/mp4", "buffer": presenter_clip().read_bytes()}
    element.set_input_files(clip)  # type: ignore[arg-type]
    page.evaluate(_KEEP, [chosen, f"new:{draft}:material"])


def half_sent(page: Page) -> None:
    """The server has two parts of what is kept, and says nothing more."""
    size = presenter_clip().stat().st_size
    parts = [
        PartBody(
            number=at // _PART + 1, url=f"/v2/uploads/{_UPLOAD}/parts/{at // _PART + 1}", bytes=min(_PART, size - at)
        )
        for at in range(_SENT * _PART, size, _PART)
    ]
    upload = UploadBody(
        upload_id=_UPLOAD,
        filename=NAME,
        bytes=size,
        part_bytes=_PART,
        state="open",
        parts=parts,
        created_at=now().isoformat(),
        expires_at=(now() + timedelta(days=1)).isoformat(),
    )

    def answer(route: Route) -> None:
        route.fulfill(body=upload.model_dump_json(), content_type="application/json")

    page.route("**/v2/uploads", answer)
    page.route(f"**/v2/uploads/{_UPLOAD}", answer)
    page.route(f"**/v2/uploads/{_UPLOAD}/parts/*", lambda _: None)


def cut_off(page: Page) -> None:
    """The browser has lost its network, as far as the page can tell."""
    page.evaluate(_CUT_OFF)


def half_checked(page: Page, upload_id: str) -> None:
    """A worker is looking at an upload, and says nothing more."""
    report = UploadReport(
        upload_id=upload_id,
        kind="footage",
        state="running",
        standing="working",
        stage="check footage",
        fraction=0.41,
        seconds_left=40,
        created_at=now().isoformat(),
    )
    body = report.model_dump_json()
    page.route("**/v2/uploads/*/report", lambda route: route.fulfill(body=body, content_type="application/json"))
