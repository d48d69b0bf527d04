"""Evidence of what is heard, and of lips against sound."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image

from countenance.errors import Span
from countenance.footage.evidence.canvas import ALLOWED, MEASURED, QUIET, WRONG
from countenance.footage.evidence.moments import worst_span
from countenance.footage.evidence.plot import Curve, Level, plot
from countenance.footage.evidence.scene import Case
from countenance.footage.listen import Sound
from countenance.footage.loudness import STEP_S
from countenance.footage.timeline import Timeline
from countenance.footage.wording import limit_of
from countenance.media.read import SAMPLE_RATE

_QUIETEST, _LOUDEST = -70.0, 0.0
_PLOT_UNIT = "LUFS"
_NEAR_S = 3.0
_TOGETHER_S = 6.0
_CLIP_S, _HOLE_S = 0.02, 0.4


def loudness(case: Case) -> Image | None:
    """Loudness through the whole recording; what broke the rule is shaded, speech and pauses have their levels."""
    sound = _sound(case)
    return None if sound is None else _loudness_plot(sound, case.finding.spans, _levels(case, sound), None)


def speech(case: Case) -> Image | None:
    """Loudness through the whole recording; what is no speech is shaded."""
    sound = _sound(case)
    if sound is None:
        return None
    edges = [0.0, *(at for span in sound.speech for at in (span.start_s, span.end_s)), len(sound.loudness) * STEP_S]
    silent = [Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if end > start]
    return _loudness_plot(sound, silent, _levels(case, sound), None)


def loudness_nearby(case: Case) -> Image | None:
    """Loudness around the worst stretch."""
    sound, span = _sound(case), worst_span(case.finding)
    if sound is None or span is None:
        return loudness(case)
    window = max(0.0, span.start_s - _NEAR_S), min(span.end_s + _NEAR_S, span.start_s + 30)
    return _loudness_plot(sound, case.finding.spans, [], window)


def decay(case: Case) -> Image | None:
    """How the sound dies away where speech stops before the longest pause."""
    sound = _sound(case)
    if sound is None or not sound.pauses:
        return None
    longest = max(sound.pauses[:-1] or sound.pauses, key=lambda pause: pause.duration_s)
    return _loudness_plot(sound, (), [], (max(0.0, longest.start_s - 1.0), longest.start_s + 1.5))


def voices(case: Case) -> Image | None:
    """How much each stretch of speech is like the voice that is heard most."""
    sound = _sound(case)
    if sound is None or not sound.voices:
        return None
    times = np.array([moment for span in sound.voices for moment in (span.start_s, span.end_s, span.end_s)])
    values = np.array([moment for span in sound.voices for moment in (span.worst or 0.0, span.worst or 0.0, np.nan)])
    window = 0.0, float(times.max())
    curve = Curve(times, values, MEASURED, "likeness to the main voice")
    limit = limit_of(case.finding)
    levels = [] if limit is None else [Level(limit, f"limit {limit:.2g}")]
    reach = (min(0.0, float(np.nanmin(values))), 1.0)
    return plot([curve], window, spans=case.finding.spans, levels=levels, reach=reach)


def clipped_wave(case: Case) -> Image | None:
    """The wave itself, near enough to see that its peaks are cut off."""
    return _wave(case, _CLIP_S)


def broken_wave(case: Case) -> Image | None:
    """The wave itself around a hole."""
    return _wave(case, _HOLE_S)


def lips_and_sound(case: Case) -> Image | None:
    """How far the mouth is open, above how loud it is, around the worst stretch or where most is said."""
    sound, timeline = _sound(case), case.timeline
    if timeline is None:
        return None
    window = _busy(case, timeline, sound)
    gap, rate = timeline.lips.gap, timeline.lips.rate_hz
    curves = [Curve(np.arange(len(gap)) / rate, _to_unit(gap, window, rate), MEASURED, "opening of the mouth")]
    if sound is not None and len(sound.loudness):
        heard = _to_unit(np.clip(sound.loudness, _QUIETEST, _LOUDEST), window, 1 / STEP_S)
        # Below the mouth, which is what is to be seen.
        curves.insert(0, Curve(_times(sound), heard, QUIET, "loudness", is_filled=True))
    return plot(curves, window, spans=case.finding.spans, reach=(0.0, 1.05))


def _loudness_plot(
    sound: Sound, spans: Sequence[Span], levels: Sequence[Level], window_s: tuple[float, float] | None
) -> Image | None:
    if not len(sound.loudness):
        return None
    values = np.clip(sound.loudness, _QUIETEST, _LOUDEST)
    window = window_s or (0.0, float(len(values) * STEP_S))
    curve = Curve(_times(sound), values, MEASURED, "loudness", is_filled=True)
    return plot([curve], window, spans=spans, levels=levels, unit=_PLOT_UNIT, reach=(_QUIETEST, _LOUDEST))


def _levels(case: Case, sound: Sound) -> list[Level]:
    levels = []
    if sound.speech_lufs is not None:
        levels.append(Level(max(sound.speech_lufs, _QUIETEST), f"speech {sound.speech_lufs:.0f}", ALLOWED))
    if sound.noise_lufs is not None:
        levels.append(Level(max(sound.noise_lufs, _QUIETEST), f"pauses {sound.noise_lufs:.0f}", WRONG))
    limit = limit_of(case.finding)
    if limit is not None and case.finding.rule.unit.startswith("LUFS"):
        levels.append(Level(limit, f"limit {limit:.0f}", QUIET))
    return levels


def _wave(case: Case, around_s: float) -> Image | None:
    if case.wave is None:
        return loudness_nearby(case)
    start_s, samples = case.wave
    span = worst_span(case.finding)
    middle = start_s + len(samples) / SAMPLE_RATE / 2
    if span is not None and span.duration_s < 4 * around_s:
        middle = (span.start_s + span.end_s) / 2
    elif len(samples):
        middle = start_s + int(np.abs(samples).argmax()) / SAMPLE_RATE
    latest = start_s + len(samples) / SAMPLE_RATE - around_s
    middle = max(start_s + around_s, min(middle, latest))
    times = start_s + np.arange(len(samples)) / SAMPLE_RATE
    inside = np.abs(times - middle) <= around_s
    top = float(np.abs(samples[inside]).max(initial=1e-3))
    curve = Curve(times, samples, MEASURED, "the wave")
    levels = [] if around_s > _CLIP_S else [Level(top, "cut off here", WRONG), Level(-top, "", WRONG)]
    spans = case.finding.spans if around_s > _CLIP_S else ()
    reach = (-1.2 * top, 1.2 * top)
    return plot([curve], (middle - around_s, middle + around_s), spans=spans, levels=levels, reach=reach)


def _busy(case: Case, timeline: Timeline, sound: Sound | None) -> tuple[float, float]:
    span = worst_span(case.finding)
    if span is None and sound is not None and sound.speech:
        span = max(sound.speech, key=lambda speech: speech.duration_s)
    middle = timeline.seen_s / 2 if span is None else (span.start_s + span.end_s) / 2
    start = max(0.0, min(middle - _TOGETHER_S / 2, timeline.seen_s - _TOGETHER_S))
    return start, start + _TOGETHER_S


def _to_unit(values: NDArray[np.float32], window: tuple[float, float], rate_hz: float) -> NDArray[np.float32]:
    """The part inside the window from its 2nd to its 98th percentile as 0 to 1."""
    inside = values[int(window[0] * rate_hz) : int(window[1] * rate_hz) + 1]
    if not np.isfinite(inside).any():
        return np.full_like(values, np.nan)
    low, high = np.nanpercentile(inside, [2, 98])
    return np.asarray(np.clip((values - low) / max(float(high - low), 1e-6), 0, 1), np.float32)


def _times(sound: Sound) -> NDArray[np.float64]:
    return np.asarray((np.arange(len(sound.loudness)) + 0.5) * STEP_S, np.float64)


def _sound(case: Case) -> Sound | None:
    return None if case.timeline is None else case.timeline.sound
