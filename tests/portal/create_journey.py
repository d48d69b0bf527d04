"""Somebody who makes a replica in the pages, step by step."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import av
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from countenance.stock.clips import consent_clip, presenter_clip

NAME = "Ada Winter"
_PEOPLE = Path(__file__).resolve().parents[2] / "scripts" / "example_installation" / "recorded" / "people"
_LENGTH_S = 10.6
_REPLICA = re.compile(r"/replicas/(r[0-9a-f]+)$")


@dataclass(frozen=True, slots=True)
class Journey:
    """One page of the wizard, as it is used; after each step the next one is seen."""

    page: Page
    clip: Path
    """footage; see `short_clip`"""

    def begin(self, way: str) -> None:
        """Say what one has, and read the guidelines."""
        self.page.goto("/new")
        self.page.get_by_role("radio", name=way).check()
        self.onward()
        self.sees("Before you begin")
        self.onward()

    def consent_in_a_file(self) -> None:
        """Bring a recording of the statement."""
        self.page.get_by_label("full name").first.fill(NAME)
        self.page.get_by_role("radio", name="In a file").check()
        self.page.get_by_label("Choose the recording of the statement").set_input_files(consent_clip())
        expect(self.page.locator("#consent-file .chosen")).to_contain_text("0:17")
        self.onward("Send the statement")
        self.sees("Footage")

    def choose_footage(self) -> None:
        """Choose a file, so that it can be sent."""
        expect(self.page).to_have_title(re.compile("^Footage"))  # from then on the step listens
        if self.page.get_by_role("radio", name="Choose a file").is_visible():
            self.page.get_by_role("radio", name="Choose a file").check()
        self.page.get_by_label("Choose the footage").set_input_files(self.clip)
        expect(self.page.locator("#footage-file .facts-line")).to_be_visible()

    def footage(self) -> None:
        """Bring footage, and wait for what is said of it."""
        self.choose_footage()
        self.onward("Send and check")
        self.checked()

    def picture(self, folder: Path) -> None:
        """Bring a picture, and wait for what is said of it."""
        self.page.get_by_label("Choose the picture").set_input_files(portrait(folder))
        expect(self.page.locator("#picture-file .facts-line")).to_contain_text("1024 × 576")
        self.onward("Send and check")
        self.checked()

    def checked(self) -> None:
        expect(self.page.locator("#verdict h3")).to_be_visible(timeout=240_000)

    def create(self) -> str:
        """Create it; the replica's id."""
        self.onward("Create replica")
        return self.created()

    def created(self) -> str:
        """The id of the replica whose page comes."""
        self.page.wait_for_url(_REPLICA)
        found = _REPLICA.search(self.page.url)
        assert found is not None
        return found[1]

    def onward(self, words: str = "Continue") -> None:
        self.step.get_by_role("button", name=words, exact=True).last.click()

    def sees(self, title: str) -> None:
        """This step is shown, and whoever listens is told so."""
        heading = self.page.get_by_role("heading", level=2, name=title)
        expect(heading).to_be_visible()
        expect(heading).to_be_focused()

    @property
    def step(self) -> Locator:
        """The step that is shown."""
        return self.page.locator("[data-step]:not([hidden])")


def portrait(folder: Path) -> Path:
    """A picture that is large enough."""
    path = folder / "ada.jpg"
    Image.open(_PEOPLE / "ada.jpg").resize((1024, 576)).save(path)
    return path


def short_clip(folder: Path) -> Path:
    """The first ten seconds of the presenter, as they are coded."""
    to = folder / "presenter.mp4"
    with av.open(str(presenter_clip())) as clip, av.open(str(to), "w") as made:
        streams = {stream.index: made.add_stream_from_template(stream) for stream in clip.streams}
        for packet in clip.demux():
            if packet.dts is not None and (packet.pts or 0) * packet.time_base < _LENGTH_S:
                packet.stream = streams[packet.stream.index]
                made.mux(packet)
    return to
