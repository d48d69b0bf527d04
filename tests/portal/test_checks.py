"""What a browser finds in a file before it is sent is what the server would find."""

from __future__ import annotations

import base64
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from playwright.sync_api import Page

from countenance.errors import CountenanceError
from countenance.media.probe import probe
from countenance.portal.limits import limits_for
from countenance.settings import Settings
from countenance.stock.clips import consent_clip

Check = Callable[..., dict[str, Any]]
_CHECK = """async ({name, data, purpose}) => {
  const { check, findingsList } = await import("/static/checks.js");
  const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
  const report = await check(new File([bytes], name), purpose);
  return { ...report, told: findingsList(report.findings).textContent };
}"""


@pytest.fixture
def check(page: Page) -> Check:
    """`check(path, purpose, **limits)`: the report of the browser; limits replace those of the rules."""
    page.goto("/sign-in")

    def checked(path: Path, purpose: str, **limits: float) -> dict[str, Any]:
        wanted = limits_for(Settings())["purposes"][purpose]
        for name, limit in limits.items():
            wanted["rules"][name]["limit"] = limit
        told = {"name": path.name, "data": base64.b64encode(path.read_bytes()).decode(), "purpose": wanted}
        report: dict[str, Any] = page.evaluate(_CHECK, told)
        return report

    return checked


def _film(path: Path, seconds: float, size: tuple[int, int]) -> Path:
    """A film of grey, in WebM."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libvpx", rate=25)
        stream.width, stream.height = size
        grey = np.full((size[1], size[0], 3), 128, np.uint8)
        for at in range(int(seconds * 25)):
            frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
            frame.pts, frame.time_base = at, Fraction(1, 25)
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    return path


def _rules(report: dict[str, Any]) -> list[tuple[str, str]]:
    return [(found["rule"], found["severity"]) for found in report["findings"]]


def test_a_good_film_has_the_length_and_size_that_the_server_sees(check: Check) -> None:
    clip, seen = consent_clip(), probe(consent_clip())
    for purpose in ("consent", "consent_link", "training"):
        report = check(clip, purpose)
        assert (report["ok"], report["findings"], report["told"]) == (True, [], ""), purpose
    facts = report["facts"]
    assert seen.video is not None
    assert (facts["width"], facts["height"]) == (seen.video.width, seen.video.height)
    assert facts["duration_s"] == pytest.approx(seen.duration_s, abs=0.05)
    assert (facts["container"], facts["bytes"]) == ("mp4", clip.stat().st_size)


def test_a_film_beyond_the_limits_is_told_with_measure_limit_and_remedy(check: Check, tmp_path: Path) -> None:
    short = check(_film(tmp_path / "short.webm", 2, (320, 180)), "training")
    assert not short["ok"]
    assert _rules(short) == [("footage.too_short", "error"), ("footage.resolution_low", "warning")]
    assert short["findings"][0]["measured"] == pytest.approx(2, abs=0.1)
    assert "at least 10 s" in short["told"]
    assert "It is 320 x 180." in short["told"]
    assert "Record a minute or more" in short["told"]
    spoken = check(tmp_path / "short.webm", "consent")
    assert _rules(spoken) == [("consent.no_speech", "error")]
    clip = consent_clip()
    assert _rules(check(clip, "training", too_large=1.0)) == [("media.file_too_large", "error")]
    assert _rules(check(clip, "consent_link", too_large=1.0)) == [("service.upload_too_large", "error")]
    beyond = check(clip, "training", too_long=5.0, too_many_pixels=0.5)
    assert _rules(beyond) == [("media.picture_too_large", "error"), ("media.too_long", "error")]


def test_figures_are_told_as_on_the_page_of_a_replica(page: Page) -> None:
    page.goto("/sign-in")
    say = "async (each) => (await import('/static/checks.js')).measureText(each)"
    for measured, limit, unit, said in (
        (14.18, 10, "% of the time", "Measured 14.2 % of the time, at most 10 %."),
        (4, 1, "parts of the face", "Measured 4 parts of the face, at most 1 part of the face."),
        (4.221, 3, "times the movement around it", "Measured 4.22 times the movement around it, at most 3 times."),
        (31.07, 60, "s of speech", "Measured 31.1 s of speech, at least 60 s."),
        (22000.4, 750, "MB", "Measured 22,000 MB, at most 750 MB."),
        (-40, 5, "dB", "Measured -40 dB, limit 5 dB."),
        ("avi", None, "", "Measured avi."),
    ):
        assert page.evaluate(say, {"measured": measured, "limit": limit, "unit": unit}) == said


@pytest.mark.parametrize(
    ("name", "content", "purpose", "rule"),
    [
        ("film.exe", b"\0\0\0\x18ftypisom", "training", "service.upload_kind"),
        ("film.mp4", b"", "training", "media.empty_file"),
        ("film.mp4", b"<!doctype html><html>", "training", "media.unknown_format"),
        ("film.mp4", b"\x89PNG\r\n\x1a\n", "training", "media.unknown_format"),
        ("face.png", b"\0\0\0\x18ftypisom\0\0\0\0", "picture", "media.unknown_image"),
        ("face.png", b"\x89PNG\r\n\x1a\n damaged", "picture", "media.unknown_image"),
        ("face.jpg", b"\0\0\0\x18ftypheic\0\0\0\0", "picture", "media.unknown_image"),
    ],
)
def test_what_is_no_such_file_is_not_sent(
    check: Check, tmp_path: Path, name: str, content: bytes, purpose: str, rule: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    report = check(path, purpose)
    assert (report["ok"], _rules(report)) == (False, [(rule, "error")])
    with pytest.raises(CountenanceError):
        probe(path)


def test_pictures_are_measured(check: Check, tmp_path: Path) -> None:
    for name, side, rules in (
        ("small.png", 400, [("portrait.too_small", "error")]),
        ("good.jpg", 640, []),
        ("good.webp", 640, [("portrait.format", "hint")]),
    ):
        path = tmp_path / name
        cv2.imwrite(str(path), np.full((side, side + 40, 3), 90, np.uint8))
        report = check(path, "picture")
        assert _rules(report) == rules, name
        assert (report["facts"]["width"], report["facts"]["height"]) == (side + 40, side)
    few = check(tmp_path / "good.webp", "picture", too_many_pixels=0.2)
    assert few["findings"][0]["rule"] == "media.picture_too_large"


def test_what_a_browser_cannot_play_is_left_to_the_server(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "film.avi"
    path.write_bytes(b"RIFF\0\0\0\0AVI LIST")
    report = check(path, "training")
    assert (report["ok"], _rules(report)) == (True, [("footage.container", "hint")])
    assert (report["facts"]["container"], report["facts"]["duration_s"]) == ("avi", None)
