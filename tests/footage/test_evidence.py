"""Evidence pictures: every rule that can be shown is, and what is drawn is where it belongs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_reports import made_report, made_timeline, one_of_each
from PIL import Image

from countenance.errors import CountenanceError, Finding, Rule, Span
from countenance.footage import face_rules, picture_rules, portrait_rules, sound_rules
from countenance.footage.choose import best_stretch
from countenance.footage.evidence import draw_best, draw_evidence, moments
from countenance.footage.evidence.canvas import WRONG, Canvas, Caption, captioned
from countenance.footage.evidence.plot import Curve, plot
from countenance.footage.evidence.scene import pictures_at, waves_at
from countenance.footage.evidence.table import PORTRAITS, TABLE
from countenance.footage.rules import RULES
from countenance.media.probe import probe
from countenance.media.read import audio, frames
from countenance.settings import Settings

SETTINGS = Settings(threads=1)


def test_no_rule_in_the_tables_is_unknown() -> None:
    assert TABLE.keys() <= {rule.id for rule in RULES}
    assert PORTRAITS.keys() <= {rule.id for rule in portrait_rules.RULES}


def test_most_rules_of_what_is_seen_can_be_shown() -> None:
    seen = [*face_rules.RULES, *picture_rules.RULES]
    assert [rule.id for rule in seen if rule.id not in TABLE] == ["footage.duplicated"]


def test_every_picture_is_drawn(short_footage: Path, tmp_path: Path) -> None:
    report = draw_evidence(made_report(short_footage, *one_of_each()), tmp_path, SETTINGS)
    assert len(report.findings) > 30
    assert [finding.rule.id for finding in report.findings if not finding.evidence] == []
    for finding in report.findings:
        path = tmp_path / finding.evidence
        with Image.open(path) as picture:
            assert 480 <= max(picture.size) <= 1000
            assert np.asarray(picture).std() > 5
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.stat().st_size < 250_000


def test_a_rule_without_a_place_has_no_picture(short_footage: Path, tmp_path: Path) -> None:
    unseen = Rule("footage.made_up", "Something.", "Nothing.")
    report = made_report(short_footage, Finding(unseen, measured=1.0), Finding(unseen, spans=(Span(1.0, 2.0),)))
    assert [finding.evidence for finding in draw_evidence(report, tmp_path, SETTINGS).findings] == [
        "",
        "02-made_up.jpg",
    ]


def test_what_can_no_longer_be_read_is_not_shown(short_footage: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(short_footage.read_bytes())
    report = made_report(copy, Finding(face_rules.FACE_TURNED, spans=(Span(1.0, 2.0, 40.0),)))
    copy.unlink()
    assert [finding.evidence for finding in draw_evidence(report, tmp_path, SETTINGS).findings] == [""]


def test_nowhere_to_write_is_a_typed_error(short_footage: Path, tmp_path: Path) -> None:
    report = made_report(short_footage, Finding(sound_rules.QUIET, measured=-50.0))
    with pytest.raises(CountenanceError) as caught:
        draw_evidence(report, tmp_path / "missing", SETTINGS)
    assert caught.value.finding.rule.id == "media.cannot_write"


def test_the_best_part_is_a_strip(short_footage: Path, tmp_path: Path) -> None:
    report = made_report(short_footage)
    best = best_stretch(report.timeline, report.usable)
    assert best is not None
    with Image.open(tmp_path / draw_best(report, best, tmp_path, SETTINGS)) as strip:
        assert strip.width > 2 * strip.height


def test_pictures_are_those_of_their_time(short_footage: Path) -> None:
    wanted = {round(frame.time_s, 2): frame.image for frame in frames(short_footage, end_s=6.0, max_side=1280)}
    times = [0.0, 2.0, 2.04, 5.96]
    for time_s, rgb in pictures_at(probe(short_footage), times, SETTINGS):
        assert np.array_equal(rgb, wanted[time_s])


def test_sound_is_that_of_its_time(short_footage: Path) -> None:
    whole = audio(short_footage)
    found = list(waves_at(probe(short_footage), [0.1, 4.0, 4.1], 0.3, SETTINGS))
    assert [round(start_s, 2) for start_s, _ in found] == [0.0, 3.7, 3.8]
    for start_s, samples in found:
        first = round(start_s * 16_000)
        assert np.array_equal(samples, whole[first : first + len(samples)])
        assert len(samples) >= 6_000


def test_the_worst_moment_is_where_it_was_measured() -> None:
    line = made_timeline(10.0)
    turned = Finding(face_rules.FACE_TURNED, spans=(Span(1.0, 2.0, 30.0), Span(4.0, 5.0, 55.0), Span(6.0, 9.0, 31.0)))
    assert 4.0 <= moments.worst_moment(turned, line, moments.turn) < 5.0
    dim = Finding(picture_rules.DIM, measured=43.0)
    at = moments.worst_moment(dim, line, moments.brightness)
    assert next(s.brightness for s in line.samples if s.time_s == at) == 43.0
    low = Finding(face_rules.HEAD_CUT, spans=(Span(1.0, 2.0, 1.5), Span(3.0, 4.0, -8.0)))
    assert moments.worst_span(low) == Span(3.0, 4.0)


def test_a_box_is_drawn_where_it_is() -> None:
    canvas = Canvas(np.zeros((540, 960, 3), np.uint8))
    canvas.box((100, 50, 200, 300), WRONG)
    picture = np.asarray(canvas.drawn()).astype(int)
    for x, y in ((100, 200), (300, 200), (200, 50), (200, 350)):
        assert np.abs(picture[y, x] - WRONG).max() < 40
    assert picture[200, 200].max() == 0


def test_large_pictures_are_made_smaller_and_places_with_them() -> None:
    canvas = Canvas(np.zeros((2160, 3840, 3), np.uint8))
    canvas.fill((0, 0, 1920, 2160), WRONG, 1.0)
    picture = np.asarray(canvas.drawn())
    assert picture.shape == (540, 960, 3)
    assert picture[:, 470].min(axis=0).tolist() == list(WRONG)
    assert picture[:, 490].max() == 0


def test_long_titles_are_broken_and_nothing_is_cut() -> None:
    picture = Image.new("RGB", (200, 300))
    short, long = (captioned(picture, Caption("00:01", "word " * count)) for count in (3, 60))
    assert short.width == long.width == 480
    assert long.height > short.height + 100


def test_a_plot_shows_a_peak_between_samples() -> None:
    times = np.arange(0, 100, 0.001)
    values = np.where(np.abs(times - 50) < 0.002, 1.0, 0.0)
    picture = np.asarray(plot([Curve(times, values, WRONG)], (0.0, 100.0), reach=(0.0, 1.0))).astype(int)
    upper = picture[45:200]
    assert (np.abs(upper - WRONG).max(axis=2) < 60).any()
