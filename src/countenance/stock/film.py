"""Film a person: pictures, sound and the truth about them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from countenance.media.write import VideoWriter
from countenance.stock.animate import Performance, perform
from countenance.stock.clips import Truth
from countenance.stock.mesh import LIP_BORDER, LIP_INNER, Array, load_head
from countenance.stock.render import Frame, Studio
from countenance.voice.speech import Speech


def film(
    studio: Studio,
    speech: Speech,
    path: Path,
    *,
    text: str,
    listening_s: float = 0.0,
    seed: int = 1,
    crf: int = 20,
    preset: str = "medium",
    progress: Callable[[float], None] | None = None,
) -> Truth:
    """Write an MP4 of the person who speaks and then listens; the same arguments give the same film.

    `progress` hears the share that is done.
    """
    performance = perform(speech.phones, speech.duration_s, listening_s, seed=seed)
    frames = []
    with VideoWriter(path, studio.width, studio.height, fps=performance.fps, audio=speech.samples,
                     sample_rate=speech.sample_rate, crf=crf, preset=preset) as video:  # fmt: skip
        for number, pose in enumerate(performance.poses):
            frame = studio.frame(pose, number)
            video.write(frame.rgb)
            frames.append(_lips(studio, frame))
            if progress is not None:
                progress((number + 1) / len(performance.poses))
    return _truth(performance, np.stack(frames), speech, text)


def _lips(studio: Studio, frame: Frame) -> Array:
    rings = studio.figure.head.lip_rings[[LIP_BORDER, LIP_INNER]].reshape(-1)
    return studio.camera.project(frame.posed.skin[rings])


def _truth(performance: Performance, lips: Array, speech: Speech, text: str) -> Truth:
    names = tuple(load_head().actions)
    border, inner = lips[:, :38], lips[:, 38:]
    up, down = inner[:, 0], inner[:, 19]
    gap = np.sign(down[:, 1] - up[:, 1]) * np.linalg.norm(down - up, axis=1)
    left, right = border[..., 0].argmax(1), border[..., 0].argmin(1)
    rows = np.arange(len(border))
    width = np.linalg.norm(border[rows, left] - border[rows, right], axis=1)
    poses = performance.poses
    return Truth(
        fps=performance.fps,
        lip_gap_px=gap.astype(np.float32),
        mouth_width_px=width.astype(np.float32),
        lips_px=lips.astype(np.float32),
        action_names=names,
        actions=np.array([[p.actions.get(name, 0.0) for name in names] for p in poses], np.float32),
        pose_deg=np.array([[p.yaw_deg, -p.pitch_deg, p.roll_deg] for p in poses], np.float32),
        blink=performance.blink.astype(np.float32),
        phones=speech.phones,
        speaking_s=speech.duration_s,
        text=text,
    )
