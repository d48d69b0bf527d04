"""How good and how fast the engine is on real people, beside simple baselines, in one run.

    uv run python benchmarks/engine.py [--data DIR] [--out DIR] [--only NAME ...]

Each clip is trained in a process of its own and then speaks held-out sound on held-out pictures. With `--out` frame
sheets are written (upper row of each pair: as filmed; lower row: the replica).
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from recordings import DEFAULT_DATA, join, shuffled

from countenance.engine.align import FaceTrack, lip_gap, track_of
from countenance.engine.choice import Choice, choose
from countenance.engine.evaluate import Take, evaluate, take_of
from countenance.engine.landmarks import RING
from countenance.engine.metrics import motion_figures
from countenance.engine.render import render
from countenance.engine.replica import Replica
from countenance.engine.retrieve import nearest
from countenance.engine.train import TrainOptions, train
from countenance.errors import CountenanceError
from countenance.media.limits import Limits
from countenance.media.probe import probe
from countenance.media.read import FPS, audio, frames
from countenance.people.face import FaceTracker
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip

Picture = NDArray[np.uint8]

_SHEET_COLUMNS, _SHEET_ROWS, _CUT_PX = 8, 3, (240, 270)
_MEAN_OF = 24


@dataclass(frozen=True, slots=True)
class Recording:
    """What to train on, and what to hold out: another file, or the last part of the same one."""

    name: str
    footage: Path
    held_out: Path | None


def recordings(data: Path, work: Path) -> Iterator[Recording]:
    """GRID talkers 1 and 26, a man on a sofa, a sentence of four seconds, and the stock presenter."""
    first = shuffled(data / "grid" / "s1", "*.mpg")
    held_out = join(first[40:50], work / "s1 held out.mkv")
    yield Recording("GRID 1, 60 s", join(first[:20], work / "s1 60 s.mkv"), held_out)
    yield Recording("GRID 1, 120 s", join(first[:40], work / "s1 120 s.mkv"), held_out)
    other = sorted((data / "grid" / "s26").glob("*.mpg"))
    kept = [clip for clip in other if clip.stem not in ("lwajza", "lwwx5p")]
    away = [clip for clip in other if clip.stem in ("lwajza", "lwwx5p")]
    held_out = join(away, work / "s26 held out.mkv")
    yield Recording("GRID 26, 27 s", join(kept, work / "s26.mkv"), held_out)
    yield Recording("man on a sofa, 20 s", data / "talking" / "contracted_man_sofa_20s.mp4", None)
    yield Recording("one sentence, 4 s", data / "talking" / "avatar_talent_b_speaking_4k50.mp4", None)
    yield Recording("stock presenter, 49 s", presenter_clip(), None)


def mean_mouth(replica: Replica, take: Take) -> Choice:
    """A mouth that does not move: the mean of many, in the mean shape."""
    code = np.repeat(replica.atlas.code.mean(axis=0, keepdims=True), len(take.track), axis=0)
    rows = np.linspace(0, len(replica.atlas) - 1, min(_MEAN_OF, len(replica.atlas))).astype(int)
    mixture = [(int(row), 1.0 / len(rows)) for row in rows]
    return Choice(replica.basis.shape(code, take.track.pose), [mixture] * len(take.track))


def nearest_mouth(replica: Replica, take: Take) -> Choice:
    """The filmed mouth that is nearest in each frame by itself, in its own shape."""
    pose = np.nan_to_num(take.track.pose)
    rows = nearest(replica.atlas, take.path.code, take.path.gap, pose)
    return Choice(replica.atlas.control[rows][:, len(RING) :], [[(int(row), 1.0)] for row in rows])


ENGINES: dict[str, Callable[[Replica, Take], Choice]] = {
    "engine": lambda replica, take: choose(replica, take.path, take.track.pose),
    "nearest mouth": nearest_mouth,
    "mean mouth": mean_mouth,
}


def measure(recording: Recording, work: Path, sheet: Path | None) -> dict[str, Any]:
    """All figures of one recording. Runs in a process of its own, so that its peak memory is its own."""
    settings, limits = Settings(), Limits()
    began = time.monotonic()
    folder = work / f"replica of {recording.name}"
    try:
        replica = train(recording.footage, folder, settings, options=TrainOptions(synthetic=True))
    except CountenanceError as error:
        return {"name": recording.name, "refused": str(error)}
    trained_s = time.monotonic() - began
    take, sound = _take(recording, replica, settings)
    rows = {}
    for name, pick in ENGINES.items():
        with _sheet(sheet if name == "engine" else None, take.track) as show:
            rows[name] = evaluate(replica, take, settings, limits, choice=pick(replica, take), show=show)
    real = lip_gap(take.track)
    predicted = motion_figures(real, take.path.gap, take.path.speaking)
    video = work / "said.mp4"
    report = render(folder, video, settings, audio=sound)
    spoken = probe(video)
    length_s = [] if spoken.audio is None else [spoken.audio.duration_s or 0.0]
    return {
        "name": recording.name,
        "footage_s": probe(recording.footage).duration_s,
        "held_out_s": len(take.track) / FPS,
        "training_s": trained_s,
        "render_fps": report.frames_per_second,
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9,
        "bundle_mb": sum(file.stat().st_size for file in folder.iterdir()) / 1e6,
        "length_difference_s": abs((spoken.video.duration_s or 0.0 if spoken.video else 0.0) - sum(length_s)),
        "predicted": predicted,
        "rows": rows,
    }


def _take(recording: Recording, replica: Replica, settings: Settings) -> tuple[Take, Path]:
    """What is held out, and a file with sound to render."""
    footage = recording.held_out or recording.footage
    with FaceTracker(settings) as tracker:
        track = track_of([tracker.track(frame.image, frame.time_s) for frame in frames(footage)])
    span = slice(0, len(track))
    if recording.held_out is None:
        start_s, end_s = replica.description["footage"]["held_out_s"]
        span = slice(round(start_s * FPS), round(end_s * FPS))
    return take_of(replica, footage, audio(footage), track, span, settings), footage


@contextmanager
def _sheet(path: Path | None, track: FaceTrack) -> Iterator[Callable[[Picture, Picture], None] | None]:
    """Collects pairs around the lower face, evenly over the take, and writes them as one picture."""
    if path is None:
        yield None
        return
    wanted = set(np.linspace(0, len(track) - 1, _SHEET_COLUMNS * _SHEET_ROWS).astype(int))
    pairs: list[Picture] = []
    seen = iter(range(len(track)))

    def show(real: Picture, rendered: Picture) -> None:
        index = next(seen)
        if index in wanted and np.isfinite(track.points[index, 0, 0]):
            pairs.append(np.vstack([_cut(picture, track.points[index]) for picture in (real, rendered)]))

    yield show
    if not pairs:
        return
    rows = [np.hstack(pairs[k : k + _SHEET_COLUMNS]) for k in range(0, len(pairs), _SHEET_COLUMNS)]
    whole = [row for row in rows if row.shape == rows[0].shape]
    cv2.imwrite(str(path), cv2.cvtColor(np.vstack(whole), cv2.COLOR_RGB2BGR))


def _cut(picture: Picture, points: NDArray[np.float32]) -> Picture:
    eyes = float(np.linalg.norm(points[33] - points[263]))
    x, y = points[13]
    left, right = (int(np.clip(x + side * 0.8 * eyes, 0, picture.shape[1])) for side in (-1, 1))
    top, bottom = (int(np.clip(y + side * eyes, 0, picture.shape[0])) for side in (-1.1, 0.7))
    return np.asarray(cv2.resize(picture[top:bottom, left:right], _CUT_PX, interpolation=cv2.INTER_CUBIC), np.uint8)


def _print(result: dict[str, Any]) -> None:
    if "refused" in result:
        print(f"\n{result['name']}: refused. {result['refused']}")
        return
    print(
        f"\n{result['name']} ({result['held_out_s']:.1f} s held out): training {result['training_s']:.0f} s, "
        f"rendering {result['render_fps']:.0f} frames/s, peak {result['peak_gb']:.2f} GB, "
        f"bundle {result['bundle_mb']:.0f} MB, audio/video length differs by {result['length_difference_s']:.3f} s"
    )
    predicted = result["predicted"]
    print(
        f"  predicted lip gap: r {predicted['gap_correlation']:.3f}, in speech "
        f"{predicted['gap_correlation_in_speech']:.3f}, by chance {predicted['gap_correlation_by_chance']:.3f}"
    )
    columns = list(next(iter(result["rows"].values())))
    print("  " + " " * 14 + "".join(f"{_HEADINGS[column]:>12}" for column in columns))
    for name, figures in result["rows"].items():
        print(f"  {name:14}" + "".join(f"{figures[column]:12.3f}" for column in columns))


_HEADINGS = {
    "lip_psnr_db": "PSNR dB",
    "lip_ssim": "SSIM",
    "sharpness_ratio": "sharpness",
    "flicker_ratio": "flicker",
    "gap_correlation": "r",
    "gap_correlation_in_speech": "r in speech",
    "gap_correlation_by_chance": "r by chance",
    "gap_spread_ratio": "gap spread",
    "movement_in_silence": "in silence",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--out", type=Path, help="folder for frame sheets and results.json")
    parser.add_argument("--only", nargs="*", help="names, or parts of names, of the recordings to run")
    options = parser.parse_args()
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
    results = []
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        for recording in recordings(options.data, Path(folder)):
            if options.only and not any(part in recording.name for part in options.only):
                continue
            sheet = options.out / f"{recording.name}.png" if options.out else None
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
                result = process.submit(measure, recording, Path(folder), sheet).result()
            _print(result)
            sys.stdout.flush()
            results.append(result)
    if options.out:
        (options.out / "results.json").write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
