"""The report as a page and as data: complete, safe, on its own, and for everyone."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from made_reports import made_report
from PIL import Image

from countenance.errors import CountenanceError, Finding, Span
from countenance.footage import face_rules, file_rules, sound_rules
from countenance.footage.page import plain_page, recording_page
from countenance.footage.portrait import check_image
from countenance.footage.publish import write_refusal, write_report
from countenance.footage.timeline import SAMPLES_PER_S
from countenance.footage.tracks import ticks, tracks
from countenance.media.errors import UNKNOWN_FORMAT
from countenance.media.read import frames
from countenance.people.lips import LipTrack
from countenance.settings import Settings

SETTINGS = Settings(threads=1)
TURNED = Finding(face_rules.FACE_TURNED, measured=38.0, spans=(Span(1.0, 3.0, 38.0), Span(5.0, 6.0, 29.0)))
QUIET = Finding(sound_rules.QUIET, measured=-48.0)
SHORT = Finding(file_rules.TOO_SHORT, measured=7.0, detail="Much <b>too</b> short.")


class Parsed(HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def written(short_footage: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(
        made_report(short_footage, SHORT, TURNED, QUIET), tmp_path_factory.mktemp("r") / "a" / "b", SETTINGS
    )


def test_the_folder_holds_all_for_its_owner_alone(written: Path) -> None:
    folder = written.parent
    names = {path.name for path in folder.iterdir()}
    assert names == {"report.html", "report.json", "best.jpg", "02-face_turned.jpg", "03-quiet.jpg"}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_the_data_names_the_pictures_and_the_best_part(written: Path) -> None:
    told = json.loads((written.parent / "report.json").read_text())
    assert [finding["evidence"] for finding in told["findings"]] == ["", "02-face_turned.jpg", "03-quiet.jpg"]
    assert told["best"]["evidence"] == "best.jpg"
    assert told["best"]["spans"]
    assert told["remaining_s"] == pytest.approx(12.5, abs=0.2)


def test_nothing_is_loaded_and_nothing_runs(written: Path) -> None:
    page = written.read_text()
    parsed = Parsed(page)
    assert not {"script", "link", "iframe", "object", "form", "base"} & {name for name, _ in parsed.tags}
    places = [value or "" for _, attrs in parsed.tags for name, value in attrs.items() if name in ("src", "href")]
    assert len(places) >= 5
    assert all(place.startswith(("data:image/jpeg;base64,", "#")) for place in places)
    assert not any(name == "style" or name.startswith("on") for _, attrs in parsed.tags for name in attrs)
    assert "url(" not in page
    assert "@import" not in page
    assert not re.search(r"https?://", page)


def test_only_its_own_style_is_allowed(written: Path) -> None:
    page = written.read_text()
    (policy,) = [
        a["content"] or "" for a in Parsed(page).all("meta") if a.get("http-equiv") == "Content-Security-Policy"
    ]
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_pictures_are_those_of_the_folder(written: Path) -> None:
    sources = [attrs["src"] or "" for attrs in Parsed(written.read_text()).all("img")]
    held = {base64.b64decode(source.partition(",")[2]) for source in sources}
    assert held == {path.read_bytes() for path in written.parent.glob("*.jpg")}


def test_it_says_what_was_found(written: Path) -> None:
    text = " ".join(Parsed(written.read_text()).text.split())
    assert "This may not train a replica." in text
    assert "1 problem must be mended first" in text
    assert "1 error, 2 warnings" in text
    assert "00:01-00:03 38 degrees, limit 25" in text
    assert face_rules.FACE_TURNED.remedy in text
    assert face_rules.FACE_TURNED.how in text
    assert "footage.face_turned" in text
    assert "Much <b>too</b> short." in text


def test_it_can_be_read_without_seeing_and_without_a_mouse(written: Path) -> None:
    parsed = Parsed(written.read_text())
    assert parsed.all("html")[0]["lang"] == "en"
    assert len(parsed.all("h1")) == 1
    levels = [int(name[1]) for name, _ in parsed.tags if re.fullmatch("h[1-6]", name)]
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert all(attrs.get("alt") for attrs in parsed.all("img"))
    drawn = [attrs for attrs in parsed.all("svg") if attrs.get("aria-hidden") != "true" and "viewbox" not in attrs]
    assert drawn
    assert all(attrs.get("role") == "img" and attrs.get("aria-label") for attrs in drawn)
    ids = [attrs["id"] for _, attrs in parsed.tags if attrs.get("id")]
    assert len(ids) == len(set(ids))
    assert {(attrs["href"] or "")[1:] for attrs in parsed.all("a")} <= set(ids)
    assert {attrs["aria-labelledby"] for attrs in parsed.all("section")} <= set(ids)


def test_the_timeline_has_a_line_for_each_rule_that_names_stretches(short_footage: Path) -> None:
    report = made_report(short_footage, SHORT, TURNED, QUIET)
    lines = tracks(report, None, ["a", "b", "c"])
    assert [line.label for line in lines] == [
        "Can be used", "Speech", face_rules.FACE_TURNED.title.rstrip("."), "Turn of the head", "Loudness", "",
    ]  # fmt: skip
    turned = lines[2]
    assert (turned.kind, turned.href) == ("warning", "#b")
    first = turned.bars[0]
    assert float(first.x) == pytest.approx(100 / 13, abs=0.1)
    assert float(first.width) == pytest.approx(200 / 13, abs=0.1)
    assert first.title.startswith("00:01-00:03 ")
    assert first.title.endswith(", 38 degrees")


def test_a_long_recording_is_not_a_large_page(short_footage: Path) -> None:
    spans = tuple(Span(s / 100, s / 100 + 0.004, 30.0) for s in range(1250))
    page = recording_page(made_report(short_footage, Finding(face_rules.FACE_TURNED, spans=spans)), None, {})
    assert page.count("<rect") < 400


def test_ticks_fit_a_telephone() -> None:
    for length in (0.5, 7.0, 61.0, 1800.0, 7200.0):
        assert 1 <= len(ticks(length)) <= 14
    assert [tick.text for tick in ticks(60.0)] == ["00:00", "00:10", "00:20", "00:30", "00:40", "00:50"]


def test_listening_is_on_the_timeline(short_footage: Path) -> None:
    report = made_report(short_footage)
    sound = report.timeline.sound
    assert sound is not None
    still = LipTrack(SAMPLES_PER_S, np.full(len(report.timeline.samples), 0.01, np.float32))
    quiet = replace(sound, speech=(Span(0.5, 4.0), Span(5.0, 8.0)))
    line = replace(report.timeline, lips=still, sound=quiet)
    (listens,) = [t for t in tracks(replace(report, timeline=line), None, []) if t.label == "Listening"]
    assert len(listens.bars) == 1
    assert float(listens.bars[0].x) == pytest.approx(100 * 8.0 / 13, abs=3)


def test_a_clean_recording_is_told_so(short_footage: Path) -> None:
    text = " ".join(Parsed(recording_page(made_report(short_footage), None, {})).text.split())
    assert "This may train a replica." in text
    assert "Every rule was kept. There is nothing to mend." in text


def test_advice_does_not_forbid(short_footage: Path) -> None:
    text = Parsed(recording_page(made_report(short_footage, TURNED, QUIET), None, {})).text
    assert "This may train a replica." in text
    assert "Nothing forbids it; 2 things could be better" in text


def test_names_of_files_cannot_become_markup() -> None:
    page = plain_page(Path('"><img src=x onerror=alert(1)><script>.mp4'), [SHORT])
    assert not Parsed(page).all("script")
    assert not Parsed(page).all("img")


def test_a_file_that_cannot_be_read_has_a_page_too(tmp_path: Path) -> None:
    file = tmp_path / "notes.mp4"
    page = write_refusal(file, [Finding(UNKNOWN_FORMAT, file=str(file))], tmp_path / "report")
    parsed = Parsed(page.read_text())
    assert "This may not train a replica." in parsed.text
    assert UNKNOWN_FORMAT.title in parsed.text
    told = json.loads((tmp_path / "report" / "report.json").read_text())
    assert (told["ok"], told["findings"][0]["rule"]) == (False, "media.unknown_format")


def test_a_picture_has_a_page(short_footage: Path, tmp_path: Path) -> None:
    frame = next(frames(short_footage, start_s=1.0, end_s=2.0))
    file = tmp_path / "me.png"
    Image.fromarray(frame.image).save(file)
    report = check_image(file, SETTINGS)
    page = write_report(report, tmp_path / "report", SETTINGS)
    parsed = Parsed(page.read_text())
    verdict = "This may become a replica." if report.ok else "This may not become a replica."
    assert verdict in parsed.text
    assert (tmp_path / "report" / "portrait.jpg").is_file()
    shown = [f for f in json.loads((tmp_path / "report" / "report.json").read_text())["findings"] if f["evidence"]]
    assert shown
    assert len(parsed.all("img")) == len(shown) + 1


def test_a_file_in_the_way_is_a_typed_error(short_footage: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(CountenanceError) as caught:
        write_report(made_report(short_footage), tmp_path / "taken", SETTINGS)
    assert caught.value.finding.rule.id == "media.cannot_write"
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_report_replaces_the_one_before(short_footage: Path, tmp_path: Path) -> None:
    for findings in ((TURNED,), ()):
        page = write_report(made_report(short_footage, *findings), tmp_path / "report", SETTINGS)
    assert "Every rule was kept." in page.read_text()
    assert not list((tmp_path / "report").glob("*face_turned*"))
    assert not list((tmp_path / "report").glob(".*"))


def test_no_other_file_is_removed(short_footage: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.jpg"
    mine.write_text("mine")
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "report.json").write_text(json.dumps({"findings": [{"evidence": "../mine.jpg"}, 7], "best": []}))
    write_report(made_report(short_footage), folder, SETTINGS)
    assert mine.read_text() == "mine"


def test_a_name_that_is_no_text_is_written_all_the_same(tmp_path: Path) -> None:
    """File systems allow names that are not UTF-8; Python holds their bytes as surrogates."""
    strange = Path(b"caf\xe9.mp4".decode("utf-8", "surrogateescape"))
    page = write_refusal(strange, [Finding(UNKNOWN_FORMAT, file=str(strange))], tmp_path / "report")
    assert "caf" in page.read_text("utf-8")
    assert json.loads((page.parent / "report.json").read_text("utf-8"))["file"] == str(strange)
