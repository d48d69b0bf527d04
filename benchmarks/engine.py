"""How good and how fast the engine is, beside simple baselines and the first engine, in one run.

    uv run python benchmarks/engine.py [--data DIR] [--out DIR] [--only NAME ...] [--refine SECONDS]

Each recording is trained in a process of its own and then speaks held-out sound on held-out pictures. With `--out`
frame sheets are written (upper row of each pair: as filmed; lower row: the replica), and all figures as results.json.
`engine_speed.py` measures rendering at other sizes, and ten minutes of it.
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
from engine_rows import Row, direct_net, mean_mouth, nearest_mouth
from numpy.typing import NDArray
from recordings import DEFAULT_DATA, join, shuffled

from countenance.engine.align import FaceTrack, joined, lip_gap, track_of
from countenance.engine.evaluate import Take, evaluate, take_of
from countenance.engine.extras import path_in_footage
from countenance.engine.finish import finish_for
from countenance.engine.metrics import motion_figures
from countenance.engine.options import TrainOptions
from countenance.engine.render import render
from countenance.engine.replica import Replica
from countenance.engine.train import train
from countenance.errors import CountenanceError
from countenance.media.limits import Limits
from countenance.media.probe import probe
from countenance.media.read import FPS, audio, frames
from countenance.people.encoder import ALL_LAYERS
from countenance.people.face import FaceTracker
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip

Picture = NDArray[np.uint8]

_SHEET_COLUMNS, _SHEET_ROWS, _CUT_PX = 8, 3, (240, 270)


@dataclass(frozen=True, slots=True)
class Recording:
    """What to train on, and what to hold out: another file, or what the training itself held out."""

    name: str
    footage: Path
    held_out: Path | None


def recordings(data: Path, work: Path) -> Iterator[Recording]:
    """GRID talkers 1 and 26, a man on a sofa, a sentence of four seconds, and the stock presenter.

    Talker 1 is judged on thirty clips that no experiment with the engine has looked at.
    """
    first = shuffled(data / "grid" / "s1", "*.mpg")
    held_out = join(first[50:80], work / "s1 held out.mkv")
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


def measure(recording: Recording, work: Path, sheet: Path | None, refine_s: float) -> dict[str, Any]:
    """All figures of one recording. Runs in a process of its own, so that its peak memory is its own."""
    settings, limits = Settings(), Limits()
    began = time.monotonic()
    folder = work / f"replica of {recording.name}"
    previews: list[float] = []
    options = TrainOptions(
        synthetic=True, refine_s=refine_s, on_preview=lambda _: previews.append(time.monotonic() - began)
    )
    try:
        replica = train(recording.footage, folder, settings, options=options)
    except CountenanceError as error:
        return {"name": recording.name, "refused": str(error)}
    trained_s = time.monotonic() - began
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    takes, sound = _takes(recording, replica, settings)
    video = work / "said.mp4"
    report = render(folder, video, settings, audio=sound)
    spoken = probe(video)
    length_s = [] if spoken.audio is None else [spoken.audio.duration_s or 0.0]
    return {
        "name": recording.name,
        "footage_s": probe(recording.footage).duration_s,
        "held_out_s": sum(len(take.track) for take in takes) / FPS,
        "preview_s": previews[0],
        "training_s": trained_s,
        "render_fps": report.frames_per_second,
        "peak_gb": peak_gb,
        "bundle_mb": sum(file.stat().st_size for file in folder.iterdir()) / 1e6,
        "length_difference_s": abs((spoken.video.duration_s or 0.0 if spoken.video else 0.0) - sum(length_s)),
        "sound_offset": replica.description["sound_offset"],
        "refinement": replica.description.get("refinement"),
        "voice": replica.description.get("voice"),
        "predicted": motion_figures(*_predicted(takes)),
        "rows": dict(_judged(recording, replica, takes, work, settings, limits, sheet, refine_s)),
    }


def _judged(
    recording: Recording,
    replica: Replica,
    takes: list[Take],
    work: Path,
    settings: Settings,
    limits: Limits,
    sheet: Path | None,
    refine_s: float,
) -> Iterator[tuple[str, dict[str, float]]]:
    finish, _ = finish_for(replica, settings)
    rows = [Row("engine", replica, finish=finish), Row("warp only", replica)]
    samples = audio(recording.footage)
    source = np.arange(round(replica.description["footage"]["watched_s"] * FPS))
    direct = direct_net(replica, path_in_footage(replica, samples, source, settings), refine_s)
    if direct is not None:
        rows.append(Row("direct U-Net", replica, finish=direct))
    rows += [Row("nearest mouth", replica, nearest_mouth), Row("mean mouth", replica, mean_mouth)]
    for row in rows:
        with _sheet(sheet if row.name == "engine" else None, joined([take.track for take in takes])) as show:
            figures = evaluate(row.replica, takes, settings, limits, pick=row.pick, finish=row.finish, show=show)
        yield row.name, figures
    old = TrainOptions(synthetic=True, refine_s=0.0, personal_voice=False, layers=ALL_LAYERS)
    first = train(recording.footage, work / "first engine", settings, options=old)
    yield "first engine", evaluate(first, _takes(recording, first, settings, closing=False)[0], settings, limits)


def _takes(
    recording: Recording, replica: Replica, settings: Settings, *, closing: bool = True
) -> tuple[list[Take], Path]:
    """What is held out, and a file with sound to render."""
    footage = recording.held_out or recording.footage
    with FaceTracker(settings) as tracker:
        track = track_of([tracker.track(frame.image, frame.time_s) for frame in frames(footage)])
    spans = [slice(0, len(track))]
    if recording.held_out is None:
        held_out = replica.description["footage"]["held_out_s"]
        spans = [slice(round(start_s * FPS), round(end_s * FPS)) for start_s, end_s in held_out]
    samples = audio(footage)
    parts = [take_of(replica, footage, samples, track.part(s), s.start, settings, closing=closing) for s in spans]
    return parts, footage


def _predicted(takes: list[Take]) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    real = lip_gap(joined([take.track for take in takes]))
    wanted, speaking = (np.concatenate([getattr(take.path, name) for take in takes]) for name in ("gap", "speaking"))
    return real, wanted, speaking


@contextmanager
def _sheet(path: Path | None, track: FaceTrack) -> Iterator[Callable[[Picture, Picture], None] | None]:
    """Collects pairs around the lower face and writes them as two pictures: evenly over the takes, and in a row."""
    if path is None:
        yield None
        return
    evenly = [int(i) for i in np.linspace(0, len(track) - 1, _SHEET_COLUMNS * _SHEET_ROWS)]
    in_a_row = list(range(len(track) // 2, len(track) // 2 + 2 * _SHEET_COLUMNS))
    cuts: dict[int, Picture] = {}
    seen = iter(range(len(track)))

    def show(real: Picture, rendered: Picture) -> None:
        index = next(seen)
        if (index in evenly or index in in_a_row) and np.isfinite(track.points[index, 0, 0]):
            cuts[index] = np.vstack([_cut(picture, track.points[index]) for picture in (real, rendered)])

    yield show
    for name, wanted in ((path, evenly), (path.with_stem(f"{path.stem}, in a row"), in_a_row)):
        shown = [cuts[index] for index in wanted if index in cuts]
        rows = [np.hstack(shown[k : k + _SHEET_COLUMNS]) for k in range(0, len(shown), _SHEET_COLUMNS)]
        whole = [row for row in rows if row.shape == rows[0].shape]
        if whole:
            cv2.imwrite(str(name), cv2.cvtColor(np.vstack(whole), cv2.COLOR_RGB2BGR))


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
        f"\n{result['name']} ({result['held_out_s']:.1f} s held out): preview after {result['preview_s']:.0f} s, "
        f"final after {result['training_s']:.0f} s,\n  rendering {result['render_fps']:.0f} frames/s, "
        f"peak of training {result['peak_gb']:.2f} GB, bundle {result['bundle_mb']:.0f} MB, "
        f"audio/video length differs by {result['length_difference_s']:.3f} s"
    )
    predicted, offset = result["predicted"], result["sound_offset"]
    print(
        f"  predicted lip gap: r {predicted['gap_correlation']:.3f}, in speech "
        f"{predicted['gap_correlation_in_speech']:.3f}, by chance {predicted['gap_correlation_by_chance']:.3f}; "
        f"sound of the footage late by {offset['frames']:.2f} frames{', corrected' if offset['corrected'] else ''}"
    )
    if result["refinement"]:
        print(f"  {result['refinement']['reason']}")
    if result["voice"]:
        print(f"  personal voice: {_voice(result['voice'])}")
    columns = [column for column in _HEADINGS if column in next(iter(result["rows"].values()))]
    print("  " + " " * 14 + "".join(f"{_HEADINGS[column]:>10}" for column in columns))
    for name, figures in result["rows"].items():
        print(f"  {name:14}" + "".join(f"{figures[column]:10.3f}" for column in columns))


def _voice(voice: dict[str, Any]) -> str:
    if not voice["used"]:
        return str(voice["reason"])
    return (
        f"similarity {voice['similarity_stock']:.3f} -> {voice['similarity_personal']:.3f} "
        f"(real {voice['similarity_real']:.3f}), word errors {100 * voice['wer_stock']:.1f} % -> "
        f"{100 * voice['wer_personal']:.1f} %, strength {voice['strength']:.2f}"
    )


_HEADINGS = {
    "lip_psnr_db": "PSNR dB",
    "lip_ssim": "SSIM",
    "sharpness_ratio": "sharpness",
    "flicker_ratio": "flicker",
    "seam_ratio": "seam",
    "gap_correlation": "r",
    "gap_correlation_in_speech": "in speech",
    "gap_correlation_by_chance": "by chance",
    "gap_spread_ratio": "spread",
    "movement_in_silence": "silence",
    "closure": "closure",
    "closure_real": "real",
    "closure_by_chance": "chance",
    "lag_frames": "lag",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--out", type=Path, help="folder for frame sheets and results.json")
    parser.add_argument("--only", nargs="*", help="names, or parts of names, of the recordings to run")
    parser.add_argument("--refine", type=float, default=Settings().refine_s, help="seconds for each net")
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
                result = process.submit(measure, recording, Path(folder), sheet, options.refine).result()
            _print(result)
            sys.stdout.flush()
            results.append(result)
            if options.out:
                (options.out / "results.json").write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
