"""Make footage from one picture: it speaks with a stock voice, pauses, blinks, breathes and listens."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countenance.errors import Finding
from countenance.media.read import FPS
from countenance.media.write import VideoWriter
from countenance.portrait.errors import EYES_SHUT, TEETH_IN_PICTURE
from countenance.portrait.lids import eye_opening
from countenance.portrait.picture import prepared
from countenance.portrait.puppet import Puppet
from countenance.portrait.script import spoken
from countenance.progress import ProgressCallback, StageProgress
from countenance.settings import Settings
from countenance.stock.animate import Performance, perform
from countenance.stock.figure import Pose
from countenance.voice.catalogue import DEFAULT_VOICE

STAGES = {"picture": 2.0, "voice": 6.0, "animate": 60.0}
"""Share of the time of each stage, as measured on a 720p picture."""
SECONDS = 45.0
_SEED = 7
_CRF, _PRESET = 16, "veryfast"
_EXPRESSION = ("mouthSmile", "cheekSquint", "browDown", "browInnerUp", "browOuterUp", "noseSneer", "mouthPress")
"""Actions whose mean is the picture's own expression: only what they change is added to it."""


@dataclass(frozen=True, slots=True, eq=False)
class MadeFootage:
    """What was made, and the truth about it: T frames at 25/s."""

    path: Path
    width: int
    height: int
    seconds: float
    """how long it took"""
    voice: str
    findings: tuple[Finding, ...]
    """what in the picture makes the replica less natural; warnings and hints"""
    lip_gap: NDArray[np.float32]
    """(T,) distance of the inner lips at their middle, in distances of the outer eye corners"""
    blink: NDArray[np.float32]
    """(T,) 0 open to 1 shut"""

    @property
    def duration_s(self) -> float:
        return len(self.lip_gap) / FPS

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "width": self.width,
            "height": self.height,
            "duration_s": self.duration_s,
            "seconds": round(self.seconds, 1),
            "voice": self.voice,
            "findings": [finding.as_dict() for finding in self.findings],
        }


def animate(
    picture: Path,
    out: Path,
    settings: Settings,
    *,
    voice: str = DEFAULT_VOICE,
    seconds: float = SECONDS,
    progress: ProgressCallback | None = None,
) -> MadeFootage:
    """Write footage of the person in a picture to `out`, an MP4 of about `seconds` with sound.

    The same picture and voice always give the same footage.

    Raises:
        CountenanceError: for a file that is no picture, and for faces that cannot be animated (`picture.*`);
            voices that are unknown or cannot speak (`voice.*`).
    """
    began = time.monotonic()
    stages = StageProgress(STAGES, progress)
    stages.update("picture", 0.0)
    puppet = Puppet(prepared(picture, settings), settings, picture)
    speech = spoken(voice, seconds, settings, stages.stage("voice"))
    listening_s = max(0.0, seconds - speech.duration_s)
    performance = relaxed(perform(speech.phones, speech.duration_s, listening_s, seed=_SEED, fps=FPS))
    height, width = puppet.rgb.shape[:2]
    count = len(performance.poses)
    gaps = np.zeros(count, np.float32)
    with VideoWriter(out, width, height, audio=speech.samples, sample_rate=speech.sample_rate,
                     crf=_CRF, preset=_PRESET) as video:  # fmt: skip
        for index, pose in enumerate(performance.poses):
            moment = puppet.pose(pose, float(performance.blink[index]))
            video.write(moment.image)
            gaps[index] = moment.lip_gap
            stages.update("animate", (index + 1) / count)
    stages.done()
    return MadeFootage(
        path=out,
        width=width,
        height=height,
        seconds=time.monotonic() - began,
        voice=voice,
        findings=_findings(puppet, picture),
        lip_gap=gaps,
        blink=performance.blink.astype(np.float32),
    )


def relaxed(performance: Performance) -> Performance:
    """The performance with the picture's own expression as its rest."""
    names = sorted({name for pose in performance.poses for name in pose.actions if name.startswith(_EXPRESSION)})
    mean = {name: float(np.median([pose.actions.get(name, 0.0) for pose in performance.poses])) for name in names}
    return replace(performance, poses=tuple(_relaxed(pose, mean) for pose in performance.poses))


def _relaxed(pose: Pose, mean: dict[str, float]) -> Pose:
    return replace(pose, actions={name: value - mean.get(name, 0.0) for name, value in pose.actions.items()})


def _findings(puppet: Puppet, picture: Path) -> tuple[Finding, ...]:
    found = []
    opening = eye_opening(puppet.face)
    if opening < (EYES_SHUT.limit or 0.0):
        found.append(Finding(EYES_SHUT, file=str(picture), measured=round(opening, 3)))
    seam = puppet.face.seam
    if seam.open:
        gap = float((seam.lower - seam.upper).max()) / puppet.face.unit
        found.append(Finding(TEETH_IN_PICTURE, file=str(picture), measured=round(gap, 3)))
    return tuple(found)
