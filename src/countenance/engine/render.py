"""A replica speaks: bundle and script or recording in, video out."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countenance.engine.choice import choose
from countenance.engine.closure import close_lips
from countenance.engine.compose import Compositor
from countenance.engine.errors import OUT_IS_INPUT, SOUND_TOO_SHORT
from countenance.engine.join import ClipReader, pose_of, staged
from countenance.engine.playback import plan
from countenance.engine.replica import Replica, load
from countenance.engine.speak import MouthPath, mouth_path
from countenance.errors import CountenanceError, Finding
from countenance.media.errors import CANNOT_WRITE, problem
from countenance.media.limits import Limits, limits_from
from countenance.media.read import FPS, SAMPLE_RATE
from countenance.media.read import audio as read_audio
from countenance.media.sound import resampled
from countenance.media.write import VideoWriter
from countenance.progress import ProgressCallback, StageProgress
from countenance.settings import Settings
from countenance.voice.hibari import speak
from countenance.voice.speech import Phone

Array = NDArray[np.float32]
Picture = NDArray[np.uint8]
Sound = tuple[Array, int, tuple[Phone, ...]]

STAGES = {"open": 1, "listen": 3, "render": 20}
_AUDIO_RATE = 48_000
"""A recording keeps its quality on its way into the video's sound track."""


@dataclass(frozen=True, slots=True)
class RenderReport:
    """What was rendered and how long it took."""

    video: str
    duration_s: float
    frames: int
    width: int
    height: int
    seconds: float
    frames_per_second: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def render(
    replica_dir: Path,
    out: Path,
    settings: Settings,
    *,
    audio: Path | None = None,
    script: str | None = None,
    progress: ProgressCallback | None = None,
    permitted: Callable[[], None] | None = None,
) -> RenderReport:
    """Let a replica say a script with the stock voice, or move to a recording; the sound track is what was given.

    `permitted` is called before any work, before every picture and before the video takes its place. It raises if the
    replica may not speak (any more); then no video is left.

    Raises:
        CountenanceError: for a folder that is no replica, and for a script or recording that cannot be spoken.
        ValueError: unless exactly one of `audio` and `script` is given.
    """
    began = time.monotonic()
    check = permitted or _always
    check()
    stages = StageProgress(STAGES, progress)
    stages.update("open", 0.0)
    replica = load(replica_dir)
    _check_out(out, replica_dir, audio)
    limits = limits_from(settings)
    stages.update("listen", 0.0)
    sound, rate, phones = _sound(audio, script, settings, limits)
    count = max(1, math.ceil(len(sound) / rate * FPS - 1e-6))
    heard = sound if rate == SAMPLE_RATE else resampled(sound, rate, SAMPLE_RATE)
    path = mouth_path(replica.motion, replica.rest, heard, count, settings)
    path = close_lips(path, phones, replica.atlas)
    stages.update("render", 0.0)
    started = time.monotonic()
    check()
    pictures = spoken(replica, path, limits)
    first = next(pictures)
    height, width = first.shape[:2]
    with VideoWriter(out, width, height, audio=sound, sample_rate=rate) as writer:
        writer.write(first)
        for index, picture in enumerate(pictures, start=2):
            check()
            writer.write(picture)
            stages.update("render", index / count)
        check()
    stages.done()
    seconds = time.monotonic() - began
    pace = count / max(1e-6, time.monotonic() - started)
    return RenderReport(str(out), count / FPS, count, width, height, round(seconds, 2), round(pace, 1))


def spoken(replica: Replica, path: MouthPath, limits: Limits) -> Iterator[Picture]:
    """The pictures (H, W, 3) of the replica as it moves its mouth along `path`."""
    shots = plan(replica.track, path.speaking)
    choice = choose(replica, path, pose_of(replica.track, shots))
    compositor = Compositor(replica.atlas)
    # The clip is our own, its hash was checked, and it may be larger than a recording is allowed to be.
    own = replace(limits, file_bytes=sys.maxsize)
    with ClipReader(replica.base_clip, own) as clip:
        for index, shot in enumerate(shots):
            stage = staged(clip, replica.track, shot)
            yield compositor.paint(stage, choice.shapes[index], choice.rows[index])


def _always() -> None:
    """The permission of whoever asks for none."""


def _check_out(out: Path, replica_dir: Path, audio: Path | None) -> None:
    """Whether the video may be written, before much work is done.

    Raises:
        CountenanceError: engine.out_is_input, media.cannot_write.
    """
    target = out.resolve()
    if replica_dir.resolve() in target.parents or (audio is not None and target == audio.resolve()):
        raise CountenanceError(Finding(OUT_IS_INPUT, file=str(out)))
    if target.is_dir():
        raise problem(CANNOT_WRITE, out, "It is a folder.")
    if not target.parent.is_dir():
        raise problem(CANNOT_WRITE, out, f"There is no folder {target.parent}.")


def _sound(audio: Path | None, script: str | None, settings: Settings, limits: Limits) -> Sound:
    """What is to be heard: samples, their rate in Hz, and the phones if they are known."""
    if (audio is None) == (script is None):
        raise ValueError("give either audio or a script")
    if script is not None:
        speech = speak(script, settings)
        return speech.samples, speech.sample_rate, speech.phones
    path = Path() if audio is None else audio
    samples = read_audio(path, rate=_AUDIO_RATE, limits=limits)
    shortest_s = SOUND_TOO_SHORT.limit or 0.0
    if len(samples) < shortest_s * _AUDIO_RATE:
        raise CountenanceError(Finding(SOUND_TOO_SHORT, file=str(audio), measured=len(samples) / _AUDIO_RATE))
    return samples, _AUDIO_RATE, ()
