"""The best part of a recording, on recordings made of numbers in which it is known which part is best."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from countenance.errors import Span
from countenance.footage.choose import Choice, best_stretch
from countenance.footage.listen import Sound
from countenance.footage.sounds import TIMBRE_RATE_HZ, kinds_of_sound, timbre
from countenance.footage.timeline import SAMPLES_PER_S, FaceSample, FaceView, Sample, Timeline
from countenance.people.lips import LipTrack

RATE = 16_000
Within = Callable[[float], bool]


@dataclass(frozen=True)
class Made:
    """What varies when: each says whether there is variety at a time in seconds."""

    sounds: Within = lambda _: True
    lips: Within = lambda _: True
    poses: Within = lambda _: True
    sharp: Within = lambda _: True
    steady: Within = lambda _: True
    spoken: Within = lambda _: True


def after(start_s: float) -> Within:
    return lambda time_s: time_s >= start_s


def recording(seconds: float, made: Made) -> Timeline:
    rng = np.random.default_rng(7)
    samples = []
    for i in range(round(seconds * SAMPLES_PER_S)):
        at = i / SAMPLES_PER_S
        yaw, pitch = rng.uniform(-20, 20, 2) if made.poses(at) else (0.0, 0.0)
        view = FaceView(30.0 if made.sharp(at) else 10.0, 0, 0, 0, 0)
        face = FaceSample(250.0, 0.3, float(yaw), float(pitch), view=view)
        light = 120.0 if made.steady(at) else 120.0 + float(rng.uniform(-40, 40))
        samples.append(Sample(at, 1, face, light))
    gaps = [rng.uniform(0, 0.3) if made.lips(i / SAMPLES_PER_S) else 0.05 for i in range(len(samples))]
    lips = LipTrack(SAMPLES_PER_S, np.array(gaps, np.float32))
    count = round(seconds * TIMBRE_RATE_HZ)
    times = np.arange(count) / TIMBRE_RATE_HZ
    varied = np.array([made.sounds(at) for at in times])
    timbres = np.where(varied[:, None], rng.integers(0, 256, (count, 3)), 128).astype(np.uint8)
    return Timeline(tuple(samples), lips, sound=Sound(spoken_spans(seconds, made.spoken), 0.5, timbre=timbres))


def spoken_spans(seconds: float, spoken: Within) -> tuple[Span, ...]:
    return tuple(Span(float(s), s + 1.0) for s in range(int(seconds)) if spoken(s))


def chosen(line: Timeline, usable: Sequence[Span] | None = None, seconds: float = 30.0) -> Choice:
    choice = best_stretch(line, usable or [Span(0.0, line.seen_s)], seconds)
    assert choice is not None
    return choice


@pytest.mark.parametrize("what", ["sounds", "lips", "poses", "sharp", "steady", "spoken"])
def test_the_part_with_more_variety_is_best(what: str) -> None:
    choice = chosen(recording(100.0, replace(Made(), **{what: after(50.0)})))
    (span,) = choice.spans
    assert span.duration_s == pytest.approx(30.0)
    assert span.start_s >= 39.0


def test_shares_are_shares_and_are_told_in_words() -> None:
    choice = chosen(recording(60.0, Made(sounds=after(30.0))))
    told = choice.as_dict()
    for name in ("score", "sounds", "lips", "poses", "steadiness"):
        assert 0.0 < told[name] <= 1.0
    assert choice.sounds > 0.9
    assert "s of speech with" in choice.why
    assert "openings of the mouth" in choice.why


def test_only_usable_parts_count() -> None:
    line = recording(120.0, Made(sounds=after(60.0)))
    (span,) = chosen(line, [Span(0.0, 55.0), Span(100.0, 110.0)]).spans
    assert span.end_s <= 55.0


def test_short_parts_are_put_together_by_what_they_add() -> None:
    line = recording(120.0, Made(sounds=after(60.0), lips=after(60.0), poses=after(60.0)))
    usable = [Span(float(s), s + 8.0) for s in range(0, 120, 10)]
    choice = chosen(line, usable)
    assert len(choice.spans) > 1
    assert choice.duration_s == pytest.approx(30.0, abs=1.0)
    assert list(choice.spans) == sorted(choice.spans, key=lambda span: span.start_s)
    assert all(any(u.start_s <= s.start_s and s.end_s <= u.end_s for u in usable) for s in choice.spans)
    assert sum(span.duration_s for span in choice.spans if span.start_s >= 60.0) > 20.0


def test_one_part_after_the_other_says_something_new() -> None:
    """Two kinds of mouth, each in two parts: one of each is taken rather than both of one."""
    line = recording(40.0, Made())
    gaps = np.repeat(np.array([0.05, 0.05, 0.25, 0.25], np.float32), round(10 * SAMPLES_PER_S))
    line = replace(line, lips=LipTrack(SAMPLES_PER_S, gaps), sound=Sound(spoken_spans(40, lambda _: True), 0.5,
                   timbre=np.full((1000, 3), 128, np.uint8)))  # fmt: skip
    samples = tuple(replace(s, face=replace(s.face, yaw_deg=0.0, pitch_deg=0.0)) for s in line.samples if s.face)
    parts = [Span(10.0 * i, 10.0 * i + 9.0) for i in range(4)]
    halves = {span.start_s >= 20.0 for span in chosen(replace(line, samples=samples), parts, 18.0).spans}
    assert halves == {False, True}


def test_all_is_taken_where_there_is_less_than_asked_for() -> None:
    usable = [Span(0.0, 8.0), Span(16.0, 20.0)]
    choice = chosen(recording(40.0, Made()), usable)
    assert choice.spans == (Span(0.0, 8.0), Span(16.0, 20.0))
    assert choice.sounds == pytest.approx(1.0)


def test_nothing_usable_or_nothing_said_gives_nothing() -> None:
    line = recording(40.0, Made())
    assert best_stretch(line, []) is None
    assert best_stretch(recording(40.0, Made(spoken=lambda _: False)), [Span(0.0, 40.0)]) is None
    assert best_stretch(replace(line, sound=None), [Span(0.0, 40.0)]) is None
    assert best_stretch(Timeline(()), [Span(0.0, 40.0)]) is None


def test_time_grows_with_the_length_alone() -> None:
    def seconds_for(length: float) -> float:
        line = recording(length, Made())
        usable = [Span(float(s), s + 7.0) for s in range(0, int(length), 8)]
        best = np.inf
        for _ in range(3):
            start = time.thread_time()
            best_stretch(line, usable)
            best_stretch(line, [Span(0.0, length)])
            best = min(best, time.thread_time() - start)
        return float(best)

    assert seconds_for(800.0) < 10 * seconds_for(200.0)


def tone(formants: Sequence[tuple[float, float]], seconds: float) -> NDArray[np.float32]:
    """A voice of 120 Hz whose two formants move from one pair to the next."""
    at = np.arange(round(seconds * RATE)) / RATE
    steps = np.minimum((at / seconds * len(formants)).astype(int), len(formants) - 1)
    first, second = np.array(formants).T[:, steps]
    harmonics = np.arange(1, 40)[:, None] * 120.0
    gains = sum(np.exp(-(((harmonics - centre) / 150.0) ** 2)) for centre in (first, second))
    return np.asarray(0.1 * (gains * np.sin(2 * np.pi * harmonics * at)).sum(axis=0), np.float32)


def test_vowels_are_kinds_of_sound_and_loudness_is_not() -> None:
    vowels = [(300, 2300), (700, 1200), (300, 800), (500, 1900)]
    varied, one = tone(vowels, 2.0), tone(vowels[:1], 2.0)
    swelling = one * np.linspace(0.2, 1.0, len(one), dtype=np.float32)
    timbres = timbre(np.concatenate([varied, swelling]))
    kinds = kinds_of_sound(timbres, np.ones(len(timbres), bool))
    assert len(timbres) == 100
    assert len(set(kinds[:50].tolist())) >= 4
    assert len(set(kinds[52:98].tolist())) <= 3


def test_timbre_of_nothing_is_nothing() -> None:
    assert timbre(np.zeros(0, np.float32)).shape == (0, 3)
    assert kinds_of_sound(np.zeros((4, 3), np.uint8), np.zeros(4, bool)).tolist() == [-1] * 4
