"""Apply the rules for lips: do they speak what is heard, and rest where nothing is heard?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_closing, binary_dilation, uniform_filter1d

from countenance.errors import Finding, Span
from countenance.footage import lip_rules as rules
from countenance.footage.listen import Sound
from countenance.footage.spans import limit_of, runs, total_s
from countenance.footage.timeline import Timeline
from countenance.media.probe import MediaInfo
from countenance.people.lips import LipTrack
from countenance.people.lipsync import (
    DISTINCT,
    DISTINCT_REVIEW,
    LEAST_S,
    RATE_HZ,
    SURE_S,
    Agreement,
    agreement,
    band_passed,
    local_fit,
    steady_gap,
    within,
)

CLOSED = 0.03
"""Lips that are open by less are closed: shut mouths measured 0.002 to 0.01 of the distance of the eyes."""

_FIT_WINDOW_S = 6.0
_SHORTEST_DUBBED_S = 2.0
_MOST_DUBBED = 0.5
_PAUSE_S = 1.0
"""Pauses between words that do not end a stretch."""
_STILL_WINDOW_S, _SHORTEST_STILL_S = 2.0, 2.0
_MOVING_WINDOW_S, _SHORTEST_MOVING_S = 1.0, 1.5
_BESIDE_SPEECH_S = 0.4
"""A mouth opens for breath before it is heard, and closes after."""
_SHORTEST_REST_S, _LEAST_REST_S, _BESIDE_NAMED_S = 0.4, 1.0, 0.2
_EDGE = round(0.12 * RATE_HZ)
"""The voice detector keeps a word's last moment, and lips close a little before it."""
_SLIP_S = 0.25
_SHORTEST_LISTENING_S = 0.5
_LEAST_SPEECH_S = 4.0

Flags = NDArray[np.bool_]
Curve = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Lips:
    """What is seen and heard of the mouth, each (T,) at 25 Hz."""

    gap: Curve
    known: Flags
    spoken: Flags
    change: Curve
    """The opening without its slow part."""


def lip_findings(info: MediaInfo, timeline: Timeline, usable: Sequence[Span]) -> Iterator[Finding]:
    """What is wrong with the lips. Whoever listens must do so within the `usable` spans, which show a face well."""
    if info.video is None or timeline.sound is None or not np.isfinite(timeline.lips.gap).any():
        return
    lips = _lips(timeline)
    yield from _agree(timeline.lips, timeline.sound)
    yield from _hidden(timeline, lips)
    yield from _still(lips)
    yield from _beside(lips)
    yield from _range(lips)
    yield from _listens(lips, usable)
    yield from _moves(lips)


def listening_spans(timeline: Timeline, usable: Sequence[Span]) -> tuple[Span, ...]:
    """Usable stretches of half a second and more in which nobody speaks and the lips are closed, the longest first."""
    return _listening(_lips(timeline), usable) if timeline.sound is not None else ()


def dubbed_spans(timeline: Timeline) -> tuple[Span, ...]:
    """Stretches of speech that the mouth which is seen does not speak; `worst` is their lowest agreement.

    None where all the rest fits only loosely as well: then it may be the mouth that is hard to follow.
    """
    if timeline.sound is None:
        return ()
    dubbed = _dubbed(timeline.lips, timeline.sound)
    if not dubbed:
        return ()
    rest = _rest(timeline.lips, timeline.sound, dubbed)
    return () if rest.compared_s >= LEAST_S and rest.score < limit_of(rules.SYNC_UNSURE) else dubbed


def _lips(timeline: Timeline) -> _Lips:
    count = round(len(timeline.lips.gap) * RATE_HZ / timeline.lips.rate_hz)
    gap, known = steady_gap(timeline.lips, count)
    speech = timeline.sound.speech if timeline.sound is not None else ()
    return _Lips(gap.astype(np.float64), known, within(speech, count), band_passed(gap, timeline.lips.rate_hz))


