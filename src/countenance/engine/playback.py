"""Which frames of the playing clip to show: it goes on by itself, and jumps where nobody sees it.

Head, eyes and hands are the person's own, so the clip only ever plays forwards: backwards, hands fall upwards, a breath
goes out before it came in, and lids close slowly and open fast. Before the end of an unbroken stretch, and when speech
begins or ends, it goes on at another place. Which frame is left and which is gone on at are chosen together: the two
whose pictures, and whose pictures some frames later, are most alike, and in which nobody blinks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countenance.engine.align import invert, runs
from countenance.engine.replica import BaseTrack

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]

SHORTEST_JOIN, LONGEST_JOIN = 4, 10
"""Frames over which one stretch is bent and faded into the next: the less alike, the more."""
_PER_JOIN_FRAME = 0.02
"""Difference that one frame of a join more is worth."""
_STAY_FRAMES = 25
"""A stretch plays for at least this long before it is left because speech began or ended."""
_PAUSE_FRAMES = 25
_LISTENING_FRAMES = 40
"""How long the replica must be silent to be shown listening, and a pause in the footage to be shown then: a shorter one
would come round too often."""
_SPEECH_AHEAD_FRAMES = 12
_BLINK = 0.4
_SEARCH_FRAMES = 100
_SEARCH_SHARE = 0.34
"""How long before its end a stretch may be left: so many frames, but no more than this share of it."""
_PATIENCE_FRAMES = 25
"""How long a good place is waited for when speech begins or ends."""
_RECENT_FRAMES = 750
_AHEAD_FRAMES = 25
_PICTURE_NUMBERS = 24
"""Principal components in which small pictures are compared."""
_FITTED_ON = 600

_POSE_PER_DEGREE = 0.01
_PICTURE_WEIGHT = 0.015
"""What a degree and a level of the small picture (root mean square) count, in eye distances by which a face moves."""
_WRONG_MODE_COST = 1.0
_BLINK_COST = 1.0
_REPEAT_COST = 0.2
_OFTEN_COST = 0.07
"""What twice as many showings of a place cost."""
_SHORT_COST = 0.3
_EARLY_COST = 0.1
_NEVER = 1e6


@dataclass(frozen=True, slots=True)
class Shot:
    """What to show in one output frame: `frame` of the clip or, in a join, a picture between it and `other`."""

    frame: int
    other: int | None = None
    share: float = 0.0
    """of `other`, 0 to 1"""


@dataclass(frozen=True, slots=True)
class _Jump:
    """From which frame to which, and over how many frames of both."""

    leave: int
    target: int
    frames: int

    def shots(self) -> list[Shot]:
        """Pictures between the two, that neither begin nor end suddenly."""
        steps = [(k + 1) / (self.frames + 1) for k in range(self.frames)]
        shares = [step * step * (3.0 - 2.0 * step) for step in steps]
        return [Shot(self.leave + k, self.target + k, share) for k, share in enumerate(shares)]


def plan(track: BaseTrack, speaking: Array) -> list[Shot]:
    """One shot for each of the T output frames of `speaking` (T,), where 1 means that the replica speaks."""
    clip = _Clip(track)
    talks = _talks(speaking)
    frame = clip.first(talks)
    shots: list[Shot] = []
    jump: _Jump | None = None
    stayed = 0
    while len(shots) < len(talks):
        now = len(shots)
        if jump is None and frame >= clip.search_from[frame] and clip.left(frame) < len(talks) - now:
            jump = clip.way_on(frame, now, talks)
        elif clip.has_both and stayed >= _STAY_FRAMES and talks[now] == clip.listening[frame]:
            if jump is None or jump.leave - frame > _PATIENCE_FRAMES:
                jump = clip.way_over(frame, now, talks)
            stayed = 0
        if jump is not None and frame == jump.leave:
            shots += jump.shots()
            clip.note(slice(frame, frame + jump.frames), now)
            frame, stayed, jump = jump.target + jump.frames, 0, None
        else:
            shots.append(Shot(frame))
            clip.note(slice(frame, frame + 1), now)
            frame, stayed = frame + 1, stayed + 1
    return shots[: len(talks)]


class _Clip:
    """What of the playing clip matters for the plan."""

    def __init__(self, track: BaseTrack) -> None:
        self.ends = _ends(track.stretch)
        self.listening = _listening(track)
        self._usable = track.stretch >= 0
        self.has_both = bool(self.listening[self._usable].any() and (self._usable & ~self.listening).any())
        self._shown_at = np.full(len(track.stretch), -np.inf)
        self._times = np.zeros(len(track.stretch))
        self._look = _appearance(track)
        shut = np.nan_to_num(track.blink) > _BLINK
        sums = np.concatenate([[0], np.cumsum(shut)])
        at = np.arange(len(shut))
        self._blinks = sums[np.minimum(at + LONGEST_JOIN + 1, len(shut))] > sums[at]
        self._shut = shut
        starts = np.concatenate([[0], np.flatnonzero(np.diff(track.stretch)) + 1])
        start = starts[np.searchsorted(starts, at, side="right") - 1]
        last = self.ends - LONGEST_JOIN - 1
        search = np.minimum(_SEARCH_FRAMES, (_SEARCH_SHARE * (self.ends - start)).astype(int))
        self.search_from = np.maximum(start, last - search)
        self._last = last
        """(T,) the last frame of each stretch that may be left"""

    def left(self, frame: int) -> int:
        """Frames that can still be played without a jump, this one included."""
        return int(self.ends[frame] - frame)

    def note(self, frames: slice, now: int) -> None:
        """That these were shown at output frame `now`."""
        self._shown_at[frames] = now
        self._times[frames] += 1

    def first(self, talks: Mask) -> int:
        """Where to begin."""
        cost = self._arrival(0, talks, len(talks)) + _BLINK_COST * self._shut
        if self.has_both:
            cost = cost + _WRONG_MODE_COST * (self.listening == talks[0])
        room = self.ends - np.arange(len(cost))
        return int(np.where(self._usable & (room > 2 * LONGEST_JOIN + 1), cost, _NEVER).argmin())

    def way_on(self, frame: int, now: int, talks: Mask) -> _Jump:
        """The jump before the end of the stretch that `frame`, shown at output frame `now`, belongs to."""
        last = max(frame, int(self._last[frame]))
        early = (last - np.arange(frame, last + 1)) / max(1, last - self.search_from[frame])
        return self._best(np.arange(frame, last + 1), _EARLY_COST * early, now, talks)

    def way_over(self, frame: int, now: int, talks: Mask) -> _Jump | None:
        """A jump, soon, to where the person listens if the replica falls silent, or speaks if it speaks."""
        last = min(frame + _PATIENCE_FRAMES, int(self._last[frame]))
        if last < frame:
            return None
        waited = np.arange(last + 1 - frame) / _PATIENCE_FRAMES
        jump = self._best(np.arange(frame, last + 1), _EARLY_COST * waited, now, talks)
        return jump if self.listening[jump.target] != talks[now] else None

    def _best(self, leave: NDArray[np.intp], cost: NDArray[np.float64], now: int, talks: Mask) -> _Jump:
        """The best pair of a frame to leave, each at such a cost, and a frame to go on at."""
        later = min(len(talks) - 1, now + int(leave[-1] - leave[0]))
        arrival = self._arrival(now, talks, len(talks) - now)
        if self.has_both:
            arrival = arrival + _WRONG_MODE_COST * (self.listening == talks[later])
        at = np.arange(len(self.ends))
        allowed = self._usable & (self.ends - at > 2 * LONGEST_JOIN + 1)
        difference = _distances(self._look[leave], self._look)
        near = np.abs(leave[:, None] - at + LONGEST_JOIN / 2) < 2 * LONGEST_JOIN
        total = difference + arrival + (cost + _BLINK_COST * self._blinks[leave])[:, None]
        total = np.where(allowed, total, _NEVER) + np.where(near, 0.5 * _NEVER, 0.0)
        row, target = np.unravel_index(int(total.argmin()), total.shape)
        wanted = SHORTEST_JOIN + round(float(difference[row, target]) / _PER_JOIN_FRAME)
        return _Jump(int(leave[row]), int(target), min(LONGEST_JOIN, wanted))

    def _arrival(self, now: int, talks: Mask, needed: int) -> NDArray[np.float64]:
        """(T,) what going on at each frame costs, wherever one comes from."""
        room = self.ends - np.arange(len(self.ends))
        enough = max(2 * LONGEST_JOIN, min(needed, 4 * _SEARCH_FRAMES))
        cost = _SHORT_COST * (1.0 - np.minimum(room, enough) / enough)
        cost += _BLINK_COST * self._blinks
        # What counts is what would be seen from there on: the frame itself may lie just beside those already shown.
        ahead = np.minimum(np.arange(len(room)) + _AHEAD_FRAMES, np.maximum(self.ends - 1, 0))
        sums = np.concatenate([[0.0], np.cumsum(self._times)])
        often = (sums[ahead + 1] - sums[:-1]) / (ahead + 1 - np.arange(len(room)))
        cost += _OFTEN_COST * np.log2(1.0 + often)
        return np.asarray(cost + _REPEAT_COST * np.maximum(0.0, 1.0 - (now - self._shown_at[ahead]) / _RECENT_FRAMES))


def _appearance(track: BaseTrack) -> Array:
    """(T, D) numbers whose Euclidean distance is how different two frames look, now and a join later.

    Where the face is and how large, how the head is turned, and the small picture, for body and hands.
    """
    usable = track.stretch >= 0
    place = np.nan_to_num(invert(track.to_canonical[usable]))
    look = np.zeros((len(usable), 7 + _PICTURE_NUMBERS), np.float32)
    # The eyes' middle and direction, in eye distances of the clip's first usable frame.
    look[usable, :4] = place[:, :, [0, 2]].reshape(-1, 4) / np.hypot(*place[0, :, 0])
    look[:, 4:7] = _POSE_PER_DEGREE * np.nan_to_num(track.pose)
    numbers = _principal(track.thumbnail, usable)
    look[:, 7 : 7 + numbers.shape[1]] = _PICTURE_WEIGHT * numbers
    later = np.minimum(np.arange(len(look)) + LONGEST_JOIN, len(look) - 1)
    return np.asarray(np.concatenate([look, look[later]], axis=1) / np.sqrt(2.0), np.float32)


def _principal(thumbnail: NDArray[np.uint8], usable: Mask) -> Array:
    """(T, up to 24) principal components of the pictures, scaled so that distances are root mean squares of levels."""
    flat = thumbnail.reshape(len(thumbnail), -1).astype(np.float32)
    chosen = np.flatnonzero(usable)
    sample = flat[chosen[:: -(-len(chosen) // _FITTED_ON)]]
    mean = sample.mean(axis=0)
    _, _, axes = np.linalg.svd(sample - mean, full_matrices=False)
    return np.asarray((flat - mean) @ axes[:_PICTURE_NUMBERS].T / np.sqrt(flat.shape[1]), np.float32)


def _distances(some: Array, others: Array) -> Array:
    """(n, m) Euclidean distances of rows."""
    squares = (some**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2.0 * some @ others.T
    return np.asarray(np.sqrt(np.maximum(squares, 0.0)), np.float32)


def _talks(speaking: Array) -> Mask:
    """(T,) speech, begun early and with pauses closed that are too short to show listening in."""
    talks = speaking > 0.5
    for start, end in runs(~talks):
        talks[start:end] = end - start < _PAUSE_FRAMES
    for start, _ in runs(talks):
        talks[max(0, start - _SPEECH_AHEAD_FRAMES) : start] = True
    return np.asarray(talks)


def _listening(track: BaseTrack) -> Mask:
    """(T,) usable frames of pauses long enough to be shown while the replica is silent."""
    listening = np.zeros(len(track.stretch), np.bool_)
    for start, end in runs((track.speaking < 0.5) & (track.stretch >= 0)):
        listening[start:end] = end - start >= _LISTENING_FRAMES
    return listening


def _ends(stretch: NDArray[np.int32]) -> NDArray[np.intp]:
    """(T,) the first frame that no longer belongs to the stretch of each frame."""
    changes = np.append(np.flatnonzero(np.diff(stretch)) + 1, len(stretch))
    return np.asarray(changes[np.searchsorted(changes, np.arange(len(stretch)), side="right")])
