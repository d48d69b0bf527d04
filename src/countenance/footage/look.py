"""One pass over the picture of a recording: every picture is seen small, twelve a second closely.

The decoder, the face mesh and the face detector work side by side in threads; what they find is put together in the
order of the pictures, so that the result does not depend on which was faster.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from countenance.footage.face_view import crop, view_face
from countenance.footage.movement import FINE_PX, SMALL_PX, Movement, around_head, background_stir, black_bars, contrast
from countenance.footage.timeline import SAMPLES_PER_S, Box, FaceSample, FaceView, Pictures, Sample
from countenance.footage.upright import FaceSearch
from countenance.media.limits import limits_from
from countenance.media.picture import Orientation, PictureReader, displayed_size, luma, orientation
from countenance.media.read import Decoded, decoded
from countenance.people.face import BLENDSHAPES, FaceBox, FaceMesh, FaceTracker
from countenance.people.lips import lip_gap
from countenance.settings import Settings

_LONGEST_SIDE_PX = 640  # what the face detector works on
_DETECTION_EVERY = 3
"""Samples from one search for faces to the next: four a second."""
_AHEAD = 8
"""So many closely seen pictures may be under way."""
_SECOND_FACE = 0.2
"""A further face counts from this share of the main face's width on; the detector sees no smaller ones."""
_TOLERANCE_S = 0.002
_LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)  # ITU-R BT.709
_BLINKS = [BLENDSHAPES.index("eyeBlinkLeft"), BLENDSHAPES.index("eyeBlinkRight")]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What was seen: see `countenance.footage.timeline.Timeline`."""

    samples: tuple[Sample, ...]
    pictures: Pictures
    stands_at_deg: int


def look(path: Path, settings: Settings, progress: Callable[[float], None] | None = None) -> Seen:
    """Look at the whole recording; `progress` is told the time in seconds up to which it was seen.

    A few pictures are held at a time.

    Raises:
        CountenanceError: what `countenance.media.read.decoded` raises.
    """
    result, search = _Result(), FaceSearch(settings)
    with (
        FaceTracker(settings) as tracker,
        ThreadPoolExecutor(1, "mesh") as mesh_thread,
        ThreadPoolExecutor(1, "faces") as face_thread,
    ):
        pending: deque[_Shown] = deque()
        for shown in _shown(path, settings):
            if shown.rgb is not None:
                shown.mesh = mesh_thread.submit(tracker.track, shown.rgb, shown.first / SAMPLES_PER_S)
                if shown.is_searched:
                    shown.faces = face_thread.submit(search.faces, shown.rgb)
            pending.append(shown)
            while sum(waiting.rgb is not None for waiting in pending) > _AHEAD:
                result.add(pending.popleft())
            if progress:
                progress(shown.time_s)
        while pending:
            result.add(pending.popleft())
    samples = result.samples
    if search.stands_at_deg:  # what was measured of a face that lies is wrong
        samples = [replace(sample, faces=0, face=None) for sample in samples]
    return Seen(tuple(samples), Pictures.of(result.rows), search.stands_at_deg)


@dataclass(slots=True)
class _Shown:
    """A decoded picture on its way."""

    time_s: float
    first: int
    """The samples `first` to before `stop` show this picture."""
    stop: int
    width: int
    """Of the recording in square pixels."""
    luma: NDArray[np.uint8] | None
    """Kept only where a sample shows it: it holds the whole decoded picture."""
    small: NDArray[np.uint8]
    fine: NDArray[np.uint8]
    rgb: NDArray[np.uint8] | None
    """None where no sample shows it."""
    mesh: Future[FaceMesh | None] | None = None
    faces: Future[list[FaceBox]] | None = None

    @property
    def is_searched(self) -> bool:
        return any(tick % _DETECTION_EVERY == 0 for tick in range(self.first, self.stop))


def _shown(path: Path, settings: Settings) -> Iterator[_Shown]:
    reader: PictureReader | None = None
    turn = Orientation()
    stop = 0
    for item in decoded(path, limits=limits_from(settings)):
        if reader is None:
            reader = PictureReader(item.picture, item.pixel_aspect, _LONGEST_SIDE_PX)
            turn = orientation(item.picture)
        first, stop = stop, max(stop, _ticks_before(item))
        grey = luma(item.picture)
        yield _Shown(
            time_s=item.start_s,
            first=first,
            stop=stop,
            width=displayed_size(item.picture, item.pixel_aspect, turn)[0],
            luma=turn.seen(grey) if stop > first else None,
            small=np.ascontiguousarray(turn.seen(_small(grey))),
            fine=np.ascontiguousarray(turn.seen(_strided(grey))),
            rgb=reader.rgb(item.picture) if stop > first else None,
        )


def _ticks_before(item: Decoded) -> int:
    """How many samples lie before the picture's end."""
    return int(np.ceil((item.end_s - _TOLERANCE_S) * SAMPLES_PER_S))