def _agree(track: LipTrack, sound: Sound) -> Iterator[Finding]:
    dubbed = _dubbed(track, sound)
    # Where less than half does not fit, the rest is judged for itself.
    mostly = total_s(dubbed) > max(_MOST_DUBBED * total_s(sound.speech), _MOST_DUBBED * SURE_S)
    found = _rest(track, sound, () if mostly else dubbed)
    if found.compared_s < LEAST_S:
        found = _rest(track, sound, ())
    if found.compared_s < LEAST_S:
        return
    if mostly or found.score < limit_of(rules.DUBBED) or found.fits_elsewhere:
        yield Finding(rules.DUBBED, detail=_elsewhere(found), measured=found.score, spans=dubbed)
        return
    doubtful = found.score < limit_of(rules.SYNC_UNSURE) or found.distinct < DISTINCT
    if doubtful and found.compared_s >= SURE_S:
        yield Finding(rules.SYNC_UNSURE, measured=found.score, spans=dubbed)
        return
    if dubbed:
        lowest = min(span.worst for span in dubbed if span.worst is not None)
        yield Finding(rules.DUBBED_PART, measured=lowest, spans=dubbed)
    if abs(1000 * found.offset_s) > limit_of(rules.SOUND_OFFSET):
        side = "late" if found.offset_s > 0 else "early"
        yield Finding(rules.SOUND_OFFSET, detail=f"The sound is {side}.", measured=abs(1000 * found.offset_s))


def _rest(track: LipTrack, sound: Sound, dubbed: Sequence[Span]) -> Agreement:
    return agreement(track, sound.expected_gap, _without(sound.speech, dubbed))


def _dubbed(track: LipTrack, sound: Sound) -> tuple[Span, ...]:
    found = agreement(track, sound.expected_gap, sound.speech)
    if found.compared_s < LEAST_S:
        return ()
    fit = local_fit(track, sound.expected_gap, sound.speech, found.offset_s, _FIT_WINDOW_S)
    fit = np.where(np.isfinite(fit), fit, 1.0)
    poor = (fit < limit_of(rules.DUBBED_PART)) & within(sound.speech, len(fit))
    spans = _spans(binary_closing(poor, np.ones(round(_PAUSE_S * RATE_HZ))) | poor, _SHORTEST_DUBBED_S)
    return tuple(Span(span.start_s, span.end_s, float(fit[_frames(span)].min())) for span in spans)


def _elsewhere(found: Agreement) -> str:
    if found.distinct >= DISTINCT_REVIEW:
        return ""
    side = "late" if found.elsewhere_s > 0 else "early"
    return f"They fit best, to {found.chance:.2f}, where the sound is {abs(found.elsewhere_s):.1f} s {side}."


def _hidden(timeline: Timeline, lips: _Lips) -> Iterator[Finding]:
    faces = np.repeat([sample.face is not None for sample in timeline.samples], 2)[: len(lips.known)]
    faces = np.pad(faces, (0, len(lips.known) - len(faces)))
    spans = _spans(~lips.known & faces & lips.spoken, limit_of(rules.MOUTH_HIDDEN))
    if spans:
        yield Finding(rules.MOUTH_HIDDEN, measured=max(span.duration_s for span in spans), spans=tuple(spans))


def _still(lips: _Lips) -> Iterator[Finding]:
    both = lips.known & lips.spoken
    moved = _movement(lips, both, _STILL_WINDOW_S)
    rests = moved < limit_of(rules.MOUTH_STILL)
    shut = both & rests
    bridged = (binary_closing(shut, np.ones(round(_PAUSE_S * RATE_HZ))) | shut) & ~(both & ~rests)
    spans = _spans(bridged, _SHORTEST_STILL_S)
    if spans:
        named = tuple(Span(span.start_s, span.end_s, float(np.nanmin(moved[_frames(span)]))) for span in spans)
        yield Finding(rules.MOUTH_STILL, measured=min(float(span.worst or 0.0) for span in named), spans=named)


