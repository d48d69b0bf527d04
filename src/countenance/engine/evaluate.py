"""Let a replica speak a real recording on its own frames, and compare it with what was filmed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from countenance.engine.align import FaceTrack, apply, joined, lip_gap, stretches, to_canonical, track_of
from countenance.engine.atlas import CONTROL
from countenance.engine.choice import Choice, choose
from countenance.engine.compose import Compositor, Stage
from countenance.engine.metrics import LipComparison, lips_box, motion_figures
from countenance.engine.replica import Replica
from countenance.engine.speak import MouthPath, mouth_path
from countenance.media.limits import Limits
from countenance.media.read import FPS, SAMPLE_RATE, frames
from countenance.people.face import FaceMesh, FaceTracker
from countenance.settings import Settings

Array = NDArray[np.float32]
Picture = NDArray[np.uint8]


_LEAST_BOX_PX = 12
"""Lips that are (nearly) out of the picture are not compared."""
_CONTEXT_FRAMES = 100
"""Sound before and after a take that is heard as well: what the speech encoder looks at at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """A stretch of real footage to be spoken again: frames `first` to `first` + len(track) of a file."""

    footage: Path
    first: int
    track: FaceTrack
    """of these frames alone"""
    path: MouthPath
    """how the mouth should move in them"""


def take_of(replica: Replica, footage: Path, samples: Array, track: FaceTrack, first: int, settings: Settings) -> Take:
    """Frames `first` and on of footage whose sound is `samples`; `track` is the face in them alone."""
    heard_from = max(0, first - _CONTEXT_FRAMES)
    own = slice(first - heard_from, first - heard_from + len(track))
    per_frame = SAMPLE_RATE // FPS
    heard = samples[heard_from * per_frame : (first + len(track) + _CONTEXT_FRAMES) * per_frame]
    path = mouth_path(replica.motion, replica.rest, heard, own.stop, settings)
    return Take(footage, first, track, path.part(own))


def evaluate(
    replica: Replica,
    takes: Sequence[Take],
    settings: Settings,
    limits: Limits,
    *,
    pick: Callable[[Replica, Take], Choice] = lambda replica, take: choose(replica, take.path, take.track.pose),
    show: Callable[[Picture, Picture], None] | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> dict[str, float]:
    """Figures of `metrics.py` for some takes, with the mouths that `pick` chooses (the engine's own by default).

    `show` is given each real picture and the rendered one.
    """
    comparison = LipComparison()
    total, done = sum(len(take.track) for take in takes), 0
    seen, rendered = [], []
    for take in takes:
        meshes: list[FaceMesh | None] = []
        starts = {start for start, _ in stretches(take.track)}
        compared = -1
        with FaceTracker(settings) as tracker:
            for index, (real, picture) in enumerate(respoken(replica, take, pick(replica, take), limits)):
                meshes.append(tracker.track(picture, index / FPS))
                if np.isfinite(take.track.points[index, 0, 0]):
                    left, top, right, bottom = box = lips_box(take.track.points[index], real.shape)
                    if min(right - left, bottom - top) >= _LEAST_BOX_PX:
                        comparison.add(real, picture, box, follows=compared == index - 1 and index not in starts)
                        compared = index
                if show is not None:
                    show(real, picture)
                done += 1
                progress(done / total)
        seen.append(take.track.part(slice(len(meshes))))
        rendered.append(track_of(meshes))
    speaking = np.concatenate([take.path.speaking[: len(own)] for take, own in zip(takes, seen, strict=True)])
    return comparison.figures() | motion_figures(lip_gap(joined(seen)), lip_gap(joined(rendered)), speaking)


def respoken(replica: Replica, take: Take, choice: Choice, limits: Limits) -> Iterator[tuple[Picture, Picture]]:
    """Each real picture of the take, and the same with the replica's mouth; both (H, W, 3)."""
    to_unit = to_canonical(take.track, replica.template)
    control = apply(to_unit, take.track.points[:, CONTROL])
    compositor = Compositor(replica.atlas)
    start_s, end_s = take.first / FPS, (take.first + len(control) - 0.5) / FPS
    for index, frame in enumerate(frames(take.footage, limits=limits, start_s=start_s, end_s=end_s)):
        if np.isfinite(to_unit[index, 0, 0]):
            stage = Stage(frame.image, to_unit[index], control[index])
            yield frame.image, compositor.paint(stage, choice.shapes[index], choice.rows[index])
        else:
            yield frame.image, frame.image
