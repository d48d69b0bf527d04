"""How fast a replica is rendered at several sizes and with other backgrounds, and whether ten minutes drift.

    uv run python benchmarks/engine_speed.py [--seconds S] [--minutes M]

The stock presenter is scaled to each size, trained, and speaks her own sound. For the drift a small replica says
the same half minute again and again: its lips are tracked in the first and in the last repetition.
"""

from __future__ import annotations

import argparse
import math
import resource
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from countenance.engine.align import lip_gap, track_of
from countenance.engine.background import background_of
from countenance.engine.metrics import correlation
from countenance.engine.options import TrainOptions
from countenance.engine.render import RenderOptions, render
from countenance.engine.sync import displacement
from countenance.engine.train import train
from countenance.media.probe import probe
from countenance.media.read import FPS, audio, frames
from countenance.media.write import VideoWriter, write_wav
from countenance.people.face import FaceTracker
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip

_SIZES = (360, 720, 1080)
_BACKGROUNDS = ("filmed", "green", "transparent")
_SENTENCE_S = 30.0


def scaled(out: Path, height: int, seconds: float) -> Path:
    """The beginning of the presenter's clip at another size."""
    width = height * 16 // 9
    with VideoWriter(out, width, height, audio=audio(presenter_clip()), crf=14) as writer:
        for frame in frames(presenter_clip(), end_s=seconds):
            way = cv2.INTER_AREA if height < frame.image.shape[0] else cv2.INTER_CUBIC
            writer.write(np.asarray(cv2.resize(frame.image, (width, height), interpolation=way), np.uint8))
    return out


def speed(work: Path, seconds: float, refine_s: float) -> None:
    settings = Settings()
    sound = work / "sound.wav"
    write_wav(sound, audio(presenter_clip())[: round(16_000 * seconds)])
    for height in _SIZES:
        footage, folder = scaled(work / f"{height}.mp4", height, seconds), work / f"replica {height}"
        options = TrainOptions(synthetic=True, personal_voice=False, refine_s=refine_s)
        began = time.monotonic()
        replica = train(footage, folder, settings, options=options)
        told = f"{height}p: trained in {time.monotonic() - began:.0f} s ({replica.description['engine']}); frames/s"
        for background in _BACKGROUNDS:
            out = work / ("out.webm" if background == "transparent" else "out.mp4")
            wanted = RenderOptions(background=background_of(background))
            report = render(folder, out, settings, audio=sound, options=wanted)
            told += f" {background} {report.frames_per_second:.0f}"
        peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
        print(f"{told}; peak so far {peak_gb:.2f} GB", flush=True)


def drift(work: Path, minutes: float) -> None:
    settings = Settings()
    folder, sound, video = work / "replica", work / "long.wav", work / "long.mp4"
    options = TrainOptions(synthetic=True, personal_voice=False, refine_s=0.0)
    train(scaled(work / "drift.mp4", 360, 49.0), folder, settings, options=options)
    sentence = audio(presenter_clip())[: round(16_000 * _SENTENCE_S)]
    times = math.ceil(60 * minutes / _SENTENCE_S)
    write_wav(sound, np.tile(sentence, times))
    began = time.monotonic()
    report = render(folder, video, settings, audio=sound)
    rendered_s = time.monotonic() - began
    gaps = [_gap(video, start * _SENTENCE_S, settings) for start in (1, times - 2)]
    lag, _ = displacement(gaps[1], gaps[0], np.ones(len(gaps[0]), np.float32))
    made = probe(video)
    if made.video is None or made.audio is None:
        raise RuntimeError("the video has no picture or no sound")
    difference_s = (made.video.duration_s or 0.0) - (made.audio.duration_s or 0.0)
    print(
        f"{report.duration_s:.0f} s of video in {rendered_s:.0f} s: picture less sound {difference_s:.3f} s, wanted "
        f"{times * _SENTENCE_S:.0f} s; the last repetition beside the first: lag {lag:.0f} frames, "
        f"r {correlation(gaps[0], gaps[1]):.3f}"
    )


def _gap(video: Path, start_s: float, settings: Settings) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    with FaceTracker(settings) as tracker:
        shown = frames(video, start_s=start_s, end_s=start_s + _SENTENCE_S - 0.5 / FPS)
        return np.asarray(lip_gap(track_of([tracker.track(frame.image, frame.time_s) for frame in shown])), np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0, help="of footage and of video for the speed")
    parser.add_argument("--minutes", type=float, default=10.0, help="of video for the drift")
    parser.add_argument("--refine", type=float, default=45.0, help="seconds for the net")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        speed(Path(folder), options.seconds, options.refine)
        drift(Path(folder), options.minutes)


if __name__ == "__main__":
    main()
