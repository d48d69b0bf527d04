"""One pass over a recording: what is seen a few times a second, and where somebody speaks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from countenance.footage.listen import listen
from countenance.footage.timeline import SAMPLES_PER_S, Box, FaceSample, Sample, Timeline, lip_track
from countenance.media.limits import limits_from
from countenance.media.probe import MediaInfo
from countenance.media.read import frames
from countenance.people.face import BLENDSHAPES, FaceBox, FaceTracker, detect_faces
from countenance.people.lips import lip_gap
from countenance.settings import Settings

_LONGEST_SIDE_PX = 640  # what the face detector works on
_SECOND_FACE = 0.25
"""A further face counts from this share of the main face's width on; smaller ones are pictures on a wall."""
_BLINKS = BLENDSHAPES.index("eyeBlinkLeft"), BLENDSHAPES.index("eyeBlinkRight")
_LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)  # ITU-R BT.709


def measure(info: MediaInfo, settings: Settings, progress: Callable[[float], None] | None = None) -> Timeline:
    """Look at and listen to the recording; `progress` is told the share of it that was seen, 0 to 1.

    One picture is held at a time, and the sound as a whole.

    Raises:
        CountenanceError: what `countenance.media.read.frames` and `audio` raise.
    """
    samples: list[Sample] = []
    with FaceTracker(settings) as tracker:
        for frame in frames(info.path, fps=SAMPLES_PER_S, limits=limits_from(settings), max_side=_LONGEST_SIDE_PX):
            samples.append(_sample(frame.image, frame.time_s, _grown(info, frame.image), tracker, settings))
            if progress:
                progress(min(1.0, frame.time_s / info.duration_s))
    sound = listen(info.path, settings) if info.audio else None
    return Timeline(tuple(samples), lip_track(tuple(samples)), sound)


def _grown(info: MediaInfo, image: NDArray[np.uint8]) -> float:
    """How many pixels of the recording one pixel of the sampled picture is."""
    return info.video.width / image.shape[1] if info.video else 1.0


def _sample(image: NDArray[np.uint8], time_s: float, grown: float, tracker: FaceTracker, settings: Settings) -> Sample:
    boxes = detect_faces(image, settings)
    if not boxes:
        return Sample(time_s, 0, None, _brightness(image))
    main = boxes[0]
    mesh = tracker.track(image, time_s)
    height, width = image.shape[:2]
    face = FaceSample(
        width_px=main.width * grown,
        frame_share=main.height / min(image.shape[:2]),
        yaw_deg=mesh.yaw_deg if mesh else None,
        pitch_deg=mesh.pitch_deg if mesh else None,
        roll_deg=mesh.roll_deg if mesh else None,
        box=Box(main.x / width, main.y / height, main.width / width, main.height / height),
        eyes_shut=float(mesh.blendshapes[list(_BLINKS)].min()) if mesh else None,
        lip_gap=lip_gap(mesh) if mesh else None,
    )
    count = sum(box.width >= _SECOND_FACE * main.width for box in boxes)
    return Sample(time_s, count, face, _brightness(_patch(image, main)))


def _patch(image: NDArray[np.uint8], box: FaceBox) -> NDArray[np.uint8]:
    top, left = max(0, int(box.y)), max(0, int(box.x))
    patch = image[top : int(box.y + box.height) + 1, left : int(box.x + box.width) + 1]
    return patch if patch.size else image


def _brightness(rgb: NDArray[np.uint8]) -> float:
    return float(rgb.reshape(-1, 3).mean(axis=0, dtype=np.float32) @ _LUMA)