def _beside(lips: _Lips) -> Iterator[Finding]:
    """Who speaks while these lips are closed is somebody else: so a voice is found that never stops."""
    resting = np.zeros(len(lips.gap), np.bool_)
    for span in _spans(lips.known & (lips.gap < CLOSED), _SHORTEST_REST_S):
        frames = _frames(span)
        resting[frames.start + _EDGE : frames.stop - _EDGE] = True
    if resting.sum() < _LEAST_REST_S * RATE_HZ:
        return
    share = 100 * float(lips.spoken[resting].mean())
    if share > limit_of(rules.VOICE_BESIDE):
        yield Finding(rules.VOICE_BESIDE, measured=share, spans=tuple(_spans(resting & lips.spoken, _BESIDE_NAMED_S)))


def _range(lips: _Lips) -> Iterator[Finding]:
    spoken = lips.gap[lips.known & lips.spoken]
    if len(spoken) < _LEAST_SPEECH_S * RATE_HZ:
        return
    low, high = (float(value) for value in np.percentile(spoken, (2, 95)))
    if low > limit_of(rules.LIPS_NEVER_CLOSE):
        yield Finding(rules.LIPS_NEVER_CLOSE, measured=low)
    if high < limit_of(rules.MOUTH_OPENS_LITTLE):
        yield Finding(rules.MOUTH_OPENS_LITTLE, measured=high)


def _listens(lips: _Lips, usable: Sequence[Span]) -> Iterator[Finding]:
    spans = _listening(lips, usable)
    longest = spans[0].duration_s if spans else 0.0
    rule = rules.NO_LISTENING if longest < limit_of(rules.NO_LISTENING) else rules.LITTLE_LISTENING
    if longest < limit_of(rule):
        yield Finding(rule, measured=longest)


def _listening(lips: _Lips, usable: Sequence[Span]) -> tuple[Span, ...]:
    rests = lips.known & (lips.gap < CLOSED)
    rests = binary_closing(rests, np.ones(round(_SLIP_S * RATE_HZ) + 1)) | rests
    spans = _spans(rests & ~lips.spoken & within(usable, len(rests)), _SHORTEST_LISTENING_S)
    return tuple(sorted(spans, key=lambda span: -span.duration_s))


def _moves(lips: _Lips) -> Iterator[Finding]:
    beside = np.ones(2 * round(_BESIDE_SPEECH_S * RATE_HZ) + 1)
    quiet = lips.known & ~binary_dilation(lips.spoken, beside)
    moved = _movement(lips, quiet, _MOVING_WINDOW_S)
    spans = _spans(quiet & (moved > limit_of(rules.MOUTH_MOVES)), _SHORTEST_MOVING_S)
    if spans:
        named = tuple(Span(span.start_s, span.end_s, float(np.nanmax(moved[_frames(span)]))) for span in spans)
        yield Finding(rules.MOUTH_MOVES, measured=max(float(span.worst or 0.0) for span in named), spans=named)


def _movement(lips: _Lips, when: Flags, window_s: float) -> Curve:
    """Root mean square of the lips' changes in the window around each moment, of the moments `when` in it."""
    size = round(window_s * RATE_HZ)
    count = uniform_filter1d(when.astype(np.float64), size, mode="constant")
    power = uniform_filter1d(np.where(when, lips.change**2, 0.0), size, mode="constant")
    return np.asarray(np.sqrt(np.maximum(power, 0.0) / np.maximum(count, 1e-9)))


def _spans(flags: Flags, shortest_s: float) -> list[Span]:
    found = runs(flags.tolist(), rate_hz=RATE_HZ) if len(flags) else []
    return [span for span in found if span.duration_s >= shortest_s]


def _frames(span: Span) -> slice:
    return slice(round(span.start_s * RATE_HZ), round(span.end_s * RATE_HZ))


def _without(spans: Sequence[Span], others: Sequence[Span]) -> tuple[Span, ...]:
    """What of `spans` lies in none of `others`."""
    left = list(spans)
    for other in others:
        parts = [
            (Span(a.start_s, min(a.end_s, other.start_s)), Span(max(a.start_s, other.end_s), a.end_s)) for a in left
        ]
        left = [part for pair in parts for part in pair if part.start_s < part.end_s]
    return tuple(left)
