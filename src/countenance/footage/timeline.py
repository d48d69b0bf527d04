"""A recording as numbers: what was seen in it several times a second, and what was heard.

Nothing here grows with the size of the pictures; an hour of footage is some 20 MB. All times are seconds from the
recording's first picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from countenance.footage.listen import Sound
from countenance.people.lips import LipTrack

SAMPLES_PER_S = 12.5
PATCHES = (
    "forehead",
    "right cheek",
    "left cheek",
    "nose",
    "upper lip",
    "mouth",
    "chin",
    "right jaw",
    "left jaw",
    "right eye",
    "left eye",
)
"""Parts of a face whose colour tells whether something covers them; left and right are the person's own."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where something is, in shares of the picture's width and height from its top left corner.

    A face may reach beyond the picture's edge: shares below 0 and above 1.
    """

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height


@dataclass(frozen=True, slots=True)
class FaceView:
    """How well a face can be seen. Measured some four times a second and held between."""

    sharpness: float
    """See `countenance.footage.face_view.sharpness`, in %."""
    blockiness: float
    """See `countenance.footage.face_view.blockiness`, in %."""
    dark: float
    """Share of the face, in %, that is black."""
    bright: float
    """Share of the face, in %, that is blown out."""
    uneven: float
    """How much darker one side of the face is than the other, in %."""
    colours: tuple[tuple[float, float, float], ...] = ()
    """Mean colour of each of `PATCHES` in CIELAB (L 0 to 100); empty without a mesh."""


@dataclass(frozen=True, slots=True)
class FaceSample:
    """The main face at one moment. Brightness is luma, 0 to 255."""

    width_px: float
    """Of the face in pixels of the recording, temple to temple."""
    frame_share: float
    """Height of the face, brow to chin, as a share of the picture's shorter side."""
    yaw_deg: float | None
    """See `countenance.people.face.FaceMesh`; None where the face could not be measured, as in full profile."""
    pitch_deg: float | None
    roll_deg: float | None = None
    box: Box = Box(0.35, 0.2, 0.3, 0.4)
    """Brow to chin, temple to temple."""
    eyes_shut: float | None = None
    """0 (wide open) to 1 (shut), of the eye that is more open; None without a mesh."""
    lip_gap: float | None = None
    """See `countenance.people.lips.lip_gap`; None without a mesh."""
    view: FaceView | None = None
    """None where it was not measured."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one picture shows; it stands for the 1 / SAMPLES_PER_S seconds that begin at its time."""

    time_s: float
    faces: int
    """Persons whose face is seen: the main one and others that are not much smaller."""
    face: FaceSample | None
    brightness: float
    """Mean luma, 0 to 255, of the main face or, without one, of the whole picture."""
    background: float = 0.0
    """Share of the background, in %, that changed within the last quarter of a second."""
    contrast: float = 200.0
    """Luma from the darkest to the lightest fiftieth of the whole picture."""
    bars: float = 0.0
    """Share of the picture, in %, that black bars take up."""


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Numbers of every decoded picture, each (N,) float32; see `countenance.footage.movement.Moved`. The first
    picture has nothing before it: its changes are NaN.
    """

    time_s: NDArray[np.float64]
    brightness: NDArray[np.float32]
    """Mean luma of the whole picture, 0 to 255."""
    face_brightness: NDArray[np.float32]
    """Mean luma near the main face; of the whole picture where there is none."""
    change: NDArray[np.float32]
    head_change: NDArray[np.float32]
    lasting: NDArray[np.float32]
    fine_change: NDArray[np.float32]
    row_change: NDArray[np.float32]
    shift_x: NDArray[np.float32]
    shift_y: NDArray[np.float32]

    @classmethod
    def of(cls, rows: Sequence[Sequence[float]]) -> Pictures:
        """From one row of numbers in the order of the fields for every picture."""
        table = np.array(rows, np.float64).reshape(len(rows), 10)
        numbers = table[:, 1:].astype(np.float32)
        return cls(table[:, 0], *(np.ascontiguousarray(column) for column in numbers.T))


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """A recording as numbers."""

    samples: tuple[Sample, ...]
    """One for every 1 / SAMPLES_PER_S seconds of picture: sample i is at i / SAMPLES_PER_S."""
    lips: LipTrack = field(default_factory=lambda: LipTrack(SAMPLES_PER_S, np.zeros(0, np.float32)))
    """How far the mouth is open, at the rate of the samples."""
    pictures: Pictures = field(default_factory=lambda: Pictures.of(()))
    """Every decoded picture at the recording's own rate."""
    sound: Sound | None = None
    """None where the recording has no sound track."""
    stands_at_deg: int = 0
    """90, 180 or 270 if the recording turned clockwise by so much shows an upright face: then no sample has one."""

    @property
    def seen_s(self) -> float:
        """How much picture could be decoded."""
        return len(self.samples) / SAMPLES_PER_S


def lip_track(samples: tuple[Sample, ...]) -> LipTrack:
    """The opening of the main face's mouth, sample by sample."""
    gaps = [s.face.lip_gap if s.face is not None and s.face.lip_gap is not None else np.nan for s in samples]
    gap: NDArray[np.float32] = np.array(gaps, np.float32)
    return LipTrack(SAMPLES_PER_S, gap)