def _small(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    import cv2

    scale = min(1.0, SMALL_PX / max(grey.shape))
    height, width = (max(3, round(size * scale)) for size in grey.shape)
    return np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _strided(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    step = max(1, max(grey.shape) // FINE_PX)
    return grey[::step, ::step]


class _Result:
    """Puts together what was seen, picture by picture."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self.rows: list[tuple[float, ...]] = []
        self._movement = Movement()
        self._boxes: list[Box] = []
        self._view: FaceView | None = None
        self._scene = (0.0, 0.0, 0.0)  # background, contrast and bars of a sample
        self._searched: NDArray[np.uint8] | None = None

    def add(self, shown: _Shown) -> None:
        if shown.rgb is not None and shown.mesh is not None:
            self._look_closely(shown, shown.rgb, shown.mesh.result())
        face = self._boxes[0] if self._boxes else None
        moved = self._movement.step(shown.small, shown.fine, face)
        near = shown.small[around_head(face, shown.small.shape)]
        changes = (
            (moved.change, moved.head_change, moved.lasting, moved.fine_change, moved.row_change, *moved.shift)
            if moved
            else (np.nan,) * 7
        )
        self.rows.append((shown.time_s, float(shown.small.mean()), float(near.mean()), *changes))

    def _look_closely(self, shown: _Shown, rgb: NDArray[np.uint8], mesh: FaceMesh | None) -> None:
        if shown.faces is not None:
            self._boxes = [_box(face, rgb.shape) for face in shown.faces.result()]
            face = self._boxes[0] if self._boxes else None
            self._view = view_face(rgb, shown.luma, face, mesh) if face and shown.luma is not None else None
            before = self._searched
            comparable = before is not None and before.shape == shown.small.shape
            stir = background_stir(before, shown.small, face) if before is not None and comparable else 0.0
            self._scene = stir, contrast(shown.small), black_bars(shown.small)
            self._searched = shown.small
        sample = self._sample(shown, rgb, mesh)
        self.samples += [replace(sample, time_s=tick / SAMPLES_PER_S) for tick in range(shown.first, shown.stop)]

    def _sample(self, shown: _Shown, rgb: NDArray[np.uint8], mesh: FaceMesh | None) -> Sample:
        if not self._boxes:
            return Sample(shown.time_s, 0, None, _brightness(rgb), *self._scene)
        main = self._boxes[0]
        face = FaceSample(
            width_px=main.width * shown.width,
            frame_share=main.height * rgb.shape[0] / min(rgb.shape[:2]),
            yaw_deg=mesh.yaw_deg if mesh else None,
            pitch_deg=mesh.pitch_deg if mesh else None,
            roll_deg=mesh.roll_deg if mesh else None,
            box=main,
            eyes_shut=float(mesh.blendshapes[_BLINKS].min()) if mesh else None,
            lip_gap=lip_gap(mesh) if mesh else None,
            view=self._view,
        )
        count = sum(box.width >= _SECOND_FACE * main.width for box in self._boxes)
        return Sample(shown.time_s, count, face, _brightness(crop(rgb, main)), *self._scene)


def _box(face: FaceBox, shape: tuple[int, ...]) -> Box:
    height, width = shape[:2]
    return Box(face.x / width, face.y / height, face.width / width, face.height / height)


def _brightness(rgb: NDArray[np.uint8]) -> float:
    return float(rgb.reshape(-1, 3).mean(axis=0, dtype=np.float32) @ _LUMA)
