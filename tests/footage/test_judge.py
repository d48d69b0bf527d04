from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.errors import Severity, Span
from countenance.footage.judge import judge, usable_spans
from countenance.footage.listen import Sound
from countenance.footage.spans import usable_speech_s
from countenance.footage.timeline import SAMPLES_PER_S, FaceSample, Sample, Timeline
from countenance.media.probe import AudioStream, MediaInfo, VideoStream

GOOD = FaceSample(width_px=250, frame_share=0.3, yaw_deg=2.0, pitch_deg=-3.0)
VIDEO = VideoStream(1920, 1080, 0, 25.0, "h264", None, None, True)


def timeline(seconds: float = 90.0, speech_s: float = 80.0, **changes: Any) -> Timeline:
    """A perfect recording, changed in stretches: `nobody`, `two`, `turned`, `profile`, `dark` = (start_s, end_s)."""
    samples = []
    for i in range(round(seconds * SAMPLES_PER_S)):
        sample = Sample(i / SAMPLES_PER_S, 1, GOOD, 120.0)
        for change, (start_s, end_s) in changes.items():
            if start_s <= sample.time_s < end_s:
                sample = CHANGES[change](sample)
        samples.append(sample)
    return Timeline(tuple(samples), sound=Sound((Span(0.0, speech_s),) if speech_s else (), 0.5))


CHANGES = {
    "nobody": lambda s: replace(s, faces=0, face=None),
    "two": lambda s: replace(s, faces=2),
    "turned": lambda s: replace(s, face=replace(GOOD, yaw_deg=-50.0)),
    "profile": lambda s: replace(s, face=replace(GOOD, yaw_deg=None, pitch_deg=None)),
    "dark": lambda s: replace(s, brightness=30.0),
    "black": lambda s: replace(s, faces=0, face=None, brightness=10.0),
    "small": lambda s: replace(s, face=replace(GOOD, width_px=50.0)),
    "smallish": lambda s: replace(s, face=replace(GOOD, width_px=100.0)),
    "far": lambda s: replace(s, face=replace(GOOD, frame_share=0.1)),
}


def info(line: Timeline, video: VideoStream = VIDEO, duration_s: float | None = None) -> MediaInfo:
    return MediaInfo(
        path=Path("/somewhere/me at home.mp4"),
        container="mov,mp4",
        size_bytes=1,
        duration_s=line.seen_s if duration_s is None else duration_s,
        video=video,
        audio=AudioStream("aac", 48_000, 2, None),
    )


def found(line: Timeline, media: MediaInfo | None = None) -> dict[str, Severity]:
    findings = judge(media or info(line), line, usable_spans(line))
    assert all(finding.file == "/somewhere/me at home.mp4" for finding in findings)
    assert all(finding.rule.remedy in finding.message() for finding in findings)
    return {finding.rule.id: finding.severity for finding in findings}


def test_a_good_recording_has_no_findings() -> None:
    assert found(timeline()) == {}
    assert usable_spans(timeline()) == (Span(0.0, 90.0),)


@pytest.mark.parametrize(
    ("changes", "rule", "severity"),
    [
        ({"nobody": (0, 80)}, "footage.no_face", Severity.ERROR),
        ({"nobody": (30, 60)}, "footage.face_missing", Severity.ERROR),
        ({"nobody": (30, 32)}, "footage.face_leaves", Severity.WARNING),
        ({"two": (30, 60)}, "footage.second_person", Severity.ERROR),
        ({"two": (30, 32)}, "footage.someone_passes", Severity.WARNING),
        ({"turned": (30, 32)}, "footage.face_turned", Severity.WARNING),
        ({"profile": (30, 32)}, "footage.face_turned", Severity.WARNING),
        ({"dark": (0, 80)}, "footage.dim", Severity.WARNING),
        ({"small": (0, 90)}, "footage.face_too_small", Severity.ERROR),
        ({"smallish": (0, 90)}, "footage.face_small", Severity.WARNING),
        ({"far": (0, 90)}, "footage.face_far", Severity.HINT),
    ],
)
def test_what_is_seen_gives_its_finding(changes: dict[str, Any], rule: str, severity: Severity) -> None:
    assert found(timeline(**changes))[rule] is severity


def test_a_black_picture_is_dark_and_empty() -> None:
    assert {"footage.too_dark", "footage.no_face"} <= set(found(timeline(black=(0, 90))))


def test_bad_moments_are_named_and_left_out() -> None:
    line = timeline(nobody=(20, 24), two=(40, 42), turned=(60, 66))
    assert usable_spans(line) == (Span(0, 20), Span(24, 40), Span(42, 60), Span(66, 90))
    findings = {finding.rule.id: finding for finding in judge(info(line), line, usable_spans(line))}
    assert findings["footage.face_leaves"].spans == (Span(20, 24),)
    assert findings["footage.someone_passes"].spans == (Span(40, 42),)
    assert findings["footage.face_turned"].spans == (Span(60, 66),)
    assert "00:20-00:24" in findings["footage.face_leaves"].message()
    assert usable_speech_s(line, usable_spans(line)) == pytest.approx(80 - 4 - 2 - 6)


