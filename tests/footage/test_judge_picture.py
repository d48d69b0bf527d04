"""The rules for the file, the face and the picture, on numbers made for the purpose."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from countenance.errors import Finding, Rule, Severity, Span
from countenance.footage import rules
from countenance.footage.judge import judge, usable_spans
from countenance.footage.judge_picture import picture_findings
from countenance.footage.listen import Sound
from countenance.footage.report import Report
from countenance.footage.spans import joined, runs, total_s
from countenance.footage.timeline import PATCHES, SAMPLES_PER_S, Box, FaceSample, FaceView, Pictures, Sample, Timeline
from countenance.media.probe import AudioStream, MediaInfo, VideoStream

SECONDS, FPS = 40.0, 25
SKIN = (70.0, 12.0, 18.0)
COLOURS = tuple((40.0, 8.0, 8.0) if "eye" in name else SKIN for name in PATCHES)
VIEW = FaceView(sharpness=62.0, blockiness=2.0, dark=0.0, bright=0.0, uneven=8.0, colours=COLOURS)
FACE = FaceSample(250, 0.3, 2.0, -3.0, 1.0, Box(0.42, 0.2, 0.16, 0.3), eyes_shut=0.05, view=VIEW)
VIDEO = VideoStream(1920, 1080, 0, 25.0, "h264", None, None, True)
INFO = MediaInfo(Path("me.mp4"), "mov,mp4,m4a", 1, SECONDS, VIDEO, AudioStream("aac", 48_000, 2, None))

Curves = dict[str, NDArray[np.float64]]


def calm() -> Curves:
    """Numbers of every picture of a recording in which somebody talks and nothing is wrong."""
    count = round(SECONDS * FPS)
    rng = np.random.default_rng(3)
    talk = 1 + 0.4 * np.sin(np.arange(count) / 3) + rng.uniform(0, 0.2, count)
    return {
        "time_s": np.arange(count) / FPS,
        "brightness": np.full(count, 120.0),
        "face_brightness": np.full(count, 130.0),
        "change": 0.3 * talk,
        "head_change": 0.6 * talk,
        "lasting": 0.9 * talk,
        "fine_change": 0.8 * talk,
        "row_change": np.full(count, 0.1),
        "shift_x": rng.normal(0, 0.005, count),
        "shift_y": rng.normal(0, 0.005, count),
    }


def line(
    change: Callable[[Sample], Sample] = lambda sample: sample,
    at: tuple[float, float] = (0, SECONDS),
    curves: Curves | None = None,
) -> Timeline:
    """A good recording of which the samples between two times are changed."""
    samples = [Sample(i / SAMPLES_PER_S, 1, FACE, 130.0) for i in range(round(SECONDS * SAMPLES_PER_S))]
    samples = [change(s) if at[0] <= s.time_s < at[1] else s for s in samples]
    pictures = Pictures.of(np.stack(list((curves or calm()).values()), axis=1).tolist())
    return Timeline(tuple(samples), pictures=pictures, sound=Sound((Span(0, 30),), 0.5))


def face(**changes: object) -> Callable[[Sample], Sample]:
    return lambda sample: replace(sample, face=replace(FACE, **changes))  # type: ignore[arg-type]


def view(**changes: object) -> Callable[[Sample], Sample]:
    return face(view=replace(VIEW, **changes))  # type: ignore[arg-type]


def coloured(**parts: tuple[float, float, float]) -> Callable[[Sample], Sample]:
    return view(colours=tuple(parts.get(name.replace(" ", "_"), COLOURS[i]) for i, name in enumerate(PATCHES)))


def findings(timeline: Timeline, info: MediaInfo = INFO) -> dict[str, Finding]:
    return {found.rule.id.removeprefix("footage."): found for found in picture_findings(info, timeline)}


def test_a_good_recording_has_no_findings() -> None:
    assert findings(line()) == {}
    assert usable_spans(line()) == (Span(0, SECONDS),)


def test_of_a_recording_that_lies_only_that_is_said_of_the_face() -> None:
    lying = replace(line(lambda s: replace(s, faces=0, face=None)), stands_at_deg=90)
    found = findings(lying)
    assert set(found) == {"on_its_side"}
    assert found["on_its_side"].measured == 90
    assert "turned clockwise by 90 degrees" in found["on_its_side"].detail
    assert usable_spans(lying) == ()


def test_light_that_goes_on_and_off_is_found_whichever_lasts_longer() -> None:
    half = line(lambda s: replace(s, brightness=105.0), (0, SECONDS / 2))
    [span] = findings(half)["light_changes"].spans
    assert span.duration_s == pytest.approx(SECONDS / 2, abs=0.3)
    assert span.worst == pytest.approx(19.2, abs=5)


def test_what_is_out_of_focus_is_left_out() -> None:
    before, after = usable_spans(line(view(sharpness=27.0), (12, 16)))
    assert before.end_s == pytest.approx(12, abs=0.1)
    assert after.start_s == pytest.approx(16, abs=0.1)
    assert usable_spans(line(view(sharpness=27.0))) == (Span(0, SECONDS),)


CLOTH = (66.0, -4.0, -12.0)


@pytest.mark.parametrize(
    ("change", "rule", "worst"),
    [
        (face(yaw_deg=-38.0), "face_turned", 38),
        (face(pitch_deg=27.0), "face_turned", 30),
        (face(roll_deg=-20.0), "head_tilted", 20),
        (face(eyes_shut=0.8), "eyes_shut", 4),
        (face(box=Box(0.42, 0.01, 0.16, 0.68)), "head_cut", 1),
        (lambda s: replace(s, brightness=90.0), "light_changes", 30.8),
        (view(sharpness=27.0), "blurred", 27),
        (lambda s: replace(s, background=35.0), "background_moves", 35),
        (coloured(chin=CLOTH, upper_lip=CLOTH, left_jaw=CLOTH, right_jaw=CLOTH), "face_covered", 4),
        (
            coloured(nose=(62, 18, 24), upper_lip=(60, 17, 24), chin=(60, 18, 25), left_jaw=(61, 17, 25)),
            "face_covered",
            4,
        ),
        (coloured(right_eye=(15, 2, 2), left_eye=(16, 2, 2)), "eyes_covered", 22.9),
    ],
)
def test_a_stretch_is_named_with_its_worst_value(change: Callable[[Sample], Sample], rule: str, worst: float) -> None:
    found = findings(line(change, (12, 16)))
    assert list(found) == [rule]
    [span] = found[rule].spans
    assert span.start_s == pytest.approx(12, abs=0.3)
    assert span.end_s == pytest.approx(16, abs=0.3)
    assert span.worst == pytest.approx(worst, abs=0.1)
    assert found[rule].measured == span.worst
    assert found[rule].severity is Severity.WARNING


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (face(frame_share=0.9), "face_near"),
        (face(box=Box(0.42, 0.5, 0.16, 0.3)), "headroom"),
        (face(box=Box(0.65, 0.2, 0.16, 0.3)), "off_centre"),
        (face(pitch_deg=-18.0), "camera_angle"),
        (view(bright=45.0), "overexposed"),
        (view(uneven=40.0), "uneven_light"),
        (view(sharpness=30.0), "blurred"),
        (view(blockiness=90.0), "compressed"),
        (lambda s: replace(s, contrast=60.0), "low_contrast"),
        (lambda s: replace(s, bars=25.0), "letterbox"),
        (coloured(left_cheek=(15, 5, 8)), "face_covered"),
    ],
)
def test_what_is_so_all_the_time_is_named_once(change: Callable[[Sample], Sample], rule: str) -> None:
    assert list(findings(line(change))) == [rule]


def test_a_face_that_is_always_alike_trains_on_though_it_seems_covered() -> None:
    beard = line(coloured(chin=(15, 3, 4), left_jaw=(14, 3, 4), right_jaw=(15, 3, 4)))
    assert "face_covered" in findings(beard)
    assert usable_spans(beard) == (Span(0, SECONDS),)


def test_an_hour_by_the_window_is_light_not_cover() -> None:
    cloud = coloured(
        **{name.replace(" ", "_"): (L - 15, a, b) for name, (L, a, b) in zip(PATCHES, COLOURS, strict=True)}
    )
    assert "face_covered" not in findings(line(cloud, (10, 20)))


def moving(sample: Sample) -> Sample:
    return face(box=Box(0.42 + 0.06 * np.sin(4 * sample.time_s), 0.2, 0.16, 0.3))(sample)


def nearing(sample: Sample) -> Sample:
    return face(width_px=200 + 3 * sample.time_s)(sample)


def test_movement_of_the_head() -> None:
    assert list(findings(line(moving))) == ["head_moves"]
    assert findings(line(nearing))["distance_changes"].measured == pytest.approx(100 * (314 / 206 - 1), abs=2)


def changed(name: str, begin: float, end: float, value: float | NDArray[np.float64]) -> Curves:
    curves = calm()
    curves[name][round(begin * FPS) : round(end * FPS)] = value
    return curves


def cut_at(*times: float) -> Curves:
    curves = calm()
    for time in times:
        i = round(time * FPS)
        curves["head_change"][i] = curves["lasting"][i] = curves["lasting"][i + 1] = 14.0
    return curves


def test_a_cut_is_named_and_ends_a_usable_stretch() -> None:
    timeline = line(curves=cut_at(10, 25))
    found = findings(timeline)
    assert list(found) == ["cut"]
    assert [(span.start_s, span.end_s) for span in found["cut"].spans] == [(9.96, 10.0), (24.96, 25.0)]
    usable = usable_spans(timeline)
    assert len(usable) == 3
    assert all(not span.start_s < cut < span.end_s for span in usable for cut in (9.98, 24.98))
    assert total_s(usable) == pytest.approx(SECONDS, abs=0.35)


def test_a_flash_and_fast_movement_are_no_cuts() -> None:
    curves = changed("brightness", 10, 10.08, 220.0)
    curves["head_change"][250] = curves["head_change"][252] = 50.0
    curves["lasting"][252] = 1.0
    curves["lasting"][253] = 1.0
    curves["lasting"][250] = curves["lasting"][251] = 50.0
    curves["lasting"][250:254] = (50.0, 1.0, 50.0, 1.0)
    assert list(findings(line(curves=curves))) == ["flash"]
    assert findings(line(curves=changed("head_change", 10, 11, 14.0))) == {}


def test_frozen_and_repeated_pictures() -> None:
    curves = changed("fine_change", 10, 13, 0.0)
    curves["head_change"][250:325] = 0.0
    found = findings(line(curves=curves))
    assert list(found) == ["frozen"]
    assert found["frozen"].measured == pytest.approx(3)
    assert total_s(usable_spans(line(curves=curves))) == pytest.approx(SECONDS - 3, abs=0.2)
    curves = calm()
    for name in ("fine_change", "head_change"):
        curves[name][::3] *= 0.05
    assert findings(line(curves=curves))["duplicated"].measured == pytest.approx(33, abs=1)


def test_camera_and_light() -> None:
    swing = 0.4 * np.sin(np.arange(250) / 1.5)
    assert list(findings(line(curves=changed("shift_x", 10, 20, swing)))) == ["camera_shake"]
    assert list(findings(line(curves=changed("shift_x", 10, 20, 0.1)))) == ["camera_moves"]
    assert list(findings(line(curves=changed("row_change", 10, 20, 3.0)))) == ["flicker"]
    assert list(findings(line(curves={**calm(), "fine_change": np.full(1000, 8.0)}))) == ["noise"]


@pytest.mark.parametrize(
    ("container", "video", "audio", "rule"),
    [
        ("mov,mp4,m4a", "hevc", "aac", "codec"),
        ("mov,mp4,m4a", "h264", "mp3", "codec"),
        ("avi", "h264", "aac", "container"),
        ("avi", "mjpeg", "pcm_s16le", "container_and_codec"),
        ("matroska,webm", "h264", "aac", "container_and_codec"),
    ],
)
def test_a_less_common_file_is_a_hint(container: str, video: str, audio: str, rule: str) -> None:
    info = replace(
        INFO, container=container, video=replace(VIDEO, codec=video), audio=AudioStream(audio, 48_000, 2, None)
    )
    assert {name: found.severity for name, found in findings(line(), info).items()} == {rule: Severity.HINT}


def test_webm_is_common() -> None:
    info = replace(INFO, path=Path("me.webm"), container="matroska,webm", video=replace(VIDEO, codec="vp9"))
    assert findings(line(), replace(info, audio=AudioStream("opus", 48_000, 2, None))) == {}


def test_pictures_that_are_missing_make_an_uneven_rate() -> None:
    curves = calm()
    kept = np.flatnonzero(np.random.default_rng(0).random(1000) > 0.1)
    assert "rate_uneven" in findings(line(curves={name: values[kept] for name, values in curves.items()}))


def test_ids_are_unique_and_every_limit_is_explained() -> None:
    ids = [rule.id for rule in rules.RULES]
    assert len(ids) == len(set(ids))
    assert all(rule.unit for rule in rules.RULES if rule.limit is not None)
    assert all(rule.title.endswith(".") and rule.remedy.endswith(".") for rule in rules.RULES)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(rules.RULES), max_size=12), st.randoms(use_true_random=False))
def test_the_decision_depends_on_the_set_of_findings_alone(broken: list[Rule], rng: random.Random) -> None:
    one = tuple(Finding(rule) for rule in broken)
    other = tuple(rng.sample(one, len(one)))
    usable = (Span(0, 10), Span(12, 20))
    reports = [Report(INFO.path, INFO, line(), found, usable, 15.0) for found in (one, other)]
    assert len({report.ok for report in reports}) == 1
    assert reports[0].ok == all(rule.severity is not Severity.ERROR for rule in broken)
    assert reports[0].remaining_s == 18


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(["good", "turned", "two", "nobody", "dark"]), min_size=10, max_size=20))
def test_a_recording_and_its_reverse_are_judged_alike(seconds: list[str]) -> None:
    kinds: dict[str, Callable[[Sample], Sample]] = {
        "good": lambda s: s,
        "turned": face(yaw_deg=45.0),
        "two": lambda s: replace(s, faces=2),
        "nobody": lambda s: replace(s, faces=0, face=None),
        "dark": lambda s: replace(s, brightness=40.0),
    }
    good = Sample(0.0, 1, FACE, 130.0)
    samples = [kinds[kind](good) for kind in seconds for _ in range(25)]

    def judged(samples: list[Sample]) -> tuple[set[str], float]:
        ordered = tuple(replace(sample, time_s=i / SAMPLES_PER_S) for i, sample in enumerate(samples))
        timeline = Timeline(ordered, sound=Sound((Span(0, len(samples) / SAMPLES_PER_S),), 0.5))
        info = replace(INFO, duration_s=timeline.seen_s)
        usable = usable_spans(timeline)
        return {found.rule.id for found in judge(info, timeline, usable)}, round(total_s(usable), 6)

    assert judged(samples) == judged(samples[::-1])


def test_spans() -> None:
    assert runs([True, True, False, True], [1, 3, 9, 2], rate_hz=2) == [Span(0, 1), Span(1.5, 2)]
    assert [span.worst for span in runs([True, True, False, True], [1, 3, 9, 2], rate_hz=2)] == [3, 2]
    assert runs([]) == []
    assert [(s.start_s, s.end_s, s.worst) for s in joined([Span(3, 4, 5), Span(0, 1, 2), Span(1.2, 2, 7)], 0.5)] == [
        (0, 2, 7),
        (3, 4, 5),
    ]
