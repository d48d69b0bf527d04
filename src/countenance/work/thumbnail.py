"""Small pictures of a replica and of a video: a still one, and a few seconds that move."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from countenance.engine.align import runs
from countenance.engine.credit import statement_of_portrait
from countenance.engine.replica import BaseTrack, load
from countenance.media.credentials import Statement, sealer
from countenance.media.limits import Limits, limits_from
from countenance.media.probe import probe
from countenance.media.read import FPS, frames
from countenance.media.write import Seal, VideoWriter, placed, write_errors
from countenance.people.face import BLENDSHAPES, FaceTracker
from countenance.settings import Settings

SIDE_PX = 320
SECONDS = 2.4
_GIF_FPS = 12.5
_GIF_COLOURS = 255
"""One is left for what does not change."""
_UNCHANGED = 10
"""Grey levels; less is noise, which would make the file several times as large."""
_JPEG_QUALITY = 88
_TITLE = "Picture of a digital replica"
_BLINKING_DEG = 30.0
"""Shut eyes weigh as much as a head that is turned by this."""

_BLINK = [BLENDSHAPES.index("eyeBlinkLeft"), BLENDSHAPES.index("eyeBlinkRight")]

Picture = NDArray[np.uint8]


def portrait_of(replica: Path, still: Path, moving: Path, settings: Settings) -> None:
    """A JPEG and an MP4 without sound of a replica's playing clip, where it looks most straight into the camera.

    Both are signed as AI-generated, unless they show what was filmed.

    Raises:
        CountenanceError: engine.not_a_replica, engine.replica_damaged, media.cannot_write, media.signer_unusable,
            media.signing_failed.
    """
    whole = load(replica)
    seal = _seal(statement_of_portrait(whole.description), settings)
    first, last, best = _window(whole.track)
    shown = _pictures(whole.base_clip, first / FPS, last / FPS, FPS, _own(limits_from(settings)))
    height, width = shown[0].shape[:2]
    with VideoWriter(moving, width, height, seal=seal) as writer:
        for picture in shown:
            writer.write(picture)
    _save(shown[min(best - first, len(shown) - 1)], still, seal)


def stills_of(video: Path, still: Path, moving: Path, settings: Settings, statement: Statement | None) -> None:
    """A JPEG and a looping GIF of the first seconds of a video that was rendered here.

    `statement` is what the video says of itself, which they are signed with too; None if it says nothing.

    Raises:
        CountenanceError: media.cannot_write, media.signer_unusable, media.signing_failed, and what reading the video
            may raise.
    """
    seal = _seal(statement, settings)
    limits = _own(limits_from(settings))
    start_s = min(0.5, max(0.0, probe(video, limits).duration_s - SECONDS))
    shown = _pictures(video, start_s, start_s + SECONDS, _GIF_FPS, limits)
    _save(_best_of(shown, settings), still, seal)
    shown = _calm(shown)
    # One palette for all pictures: what stands still does not shimmer.
    row = Image.fromarray(np.concatenate(shown[:: max(1, len(shown) // 6)], axis=1))
    palette = row.quantize(_GIF_COLOURS, method=Image.Quantize.MEDIANCUT)
    first, *rest = (Image.fromarray(picture).quantize(palette=palette, dither=Image.Dither.NONE) for picture in shown)
    looping = {"save_all": True, "duration": round(1000 / _GIF_FPS), "loop": 0, "optimize": False}
    with placed(moving, seal) as part, write_errors(moving):
        first.save(part, format="GIF", append_images=rest, **looping)


def _best_of(pictures: list[Picture], settings: Settings) -> Picture:
    """The one with the widest open eyes."""
    with FaceTracker(settings) as tracker:
        meshes = [tracker.track(picture, index / _GIF_FPS) for index, picture in enumerate(pictures)]
    shut = [np.inf if mesh is None else float(mesh.blendshapes[_BLINK].mean()) for mesh in meshes]
    return pictures[int(np.argmin(shut))]


def _calm(pictures: list[Picture]) -> list[Picture]:
    """The pictures without what changes in them by next to nothing."""
    calm = pictures[:1]
    for picture in pictures[1:]:
        change = np.abs(picture.astype(np.int16) - calm[-1]).max(axis=-1, keepdims=True)
        calm.append(np.where(change < _UNCHANGED, calm[-1], picture))
    return calm


def _window(track: BaseTrack) -> tuple[int, int, int]:
    """The first frame, the frame behind the last, and the best one of all, in an unbroken stretch that is shown."""
    turned = np.abs(np.nan_to_num(track.pose, nan=90.0)).max(axis=1)
    poor = turned + _BLINKING_DEG * np.nan_to_num(track.blink, nan=1.0)
    length = round(SECONDS * FPS)
    found: list[tuple[float, int, int]] = []
    for number in np.unique(track.stretch[track.stretch >= 0]):
        for start, end in runs(track.stretch == number):
            count = min(length, end - start)
            means = np.convolve(poor[start:end], np.full(count, 1.0 / count), mode="valid")
            at = int(np.argmin(means))
            # A stretch that is too short is taken only where there is no other.
            found.append((float(means[at]) + 1000.0 * (length - count), start + at, count))
    _, first, count = min(found, default=(0.0, 0, min(length, len(poor))))
    return first, first + count, first + int(np.argmin(poor[first : first + count]))


def _pictures(path: Path, start_s: float, end_s: float, fps: float, limits: Limits) -> list[Picture]:
    shown = frames(path, fps=fps, limits=limits, max_side=SIDE_PX, start_s=start_s, end_s=end_s)
    return [frame.image for frame in shown] or [next(frames(path, limits=limits, max_side=SIDE_PX)).image]


def _save(picture: Picture, path: Path, seal: Seal | None) -> None:
    with placed(path, seal) as part, write_errors(path):
        Image.fromarray(picture).save(part, format="JPEG", quality=_JPEG_QUALITY)


def _seal(statement: Statement | None, settings: Settings) -> Seal | None:
    return None if statement is None else sealer(replace(statement, title=_TITLE), settings)


def _own(limits: Limits) -> Limits:
    """What we made may be larger than a recording is allowed to be."""
    return replace(limits, file_bytes=sys.maxsize)
