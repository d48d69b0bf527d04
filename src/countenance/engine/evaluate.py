"""Let a replica speak a real recording on its own frames, and compare it with what was filmed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from countenance.engine.align import FaceTrack, apply, joined, lip_gap, stretches, to_canonical, track_of
from countenance.engine.atlas import CONTROL
from countenance.engine.choice import Choice, choose
from countenance.engine.closure import close_lips
from countenance.engine.closure_rate import closed_below, closure_rate
from countenance.engine.compose import Compositor, Finish, Layers, Stage
from countenance.engine.metrics import Box, LipComparison, SeamComparison, lips_box, motion_figures
from countenance.engine.replica import Replica
from countenance.engine.speak import MouthPath, mouth_path
from countenance.engine.sync import displacement
from countenance.media.limits import Limits
from countenance.media.read import FPS, SAMPLE_RATE, frames
from countenance.people.face import FaceMesh, FaceTracker
from countenance.settings import Settings
from countenance.voice.alignment import phones_heard
from countenance.voice.speech import Phone

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
    phones: tuple[Phone, ...] = ()
    """what is said, on the clock of these frames; empty if that is not known"""


Pick = Callable[[Replica, Take], Choice]


def own_choice(replica: Replica, take: Take) -> Choice:
    """The mouths that the engine itself shows in a take."""
    return choose(replica, take.path, take.track.pose)


def take_of(
    replica: Replica,
    footage: Path,
    samples: Array,
    track: FaceTrack,
    first: int,
    settings: Settings,
    *,
    closing: bool = True,
) -> Take:
    """Frames `first` and on of footage whose sound is `samples`; `track` is the face in them alone.

    Without `closing`, lips close at p, b and m only as far as the motion has learned it.
    """
    heard_from = max(0, first - _CONTEXT_FRAMES)
    own = slice(first - heard_from, first - heard_from + len(track))
    per_frame = SAMPLE_RATE // FPS
    heard = samples[heard_from * per_frame : (first + len(track) + _CONTEXT_FRAMES) * per_frame]
    path = mouth_path(replica.motion, replica.rest, heard, own.stop, settings)
    phones = phones_heard(heard, settings)
    before_s = (first - heard_from) / FPS
    moved = (replace(phone, start_s=phone.start_s - before_s, end_s=phone.end_s - before_s) for phone in phones)
    inside = tuple(phone for phone in moved if 0.0 <= phone.start_s < len(track) / FPS)
    if closing:
        path = close_lips(path, phones, replica.atlas)
    return Take(footage, first, track, path.part(own), inside)


def evaluate(
    replica: Replica,
    takes: Sequence[Take],
    settings: Settings,
    limits: Limits,
    *,
    pick: Pick = own_choice,
    finish: Finish | None = None,
    show: Callable[[Picture, Picture], None] | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> dict[str, float]:
    """Figures of `metrics.py` for some takes, with the mouths that `pick` chooses (the engine's own by default).

    `show` is given each real picture and the rendered one.
    """
    comparison, seams = LipComparison(), SeamComparison()
    total, done = sum(len(take.track) for take in takes), 0
    rendered: list[FaceTrack] = []
    for take in takes:
        meshes: list[FaceMesh | None] = []
        starts = {start for start, _ in stretches(take.track)}
        compared = -1
        with FaceTracker(settings) as tracker:
            for index, spoken in enumerate(respoken(replica, take, pick(replica, take), limits, finish)):
                meshes.append(tracker.track(spoken.rendered, index / FPS))
                box = _box(take, index, spoken.real)
                if box is not None:
                    comparison.add(
                        spoken.real, spoken.rendered, box, follows=compared == index - 1 and index not in starts
                    )
                    compared = index
                if spoken.layers is not None:
                    seams.add(spoken.real, spoken.rendered, spoken.layers.box, spoken.layers.region)
                if show is not None:
                    show(spoken.real, spoken.rendered)
                done += 1
                progress(done / total)
        rendered.append(track_of(meshes))
    return comparison.figures() | seams.figures() | _motion(takes, rendered)


def _box(take: Take, index: int, real: Picture) -> Box | None:
    """Around the lips, if they are in the picture."""
    if not np.isfinite(take.track.points[index, 0, 0]):
        return None
    left, top, right, bottom = box = lips_box(take.track.points[index], real.shape)
    return box if min(right - left, bottom - top) >= _LEAST_BOX_PX else None


def _motion(takes: Sequence[Take], rendered: Sequence[FaceTrack]) -> dict[str, float]:
    """How the rendered lips move beside the real ones, over all takes together."""
    real = joined([take.track.part(slice(len(made))) for take, made in zip(takes, rendered, strict=True)])
    speaking = np.concatenate([take.path.speaking[: len(made)] for take, made in zip(takes, rendered, strict=True)])
    phones: list[Phone] = []
    begins_s = 0.0
    for take, made in zip(takes, rendered, strict=True):
        phones += [replace(p, start_s=p.start_s + begins_s, end_s=p.end_s + begins_s) for p in take.phones]
        begins_s += len(made) / FPS
    real_gap, gap = lip_gap(real), lip_gap(joined(rendered))
    below = closed_below(real_gap, speaking)
    closed = {
        name: closure_rate(values, tuple(phones), below) for name, values in (("real", real_gap), ("rendered", gap))
    }
    lag, _ = displacement(gap, real_gap, speaking)
    return motion_figures(real_gap, gap, speaking) | {
        "closure": closed["rendered"].rate,
        "closure_real": closed["real"].rate,
        "closure_by_chance": closed["rendered"].chance,
        "closures": float(closed["real"].count),
        "lag_frames": lag,
    }


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """A frame of a take, as filmed and as rendered; both (H, W, 3)."""

    real: Picture
    rendered: Picture
    layers: Layers | None
    """what was put into the picture; None where there was no face"""


def respoken(
    replica: Replica, take: Take, choice: Choice, limits: Limits, finish: Finish | None = None
) -> Iterator[Spoken]:
    """Each frame of the take, with the replica's mouth in it."""
    to_unit = to_canonical(take.track, replica.template)
    control = apply(to_unit, take.track.points[:, CONTROL])
    put: list[Layers] = []

    def finished(stage: Stage, layers: Layers) -> Picture:
        put.append(layers)
        return layers.met if finish is None else finish(stage, layers)

    compositor = Compositor(replica.atlas, finished)
    start_s, end_s = take.first / FPS, (take.first + len(control) - 0.5) / FPS
    for index, frame in enumerate(frames(take.footage, limits=limits, start_s=start_s, end_s=end_s)):
        picture = frame.image
        if np.isfinite(to_unit[index, 0, 0]):
            stage = Stage(frame.image, to_unit[index], control[index])
            picture = compositor.paint(stage, choice.shapes[index], choice.rows[index])
        yield Spoken(frame.image, picture, put.pop() if put else None)
