"""A good recording in memory, and the faulty one that is made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np
from av.packet import Packet
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from countenance.errors import Span
from countenance.media.read import FPS, SAMPLE_RATE, audio, frames
from countenance.media.sound import resampled
from countenance.media.write import VideoWriter
from countenance.people.face import MESH_POINTS, FaceTracker
from countenance.people.speech import speech_spans
from countenance.settings import Settings

Picture = NDArray[np.uint8]
Samples = NDArray[np.float32]

RATE = 24_000
"""Samples per second of all sound here."""
_CRF = 18
_STEADY_PICTURES = 1.2  # the mesh trembles by a pixel; what is painted on a face should not
_TICKS_PER_S = 90_000


@dataclass(frozen=True, slots=True)
class Original:
    """A stretch of a good recording, T pictures at FPS; all are held, 2.8 MB each for 720 lines.

    `points` (T, 478, 2) is the mesh of the face in pixels (see `countenance.people.face.FaceMesh`); where no face was
    found it is the nearest one that was. `first` is the number of the first picture in the file at `path`.
    """

    path: Path
    first: int
    pictures: list[Picture]
    points: NDArray[np.float32]
    sound: Samples
    speech: tuple[Span, ...]

    @property
    def height(self) -> int:
        return int(self.pictures[0].shape[0])

    @property
    def width(self) -> int:
        return int(self.pictures[0].shape[1])

    @property
    def seconds(self) -> float:
        return len(self.pictures) / FPS

    @property
    def face_px(self) -> float:
        """Width of the face, temple to temple: median over time."""
        return float(np.median(np.ptp(self.points[..., 0], axis=1)))

    @property
    def speech_end_s(self) -> float:
        """Where the last word ends: what follows is the listening part. The end, if nobody speaks."""
        return self.speech[-1].end_s if self.speech else self.seconds


@dataclass(frozen=True, slots=True)
class Faulty:
    """What is to be written: pictures at `fps`, or at `times` (seconds, rising) where the rate varies."""

    pictures: Iterable[Picture]
    sound: Samples | None
    fps: float = FPS
    crf: int = _CRF
    times: NDArray[np.float64] | None = None
    bytes_kept: float = 1.0
    """Share of the finished file's bytes that is left."""


def load(
    path: Path, settings: Settings, *, start_s: float = 0.0, seconds: float = 8.0, max_side: int | None = None
) -> Original:
    """Read `seconds` of a recording of one person who can be seen.

    Raises:
        CountenanceError: what `countenance.media.read.frames` and `audio` raise.
        ValueError: where no face is found at all.
    """
    pictures, meshes = [], []
    with FaceTracker(settings) as tracker:
        for frame in frames(path, start_s=start_s, end_s=start_s + seconds, max_side=max_side):
            pictures.append(frame.image)
            mesh = tracker.track(frame.image, frame.time_s)
            meshes.append(None if mesh is None else mesh.points[:, :2])
    first = round(start_s * FPS)
    begin = round(first / FPS * RATE)
    sound = audio(path, rate=RATE)[begin : begin + round(len(pictures) / FPS * RATE)]
    speech = speech_spans(resampled(sound, RATE, SAMPLE_RATE), settings)
    return Original(path, first, pictures, _filled(meshes), sound, speech)


def last(original: Original, seconds: float) -> Original:
    """The last part of it."""
    left = max(0, len(original.pictures) - round(seconds * FPS))
    start_s = left / FPS
    speech = (Span(max(0.0, s.start_s - start_s), s.end_s - start_s) for s in original.speech if s.end_s > start_s)
    return replace(
        original,
        first=original.first + left,
        pictures=original.pictures[left:],
        points=original.points[left:],
        sound=original.sound[round(start_s * RATE) :],
        speech=tuple(speech),
    )


def unchanged(original: Original) -> Faulty:
    """The recording as it is, written as the faulty ones are."""
    return Faulty(original.pictures, original.sound)


def seen(original: Original, pictures: Iterable[Picture]) -> Faulty:
    """Other pictures with the same sound."""
    return Faulty(pictures, original.sound)


