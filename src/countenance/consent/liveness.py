"""Is the statement spoken by the mouth that is seen: not dubbed on other pictures, and not beside a photograph?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter, uniform_filter1d

from countenance.consent import liveness_rules as rules
from countenance.consent.judge import Score
from countenance.errors import Finding, Rule, Span
from countenance.media.limits import limits_from
from countenance.media.read import FPS, SAMPLE_RATE, frames
from countenance.people.face import BLENDSHAPES, FaceMesh, FaceTracker
from countenance.people.lips import LipTrack, lip_gap
from countenance.people.lipsync import (
    DISTINCT,
    DISTINCT_REVIEW,
    IN_SYNC,
    SURE_S,
    SYNC_REVIEW,
    Agreement,
    agreement,
    expected_gap,
    movement,
)
from countenance.people.speech import speech_spans
from countenance.settings import Settings

LOOKED_AT_S = 60.0
"""At most so much from the beginning of the statement is looked at."""
_RATE_HZ = FPS / 2
"""Lips agree with the sound as well as at 25 Hz, in half of the time."""
_LONGEST_SIDE_PX = 640
_LIDS = (BLENDSHAPES.index("eyeBlinkLeft"), BLENDSHAPES.index("eyeBlinkRight"))
_LID_FALLS = 0.25
"""A blink lowers the lids by this much: blinks measured 0.4 to 0.8, photographs that move up to 0.11."""
_LID_WINDOW_S = 3.0
_IRISES = 10
_EYE_CORNERS = (33, 263)
_FEWEST_MESHES = 12

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Motion:
    """How a face moves by itself."""

    blinks: int
    nonrigid: float
    """What no turn, tilt or approach of a flat picture explains of the movement of the mesh within a second: root
    mean square, as a share of the distance of the outer eye corners."""


@dataclass(frozen=True, slots=True)
class Liveness:
    """What was seen and heard of the person who speaks the statement."""

    agreement: Agreement
    mouth_motion: float
    """See `countenance.people.lipsync.movement`, while somebody speaks; NaN where the mouth is not seen."""
    blinks: int
    nonrigid: float
    """See `Motion`."""
    seen: float
    """Share of the time in which the face could be followed, 0 to 1."""

    @property
    def offset_s(self) -> float:
        """How late the sound is; negative if it is early."""
        return self.agreement.offset_s

    @property
    def rigid_only(self) -> bool:
        """Nothing in the face moves by itself, as in a photograph."""
        return self.blinks == 0 and self.nonrigid < rules.MOST_RIGID and not self._mouth_moves

    @property
    def _mouth_moves(self) -> bool:
        return not self.mouth_motion < _limit(rules.MOUTH_STILL)


def watch(path: Path, span: Span, sound: Array, settings: Settings) -> Liveness:
    """Look once at the stretch `span` of the recording in which the statement is spoken.

    `sound` is that stretch of its sound, 16 kHz. 15 s take about 4 s on one core.

    Raises:
        CountenanceError: what `countenance.media.read.frames` raises.
    """
    times: list[float] = []
    meshes: list[FaceMesh | None] = []
    end_s = min(span.end_s, span.start_s + LOOKED_AT_S)
    with FaceTracker(settings) as tracker:
        for frame in frames(
            path,
            fps=_RATE_HZ,
            limits=limits_from(settings),
            max_side=_LONGEST_SIDE_PX,
            start_s=span.start_s,
            end_s=end_s,
        ):
            times.append(frame.time_s)
            meshes.append(tracker.track(frame.image, frame.time_s))
    # The first picture comes up to a picture's time after the sound: both are put on the picture's clock.
    lead = round((times[0] - span.start_s) * SAMPLE_RATE) if times else 0
    heard = sound[lead : lead + round(len(times) / _RATE_HZ * SAMPLE_RATE)]
    gaps: Array = np.array([np.nan if mesh is None else lip_gap(mesh) for mesh in meshes], np.float32)
    track = LipTrack(_RATE_HZ, gaps)
    speech = speech_spans(heard, settings)
    moved = motion(meshes, _RATE_HZ)
    return Liveness(
        agreement=agreement(track, expected_gap(heard, settings), speech),
        mouth_motion=movement(track, speech),
        blinks=moved.blinks,
        nonrigid=moved.nonrigid,
        seen=float(np.isfinite(gaps).mean()) if len(gaps) else 0.0,
    )


def motion(meshes: Sequence[FaceMesh | None], rate_hz: float) -> Motion:
    """How the face moves by itself through pictures at `rate_hz`; without a dozen meshes, nothing moves."""
    seen = [mesh for mesh in meshes if mesh is not None]
    if len(seen) < _FEWEST_MESHES:
        return Motion(0, 0.0)
    lids: Array = np.array([mesh.blendshapes[list(_LIDS)].mean() for mesh in seen], np.float32)
    points = np.stack([mesh.points[:-_IRISES, :2] for mesh in seen]).astype(np.float64)
    return Motion(_blinks(lids, rate_hz), _nonrigid(points, rate_hz))


def liveness_scores(liveness: Liveness) -> tuple[Score, ...]:
    """Movement of the mouth, agreement of lips and sound, and how distinct it is: those that could be measured."""
    still = _limit(rules.MOUTH_STILL)
    scores = () if np.isnan(liveness.mouth_motion) else (Score("mouth_motion", liveness.mouth_motion, still, still),)
    if liveness.agreement.compared_s < _limit(rules.LIPS_NOT_SEEN):
        return scores
    return (
        *scores,
        Score("lips", liveness.agreement.score, IN_SYNC, SYNC_REVIEW),
        Score("lips_distinct", liveness.agreement.distinct, DISTINCT, _distinct_review(liveness.agreement)),
    )


def liveness_findings(liveness: Liveness) -> Iterator[Finding]:
    """What is wrong with the picture as the picture of who speaks: at most one thing, the gravest."""
    found, moves = liveness.agreement, liveness.mouth_motion
    if liveness.rigid_only and not np.isnan(moves):
        yield Finding(rules.STILL_PICTURE, measured=moves)
    elif moves < _limit(rules.MOUTH_STILL):
        yield Finding(rules.MOUTH_STILL, measured=moves)
    elif found.compared_s < _limit(rules.LIPS_NOT_SEEN):
        yield Finding(rules.LIPS_NOT_SEEN, measured=found.compared_s)
    elif found.score < _limit(rules.NOT_IN_SYNC) or found.fits_elsewhere:
        yield Finding(rules.NOT_IN_SYNC, detail=_elsewhere(found), measured=found.score)
    elif found.score < _limit(rules.SYNC_UNSURE) or found.distinct < DISTINCT:
        yield Finding(rules.SYNC_UNSURE, detail=_elsewhere(found), measured=found.score)
    elif abs(found.offset_s) > _limit(rules.SOUND_OFFSET) / 1000:
        side = "late" if found.offset_s > 0 else "early"
        yield Finding(rules.SOUND_OFFSET, detail=f"The sound is {side}.", measured=abs(1000 * found.offset_s))


def _distinct_review(found: Agreement) -> float:
    return DISTINCT_REVIEW if found.compared_s >= SURE_S else -1.0


def _elsewhere(found: Agreement) -> str:
    return f"With the sound moved by {abs(found.elsewhere_s):.1f} s they agree to {found.chance:.2f}."


def _blinks(lids: Array, rate_hz: float) -> int:
    """How often the lids, 0 open to 1 shut, fall well below where they are most of the time."""
    usual = median_filter(lids, size=round(_LID_WINDOW_S * rate_hz), mode="nearest")
    fallen = [False, *(lids - usual > _LID_FALLS).tolist()]
    return sum(now and not before for before, now in pairwise(fallen))


def _nonrigid(points: NDArray[np.float64], rate_hz: float) -> float:
    """Of points (T, P, 2): what remains of their movement when each picture is laid on their mean by an affine map."""
    mean = points.mean(axis=0)
    basis = np.column_stack([mean, np.ones(len(mean))])
    fitted = basis @ (np.linalg.pinv(basis) @ points)
    rest = (points - fitted) / max(float(np.linalg.norm(mean[_EYE_CORNERS[0]] - mean[_EYE_CORNERS[1]])), 1e-6)
    quick = rest - uniform_filter1d(rest, max(3, round(rate_hz)), axis=0)
    return float(np.sqrt(np.square(quick).sum(axis=2).mean()))


def _limit(rule: Rule) -> float:
    return rule.limit or 0.0