def test_one_failed_detection_is_nobodys_fault() -> None:
    line = timeline(nobody=(20, 20.2))
    assert found(line) == {}
    assert usable_spans(line) == (Span(0, 90),)
    assert usable_spans(timeline(two=(20, 20.2))) == (Span(0, 20), Span(20.24, 90))


def test_a_second_face_for_a_quarter_second_is_never_used_but_not_reported() -> None:
    assert found(timeline(two=(20, 20.2))) == {}


@pytest.mark.parametrize(
    ("speech_s", "rule"),
    [(0.0, "footage.no_speech"), (0.9, "footage.no_speech"), (7.9, "footage.too_little_speech")],
)
def test_too_little_speech_is_an_error(speech_s: float, rule: str) -> None:
    assert found(timeline(speech_s=speech_s)) == {rule: Severity.ERROR}


def test_what_is_wrong_with_all_of_it_says_where_that_is() -> None:
    line = timeline(9.0, 0.5)
    slow = replace(VIDEO, fps=10.0)
    findings = {each.rule.id: each.spans for each in judge(info(line, slow), line, usable_spans(line))}
    for rule in ("footage.too_short", "footage.no_speech", "footage.rate_too_low"):
        (span,) = findings[rule]
        assert span.start_s == 0.0
        assert span.end_s == pytest.approx(9.0, abs=0.1)


def test_speech_counts_only_where_the_face_is_seen() -> None:
    assert found(timeline(speech_s=15)) == {"footage.little_speech": Severity.WARNING}
    line = timeline(speech_s=15, turned=(0, 10))
    assert found(line)["footage.too_little_speech"] is Severity.ERROR


def test_sound() -> None:
    assert found(replace(timeline(), sound=None)) == {"media.no_audio": Severity.ERROR}
    assert found(replace(timeline(), sound=Sound((), 0.0))) == {"footage.silent": Severity.ERROR}


@pytest.mark.parametrize(
    ("video", "rule", "severity"),
    [
        (replace(VIDEO, fps=10.0), "footage.rate_too_low", Severity.ERROR),
        (replace(VIDEO, fps=20.0), "footage.rate_low", Severity.WARNING),
        (replace(VIDEO, constant_rate=False), "footage.rate_uneven", Severity.HINT),
        (replace(VIDEO, width=640, height=360), "footage.resolution_low", Severity.WARNING),
        (replace(VIDEO, duration_s=120.0), "media.truncated", Severity.WARNING),
    ],
)
def test_the_file(video: VideoStream, rule: str, severity: Severity) -> None:
    line = timeline()
    assert found(line, info(line, video)) == {rule: severity}


def test_film_rate_and_a_tall_picture_are_fine() -> None:
    line = timeline()
    assert found(line, info(line, replace(VIDEO, fps=24_000 / 1001, width=1080, height=1920))) == {}


def test_length_is_what_was_seen_where_the_header_is_wrong() -> None:
    assert "footage.too_short" in found(timeline(9.75, 9.5))
    long_header = timeline(9.75, 9.5)
    assert {"footage.too_short", "media.truncated"} <= set(found(long_header, info(long_header, duration_s=60.0)))
    short_header = timeline(30.0, 29.0)
    assert "footage.too_short" not in found(short_header, info(short_header, duration_s=2.98))


def test_errors_come_first() -> None:
    severities = list(found(timeline(speech_s=5, far=(0, 90), turned=(3, 5), nobody=(30, 80))).values())
    assert severities == sorted(severities, key=list(Severity).index)
    assert len(set(severities)) == 3


@settings(deadline=None)
@given(st.lists(st.sampled_from([None, *CHANGES]), max_size=200))
def test_usable_spans_hold_only_what_can_be_used(kinds: list[str | None]) -> None:
    samples = tuple(
        CHANGES.get(kind or "", lambda s: s)(Sample(i / SAMPLES_PER_S, 1, GOOD, 120.0)) for i, kind in enumerate(kinds)
    )
    line = Timeline(samples, sound=Sound((Span(0.0, len(samples) / SAMPLES_PER_S),), 0.5))
    usable = usable_spans(line)
    for span in usable:
        assert span.duration_s >= 1.0
        inside = [s for s in samples if span.start_s <= s.time_s < span.end_s]
        assert all(sample.faces <= 1 for sample in inside)
    assert all(a.end_s < b.start_s for a, b in pairwise(usable))
    judge(info(line), line, usable)
