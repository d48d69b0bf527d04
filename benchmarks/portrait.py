"""How well a speaking picture does what it was told, how fast it is made, and what a replica learns from it.

    uv run python benchmarks/portrait.py PICTURE ... [--seconds S] [--voice ID] [--train] [--out DIR]

The made footage is watched with the face mesh: `r` is the correlation of the lip gap it sees with the one that was
made, `lag` the shift in frames at which it is highest, `shut` the share of made lip closures in which the gap is below
the person's tenth percentile plus a tenth of the range, `blinks` the share of made blinks that are seen. With `--train`
a replica is trained and says another script. With `--out`, sheets are written: mouths, eyes, and whole pictures.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from countenance.engine.align import FaceTrack, lip_gap, track_of
from countenance.engine.metrics import correlation
from countenance.engine.render import render
from countenance.media.read import FPS, frames
from countenance.people.face import FaceTracker
from countenance.portrait.animate import MadeFootage, animate
from countenance.portrait.train import train_from_picture
from countenance.settings import Settings
from countenance.voice.catalogue import DEFAULT_VOICE

Picture = NDArray[np.uint8]
Array = NDArray[np.float32]

SCRIPT = "Hello! This picture was never filmed, and it has not said these words before. Maybe five people believe it."
_MOST_LAG = 5
_SHEET_COLUMNS, _CUT_PX = 6, 260


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("pictures", nargs="+", type=Path)
    parser.add_argument("--seconds", type=float, default=45.0)
    parser.add_argument("--voice", default=DEFAULT_VOICE)
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    settings = Settings(threads=1)
    if arguments.out is not None:
        arguments.out.mkdir(parents=True, exist_ok=True)
    print("| picture | size | cpu s per s | r | lag | shut | blinks | yaw range | notes |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for picture in arguments.pictures:
        with tempfile.TemporaryDirectory() as work:
            film = Path(work) / "made.mp4"
            began = time.process_time()
            made = animate(picture, film, settings, voice=arguments.voice, seconds=arguments.seconds)
            cost = (time.process_time() - began) / made.duration_s
            track = _watched(film, settings)
            print(_row(picture, made, track, cost), flush=True)
            if arguments.out is not None:
                _sheet(film, track, made.lip_gap, arguments.out / f"{picture.stem}.png")
            if arguments.train:
                print(_trained(picture, Path(work), arguments, settings), flush=True)


def _watched(film: Path, settings: Settings) -> FaceTrack:
    with FaceTracker(settings) as tracker:
        return track_of([tracker.track(frame.image, frame.time_s) for frame in frames(film)])


def _row(picture: Path, made: MadeFootage, track: FaceTrack, cost: float) -> str:
    seen, told = lip_gap(track), made.lip_gap[: len(track)]
    known = np.isfinite(seen)
    r = {lag: correlation(_moved(told, lag)[known], seen[known]) for lag in range(-_MOST_LAG, _MOST_LAG + 1)}
    lag = max(r, key=lambda shift: r[shift])
    least, most = np.percentile(seen[known], [10, 95])
    closed = told <= 0.01
    shut = float((seen[closed & known] < least + 0.1 * (most - least)).mean()) if closed.any() else float("nan")
    notes = ", ".join(finding.rule.id for finding in made.findings) or "-"
    return (
        f"| {picture.stem} | {made.width} x {made.height} | {cost:.2f} | {r[0]:.3f} | {lag} | {shut:.0%} | "
        f"{_blinks_seen(made.blink[: len(track)], track.blink):.0%} | {np.ptp(track.pose[known, 0]):.1f} | {notes} |"
    )


def _moved(values: Array, lag: int) -> Array:
    return np.roll(values, lag)


def _blinks_seen(made: Array, seen: Array) -> float:
    """Share of made blinks during which the mesh's own figure rises by a quarter above its median."""
    starts = np.flatnonzero((made[1:] > 0.5) & (made[:-1] <= 0.5))
    rises = [np.nanmax(seen[max(0, start - 3) : start + 7]) - np.nanmedian(seen) > 0.25 for start in starts]
    return float(np.mean(rises)) if rises else float("nan")


def _sheet(film: Path, track: FaceTrack, gap: Array, out: Path) -> None:
    """Ten consecutive frames of the liveliest speech, a blink, and the two most different heads."""
    lively = int(np.argmax(np.convolve(np.abs(np.diff(gap)), np.ones(12), "valid")))
    blink = int(np.nanargmax(track.blink))
    turned = [int(np.nanargmin(track.pose[:, 0])), int(np.nanargmax(track.pose[:, 0]))]
    wanted = [*range(lively, lively + 12), *range(max(0, blink - 3), max(0, blink - 3) + 6), *turned]
    pictures = {n: frame.image for n, frame in enumerate(frames(film)) if n in wanted}
    cells = [_cut(pictures[n], track.points[n]) for n in wanted if n in pictures and np.isfinite(track.points[n, 0, 0])]
    cells += [np.zeros_like(cells[0])] * (-len(cells) % _SHEET_COLUMNS)
    rows = [np.hstack(cells[n : n + _SHEET_COLUMNS]) for n in range(0, len(cells), _SHEET_COLUMNS)]
    cv2.imwrite(str(out), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


def _cut(image: Picture, points: Array) -> Picture:
    middle = points[[1, 152, 10]].mean(axis=0)
    half = 0.62 * float(np.linalg.norm(points[152] - points[10]))
    scale = _CUT_PX / (2 * half)
    matrix = np.array([[scale, 0, _CUT_PX / 2 - scale * middle[0]], [0, scale, _CUT_PX / 2 - scale * middle[1]]])
    return np.asarray(cv2.warpAffine(image, matrix, (_CUT_PX, _CUT_PX), flags=cv2.INTER_AREA), np.uint8)


def _trained(picture: Path, work: Path, arguments: Any, settings: Settings) -> str:
    began = time.process_time()
    replica = train_from_picture(picture, work / "replica", settings, voice=arguments.voice, seconds=arguments.seconds)
    cost = time.process_time() - began
    video = work / "said.mp4"
    report = render(work / "replica", video, settings, script=SCRIPT)
    if arguments.out is not None:
        track = _watched(video, settings)
        _sheet(video, track, np.nan_to_num(lip_gap(track)), arguments.out / f"{picture.stem}-says.png")
    figures = ", ".join(f"{name} {value}" for name, value in replica.description["metrics"].items())
    return f"  {picture.stem}: {cost:.0f} CPU s; said {report.frames / FPS:.1f} s; {figures}"


if __name__ == "__main__":
    main()
