"""Which frames of the playing clip to show: it goes on by itself, and jumps where nobody sees it.

Head, eyes and hands are the person's own, so the clip only ever plays forwards. At the end of an unbroken stretch, or
when speech begins or ends, it goes on at a frame where the picture is nearly the same, and not in a blink.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countenance.engine.align import invert, runs
from countenance.engine.replica import BaseTrack

Array = NDArray[np.float32]

JOIN_FRAMES = 5
"""Frames over which one stretch is bent and faded into the next."""
_STAY_FRAMES = 25
"""A stretch plays for at least this long before it is left because speech began or ended."""
_LISTENING_FRAMES = 25
"""A pause in the footage that is at least this long can be shown while the replica is silent."""
_SPEECH_AHEAD_FRAMES = 12
_BLINK = 0.4
_RECENT_FRAMES = 250

_POSE_PER_DEGREE = 0.01
_THUMBNAIL_WEIGHT = 0.02
_WRONG_MODE_COST = 0.5
_BLINK_COST = 1.0
_REPEAT_COST = 0.1
_SHORT_COST = 0.3


@dataclass(frozen=True, slots=True)
class Shot:
    """What to show in one output frame: `frame` of the clip or, in a join, a picture between it and `other`."""

    frame: int
    other: int | None = None
    share: float = 0.0
    """of `other`, 0 to 1"""


def plan(track: BaseTrack, speaking: Array) -> list[Shot]:
    """One shot for each of the T output frames of `speaking` (T,), where 1 means that the replica speaks."""
    clip = _Clip(track)
    talks = _talks(speaking)
    frame = clip.best_start(0, talks, None)
    shots: list[Shot] = []
    stayed = 0
    while len(shots) < len(talks):
        now = len(shots)
        ends = frame + JOIN_FRAMES >= clip.ends[frame]
        misfits = clip.has_both and stayed >= _STAY_FRAMES and talks[now] == clip.listening[frame]
        if ends or misfits:
            target = clip.best_start(now, talks, frame)
            shots += _join(frame, target)
            frame, stayed = target + JOIN_FRAMES, 0
        else:
            shots.append(Shot(frame))
            clip.shown_at[frame] = now
            frame, stayed = frame + 1, stayed + 1
    return shots[: len(talks)]


class _Clip:
    """What of the playing clip matters for the plan."""

    def __init__(self, track: BaseTrack) -> None:
        self.track = track
        self.ends = _ends(track.stretch)
        self.listening = _listening(track)
        usable = track.stretch >= 0
        self.has_both = bool(self.listening.any() and (usable & ~self.listening).any())
        self.shown_at = np.full(len(track.stretch), -np.inf)
        # Where the eyes' middle is and how large the face is, in eye distances of the clip's first usable frame.
        place = np.nan_to_num(invert(track.to_canonical[usable]))
        self.place = np.zeros((len(usable), 4))
        self.place[usable] = place[:, :, [0, 2]].reshape(-1, 4) / np.hypot(*place[0, :, 0])
        self.thumbnail = track.thumbnail.reshape(len(usable), -1).astype(np.float32)

    def best_start(self, now: int, talks: NDArray[np.bool_], after: int | None) -> int:
        """The frame at which to begin at output frame `now`, so that it looks like going on from `after`."""
        room = self.ends - np.arange(len(self.ends))
        usable = (self.track.stretch >= 0) & (room > 2 * JOIN_FRAMES)
        needed = max(2 * JOIN_FRAMES, len(talks) - now)
        cost = _SHORT_COST * (1.0 - np.minimum(room, needed) / needed)
        cost += _BLINK_COST * (np.nan_to_num(self.track.blink) > _BLINK)
        cost += _REPEAT_COST * (now - self.shown_at < _RECENT_FRAMES)
        if self.has_both:
            cost += _WRONG_MODE_COST * (self.listening == talks[min(now, len(talks) - 1)])
        if after is not None:
            cost += self._difference(after)
            near = slice(max(0, after - JOIN_FRAMES), after + 2 * JOIN_FRAMES)
            usable[near] &= not usable[: near.start].any() and not usable[near.stop :].any()
        return int(np.where(usable, cost, np.inf).argmin())

    def _difference(self, frame: int) -> NDArray[np.float64]:
        """(T,) how different each frame looks from `frame`."""
        place = np.abs(self.place - self.place[frame]).max(axis=1)
        pose = np.abs(np.nan_to_num(self.track.pose) - np.nan_to_num(self.track.pose[frame])).max(axis=1)
        picture = np.abs(self.thumbnail - self.thumbnail[frame]).mean(axis=1)
        return np.asarray(place + _POSE_PER_DEGREE * pose + _THUMBNAIL_WEIGHT * picture)


def _talks(speaking: Array) -> NDArray[np.bool_]:
    """(T,) speech, begun early and with pauses closed that are too short to show listening in."""
    talks = speaking > 0.5
    for start, end in runs(~talks):
        talks[start:end] = end - start < _LISTENING_FRAMES
    for start, _ in runs(talks):
        talks[max(0, start - _SPEECH_AHEAD_FRAMES) : start] = True
    return np.asarray(talks)


def _listening(track: BaseTrack) -> NDArray[np.bool_]:
    """(T,) usable frames of pauses long enough to be shown while the replica is silent."""
    listening = np.zeros(len(track.stretch), np.bool_)
    for start, end in runs((track.speaking < 0.5) & (track.stretch >= 0)):
        listening[start:end] = end - start >= _LISTENING_FRAMES
    return listening


def _ends(stretch: NDArray[np.int32]) -> NDArray[np.intp]:
    """(T,) the first frame that no longer belongs to the stretch of each frame."""
    changes = np.append(np.flatnonzero(np.diff(stretch)) + 1, len(stretch))
    return np.asarray(changes[np.searchsorted(changes, np.arange(len(stretch)), side="right")])


def _join(frame: int, target: int) -> list[Shot]:
    return [Shot(frame + k, target + k, (k + 1) / (JOIN_FRAMES + 1)) for k in range(JOIN_FRAMES)]