def heard(original: Original, sound: Samples | None) -> Faulty:
    """Other sound with the same pictures."""
    return Faulty(original.pictures, sound)


def write(faulty: Faulty, target: Path, *, encoded: Path | None = None) -> Path:
    """Write the MP4 file `target`. `encoded` may name a file with the same pictures, which are then copied from it."""
    with TemporaryDirectory(prefix="defect-") as folder:
        if encoded is not None:
            # Sound is only written beside pictures: two pixels of black will do.
            black = (np.zeros((16, 16, 3), np.uint8) for _ in faulty.pictures)
            sound = _encode(replace(faulty, pictures=black), Path(folder) / "sound.mp4") if _has_sound(faulty) else None
            _copy(encoded, sound, target)
        elif faulty.times is not None:
            even = _encode(faulty, Path(folder) / "even.mp4")
            _copy(even, even if _has_sound(faulty) else None, target, faulty.times)
        else:
            _encode(faulty, target)
    if faulty.bytes_kept < 1.0:
        whole = target.read_bytes()
        target.write_bytes(whole[: int(len(whole) * faulty.bytes_kept)])
    return target


def _has_sound(faulty: Faulty) -> bool:
    return faulty.sound is not None


def _encode(faulty: Faulty, target: Path) -> Path:
    pictures = iter(faulty.pictures)
    first = next(pictures)
    height, width = first.shape[:2]
    with VideoWriter(
        target, width, height, fps=faulty.fps, audio=faulty.sound, sample_rate=RATE, crf=faulty.crf, preset="ultrafast"
    ) as video:
        video.write(first)
        for picture in pictures:
            video.write(picture)
    return target


def _copy(pictures_of: Path, sound_of: Path | None, target: Path, times: NDArray[np.float64] | None = None) -> None:
    """Picture packets of one file and sound packets of another, unchanged; `times` are the pictures' new ones.

    The pictures must come in the order in which they are shown, as the preset `ultrafast` leaves them.
    """
    options = {"movflags": "+faststart"}
    with av.open(str(pictures_of)) as source, av.open(str(target), "w", format="mp4", options=options) as out:
        track = out.add_stream_from_template(source.streams.video[0])
        packets = [packet for packet in source.demux(source.streams.video[0]) if packet.pts is not None]
        for number, packet in enumerate(packets):
            packet.stream = track
            if times is not None:
                _retime(packet, float(times[number]), float(times[number + 1 : number + 2].sum()))
        if sound_of is None:
            out.mux(packets)
            return
        with av.open(str(sound_of)) as other:
            second = out.add_stream_from_template(other.streams.audio[0])
            blocks = [packet for packet in other.demux(other.streams.audio[0]) if packet.pts is not None]
            for block in blocks:
                block.stream = second
            both: list[Packet[Any]] = [*packets, *blocks]
            out.mux(sorted(both, key=_decoded_at))


def _retime(packet: Packet[Any], start_s: float, next_s: float) -> None:
    """`next_s` is 0 for the last one."""
    packet.time_base = Fraction(1, _TICKS_PER_S)
    packet.pts = packet.dts = round(start_s * _TICKS_PER_S)
    packet.duration = round(((next_s - start_s) if next_s else 1 / FPS) * _TICKS_PER_S)


def _decoded_at(packet: Packet[Any]) -> Fraction:
    return (packet.dts or 0) * Fraction(packet.time_base)


def _filled(meshes: list[NDArray[np.float32] | None]) -> NDArray[np.float32]:
    known = np.array([i for i, mesh in enumerate(meshes) if mesh is not None])
    if not known.size:
        raise ValueError("there is no face in this recording")
    nearest = known[np.abs(np.arange(len(meshes))[:, None] - known).argmin(axis=1)]
    points = np.stack([mesh for mesh in (meshes[i] for i in nearest) if mesh is not None])
    assert points.shape[1] == MESH_POINTS  # noqa: S101
    return np.asarray(gaussian_filter1d(points, _STEADY_PICTURES, axis=0), np.float32)
