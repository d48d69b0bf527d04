"""Which part of a recording is best to learn from: the one in which the most different things are seen and heard.

What a replica can do is what it has seen, so a stretch is worth what it covers. For the sounds of speech, the openings
of the mouth and the poses of the head alike, the kinds that occur in the usable material are counted; a kind counts
fully in a stretch that holds enough of it, and in part where there is less. Coverage is the share of all kinds that
the stretch holds. To that comes how sharp the picture is and how steady its light.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countenance.errors import Span
from countenance.footage.sounds import TIMBRE_RATE_HZ, kinds_of_sound
from countenance.footage.spans import overlap_s
from countenance.footage.timeline import SAMPLES_PER_S, Sample, Timeline

SECONDS = 30.0

_SOUNDS, _LIPS, _POSES, _STEADY = 0.45, 0.25, 0.15, 0.15
"""Weights: how lips move with sounds is what is learnt; poses and light are what it looks like."""
_ENOUGH_SOUND_S = 0.2  # a few instances of a sound
_ENOUGH_SEEN_S = 2.0
_LIP_STEP = 0.03  # of the distance of the outer eye corners; 0 is shut, 0.3 wide open
_POSE_STEP_DEG = 5.0
_UNSTEADY_LIGHT = 12.0  # of 255; 2 to 4 in rooms with lamps
_SHORTEST_PIECE_S = 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """The best part; every share is 0 to 1."""

    spans: tuple[Span, ...]
    """One stretch, or several in order of time where no usable stretch is long enough."""
    score: float
    """The weighted mean of the shares."""
    sounds: float
    """Of the kinds of sound in the usable speech, those that occur in the spans."""
    lips: float | None
    """Of the openings of the mouth; None where no mouth was measured."""
    poses: float | None
    """Of the poses of the head."""
    steadiness: float
    """How sharp the picture is, and how steady the light on the face."""
    why: str

    @property
    def duration_s(self) -> float:
        return sum(span.duration_s for span in self.spans)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; the shape is part of the public interface."""
        shares = {"score": self.score, "sounds": self.sounds, "lips": self.lips, "poses": self.poses}
        return {
            "spans": [[round(span.start_s, 2), round(span.end_s, 2)] for span in self.spans],
            "duration_s": round(self.duration_s, 2),
            **{name: None if share is None else round(share, 3) for name, share in shares.items()},
            "steadiness": round(self.steadiness, 3),
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class _Kinds:
    """For how many seconds of each tick each kind of one thing occurs: (ticks, kinds)."""

    weight: float
    enough_s: float
    counts: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Material:
    """A recording in ticks of 1 / SAMPLES_PER_S seconds."""

    kinds: dict[str, _Kinds]
    sharpness: NDArray[np.float64]
    """Against the sharpest tenth, at most 1."""
    light: NDArray[np.float64]


def best_stretch(timeline: Timeline, usable: Sequence[Span], seconds: float = SECONDS) -> Choice | None:
    """The part of the `usable` spans, about `seconds` long, that covers the most; None without usable speech.

    If one of the spans is long enough it is one stretch: the best of all that begin on a sample. Otherwise it is a set
    of whole spans of `seconds` in all, each taken for what it adds per second to those taken before (the greedy choice
    is at least 63 % of the best one's coverage: Nemhauser, Wolsey and Fisher 1978, doi 10.1007/BF01588971), and the
    last of them is cut to fit. The time taken grows in proportion to the length of the recording.
    """
    pieces = [piece for piece in map(_ticks, usable) if piece[1] > piece[0]]
    pieces = [(start, min(end, len(timeline.samples))) for start, end in pieces if start < len(timeline.samples)]
    if not pieces:
        return None
    material = _material(timeline, pieces)
    if "sounds" not in material.kinds:
        return None
    wanted = max(1, round(seconds * SAMPLES_PER_S))
    long = [(start, end) for start, end in pieces if end - start >= wanted]
    chosen = [_best_window(material, long, wanted)] if long else _best_set(material, pieces, wanted)
    return _described(timeline, material, chosen)


def _best_window(material: _Material, pieces: Sequence[tuple[int, int]], length: int) -> tuple[int, int]:
    starts = np.concatenate([np.arange(start, end - length + 1) for start, end in pieces])
    scores = _scores(material, starts, starts + length)
    start = int(starts[int(scores.argmax())])
    return start, start + length


def _best_set(material: _Material, pieces: Sequence[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    if sum(end - start for start, end in pieces) <= length:
        return list(pieces)
    left = list(pieces)
    taken: list[tuple[int, int]] = []
    sums = {name: _sums(kinds.counts, left) for name, kinds in material.kinds.items()}
    quality = np.array([_steadiness(material, [piece]) for piece in left])
    have = {name: np.zeros(kinds.counts.shape[1]) for name, kinds in material.kinds.items()}
    open_ = np.ones(len(left), bool)
    room = length
    # Every span lasts a second or more, so there are at most `seconds` rounds however long the recording is.
    while room >= _SHORTEST_PIECE_S * SAMPLES_PER_S and open_.any():
        gain = _STEADY * quality * np.array([end - start for start, end in left]) / length
        for name, kinds in material.kinds.items():
            now, then = _coverage(have[name][None], kinds), _coverage(have[name] + sums[name], kinds)
            gain += kinds.weight * (then - now)
        gain = np.where(open_, gain / np.array([min(end - start, room) for start, end in left]), -1.0)
        best = int(gain.argmax())
        start, end = left[best]
        taken.append((start, min(end, start + room)))
        room -= taken[-1][1] - start
        open_[best] = False
        for name in have:
            have[name] += sums[name][best]
    return sorted(taken)


def _scores(material: _Material, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.float64]:
    """The score of every window, without looking at any tick more than once."""
    total, weight = np.zeros(len(starts)), _STEADY
    for kinds in material.kinds.values():
        total += kinds.weight * _coverage(_window_sums(kinds.counts, starts, ends), kinds)
        weight += kinds.weight
    length = ends - starts
    light, square = (_window_sums(v[:, None], starts, ends)[:, 0] / length for v in (material.light, material.light**2))
    spread = np.sqrt(np.maximum(0.0, square - light**2))
    sharp = _window_sums(material.sharpness[:, None], starts, ends)[:, 0] / length
    return np.asarray((total + _STEADY * _steady(sharp, spread)) / weight)


def _coverage(sums: NDArray[np.float64], kinds: _Kinds) -> NDArray[np.float64]:
    """(n, kinds) -> (n,): the share of the kinds that occur in all the material."""
    whole = np.minimum(1.0, kinds.counts.sum(axis=0) / kinds.enough_s).sum()
    return np.asarray(np.minimum(1.0, sums / kinds.enough_s).sum(axis=1) / max(float(whole), 1e-9))


def _steadiness(material: _Material, pieces: Sequence[tuple[int, int]]) -> float:
    ticks = np.concatenate([np.arange(start, end) for start, end in pieces])
    return float(_steady(material.sharpness[ticks].mean(), material.light[ticks].std()))


def _steady(sharpness: Any, spread: Any) -> Any:
    return 0.5 * sharpness + 0.5 * (1 - np.minimum(1.0, spread / _UNSTEADY_LIGHT))


def _window_sums(
    values: NDArray[np.float64], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.float64]:
    running = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    return np.asarray(running[ends] - running[starts])


def _sums(values: NDArray[np.float64], pieces: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
    edges = np.array(pieces)
    return _window_sums(values, edges[:, 0], edges[:, 1])


def _ticks(span: Span) -> tuple[int, int]:
    return round(span.start_s * SAMPLES_PER_S), round(span.end_s * SAMPLES_PER_S)


def _material(timeline: Timeline, pieces: Sequence[tuple[int, int]]) -> _Material:
    count = len(timeline.samples)
    inside = np.zeros(count, bool)
    for start, end in pieces:
        inside[start:end] = True
    kinds = {
        "sounds": _Kinds(_SOUNDS, _ENOUGH_SOUND_S, _heard(timeline, inside)),
        "lips": _Kinds(_LIPS, _ENOUGH_SEEN_S, _lips(timeline, inside)),
        "poses": _Kinds(_POSES, _ENOUGH_SEEN_S, _poses(timeline, inside)),
    }
    sharpness = np.array([_sharpness(sample) for sample in timeline.samples])
    best = float(np.quantile(sharpness[inside], 0.9))
    return _Material(
        {name: kind for name, kind in kinds.items() if kind.counts.any()},
        np.minimum(1.0, sharpness / best) if best > 0 else np.ones(count),
        np.array([sample.brightness for sample in timeline.samples], np.float64),
    )


def _counted(kinds: NDArray[np.int64], rate_hz: float, inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Seconds of each kind in each tick that is `inside`; -1 is no kind."""
    ticks = ((np.arange(len(kinds)) + 0.5) / rate_hz * SAMPLES_PER_S).astype(np.int64)
    kept = (kinds >= 0) & (ticks < len(inside))
    kept[kept] = inside[ticks[kept]]
    names, columns = np.unique(kinds[kept], return_inverse=True)
    counts = np.zeros((len(inside), max(1, len(names))))
    np.add.at(counts, (ticks[kept], columns), 1 / rate_hz)
    return counts


def _heard(timeline: Timeline, inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    if timeline.sound is None:
        return np.zeros((len(inside), 1))
    timbres = timeline.sound.timbre
    times = (np.arange(len(timbres)) + 0.5) / TIMBRE_RATE_HZ
    spoken = np.zeros(len(timbres), bool)
    for span in timeline.sound.speech:
        spoken[np.searchsorted(times, span.start_s) : np.searchsorted(times, span.end_s)] = True
    spoken &= inside[np.minimum((times * SAMPLES_PER_S).astype(np.int64), len(inside) - 1)]
    return _counted(kinds_of_sound(timbres, spoken), TIMBRE_RATE_HZ, inside)


def _lips(timeline: Timeline, inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    gap = timeline.lips.gap
    kinds = np.where(np.isfinite(gap), np.nan_to_num(gap) // _LIP_STEP, -1).astype(np.int64)
    return _counted(kinds, timeline.lips.rate_hz, inside)


def _poses(timeline: Timeline, inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    kinds = np.full(len(inside), -1, np.int64)
    for i, sample in enumerate(timeline.samples):
        if sample.face is not None and sample.face.yaw_deg is not None and sample.face.pitch_deg is not None:
            yaw, pitch = (
                round((angle + 90) / _POSE_STEP_DEG) for angle in (sample.face.yaw_deg, sample.face.pitch_deg)
            )
            kinds[i] = yaw * 100 + pitch
    return _counted(kinds, SAMPLES_PER_S, inside)


def _sharpness(sample: Sample) -> float:
    return sample.face.view.sharpness if sample.face is not None and sample.face.view is not None else 0.0


def _described(timeline: Timeline, material: _Material, chosen: Sequence[tuple[int, int]]) -> Choice:
    """The choice with its shares, and in words."""
    shares = {
        name: float(_coverage(_sums(kinds.counts, chosen).sum(axis=0)[None], kinds)[0])
        for name, kinds in material.kinds.items()
    }
    steadiness = _steadiness(material, chosen)
    weights = {name: kinds.weight for name, kinds in material.kinds.items()}
    total = _STEADY * steadiness + sum(weight * shares[name] for name, weight in weights.items())
    spans = tuple(Span(start / SAMPLES_PER_S, end / SAMPLES_PER_S) for start, end in chosen)
    score = total / (_STEADY + sum(weights.values()))
    lips, poses = shares.get("lips"), shares.get("poses")
    return Choice(spans, score, shares["sounds"], lips, poses, steadiness, _why(timeline, spans, shares))


def _why(timeline: Timeline, spans: Sequence[Span], shares: Mapping[str, float]) -> str:
    """One sentence for a person."""
    spoken = overlap_s(timeline.sound.speech, spans) if timeline.sound is not None else 0.0
    parts = [f"{spoken:.0f} s of speech with {shares['sounds']:.0%} of the sounds of the whole recording"]
    if "lips" in shares:
        parts.append(f"{shares['lips']:.0%} of the openings of the mouth")
    inside = [s for s in timeline.samples if any(a.start_s <= s.time_s < a.end_s for a in spans)]
    turns = [s.face.yaw_deg for s in inside if s.face is not None and s.face.yaw_deg is not None]
    if turns and round(max(turns) - min(turns)) > 1:
        parts.append(f"a head that turns through {max(turns) - min(turns):.0f} degrees")
    return f"{', '.join(parts[:-1])} and {parts[-1]}." if len(parts) > 1 else f"{parts[0]}."
