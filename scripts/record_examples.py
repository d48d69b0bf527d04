"""Record what real checks say of the stock clips, for `example_installation`: verdicts, pictures, a short video.

`python scripts/record_examples.py` writes scripts/example_installation/recorded; it takes some minutes. People other
than the presenter are drawn by `countenance.stock`, which needs OpenGL.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from countenance.media.read import FPS, audio, frames
from countenance.media.write import VideoWriter
from countenance.settings import Settings
from countenance.stock.animate import perform
from countenance.stock.clips import CONSENT_NAME, consent_clip, presenter_clip
from countenance.stock.defects import Faulty, load, write
from countenance.stock.defects.company import passing
from countenance.stock.defects.cover import hand, sunglasses
from countenance.stock.defects.sound import white_noise
from countenance.stock.figure import Pose
from countenance.stock.person import OTHER, PRESENTER, Person
from countenance.stock.render import Studio
from countenance.voice.hibari import speak
from countenance.work.thumbnail import stills_of

OUT = Path(__file__).with_name("example_installation") / "recorded"
_EVIDENCE_PX, _FACE_PX = 800, 480
_MOVING = 30
"""Pictures that are drawn of somebody who moves."""
_SMILE = dict.fromkeys(("mouthSmileLeft", "mouthSmileRight"), 0.35) | dict.fromkeys(
    ("cheekSquintLeft", "cheekSquintRight"), 0.2
)
_SETTINGS = Settings(threads=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("checks", "clips", "people"))
    only = parser.parse_args().only
    OUT.mkdir(exist_ok=True)
    if only in (None, "checks"):
        with tempfile.TemporaryDirectory() as folder:
            record_checks(Path(folder))
    if only in (None, "clips"):
        record_clips()
    if only in (None, "people"):
        record_people()


def record_checks(folder: Path) -> None:
    """A good recording with its consent, a poor one, and a poor picture."""
    good = {"footage": presenter_clip(), "consent": consent_clip(), "name": CONSENT_NAME}
    _check("good", folder, material="footage", subject="self", **good)
    poor = load(presenter_clip(), _SETTINGS, start_s=20.0, seconds=22.0)
    for fault in (passing(poor, 3.0), hand(poor, 4.0)):
        poor = replace(poor, pictures=[np.asarray(picture) for picture in fault.pictures])
    write(Faulty(poor.pictures, white_noise(poor, 4.0).sound), folder / "footage.mp4")
    declared = ("ai-generated", "likeness")
    _check("refused", folder, footage=folder / "footage.mp4", material="synthetic", declarations=declared)
    shown = list(sunglasses(load(presenter_clip(), _SETTINGS, start_s=5.0, seconds=0.4), 97).pictures)[3]
    Image.fromarray(np.asarray(shown)).save(folder / "portrait.jpg", quality=92)
    declared = ("picture-rights", "likeness")
    _check("picture", folder, picture=folder / "portrait.jpg", material="image", declarations=declared)


def record_clips() -> None:
    """Three seconds of the presenter as a video, with its pictures; and two seconds of her, small."""
    shown = [frame.image for frame in frames(presenter_clip(), start_s=1.0, end_s=4.0, max_side=640)]
    sound = audio(presenter_clip(), rate=24_000)[24_000 : 4 * 24_000]
    height, width = shown[0].shape[:2]
    with VideoWriter(OUT / "video.mp4", width, height, audio=sound, sample_rate=24_000, crf=28) as video:
        for picture in shown:
            video.write(picture)
    stills_of(OUT / "video.mp4", OUT / "still.jpg", OUT / "preview.gif", _SETTINGS, None)
    _moving([np.asarray(Image.fromarray(picture).resize((320, 180))) for picture in shown], OUT / "thumbnail.mp4")
    Image.fromarray(shown[0]).resize((320, 180)).save(OUT / "thumbnail.jpg", quality=85)
    (OUT / "replica.json").write_text('{"format": "example"}\n')


def record_people() -> None:
    """Portraits of people who do not exist, still and moving."""
    (OUT / "people").mkdir(exist_ok=True)
    speech = speak("I am here, and I am listening.", _SETTINGS)
    poses = perform(speech.phones, speech.duration_s, 2.0, seed=3).poses[-_MOVING:]
    for person in people():
        studio = Studio(person)
        still = studio.frame(Pose(_SMILE, yaw_deg=-4.0, pitch_deg=1.0)).rgb
        moving = [Image.fromarray(studio.frame(pose, number).rgb) for number, pose in enumerate(poses)]
        studio.release()
        _jpeg(Image.fromarray(still), OUT / "people" / f"{person.name}.jpg", _FACE_PX)
        small = [np.asarray(picture.resize((320, 180), Image.Resampling.LANCZOS)) for picture in moving]
        # There and back again: a loop without a jump.
        _moving([*small, *small[::-1]], OUT / "people" / f"{person.name}.mp4")


def people() -> tuple[Person, ...]:
    """Variations of the two people of the stock."""
    she, he = PRESENTER, OTHER
    return (
        replace(she, name="ada"),
        replace(he, name="hugo"),
        _like(
            she, "noor", 5, {"caucasian-female-young": 0.25, "asian-female-young": 0.75, "head-round": 0.25},
            skin=(0.43, 0.25, 0.165), hair=(0.012, 0.009, 0.008), brows=(0.03, 0.02, 0.018), iris=(0.03, 0.018, 0.01),
            clothes=(0.30, 0.09, 0.07), freckles=0.1, style=replace(she.style, length=2.2, part_x=-0.1, cut_y=-0.9),
        ),
        _like(
            she, "ruth", 7, {}, skin=(0.56, 0.35, 0.27), hair=(0.30, 0.29, 0.28), brows=(0.2, 0.19, 0.18),
            iris=(0.10, 0.14, 0.18), clothes=(0.08, 0.09, 0.16),
            style=replace(she.style, length=1.5, cut_y=-0.5, part_x=0.1, curl=0.05),
        ),
        _like(
            she, "lien", 13, {"caucasian-female-young": 0.0, "african-female-young": 0.85, "asian-female-young": 0.1},
            skin=(0.20, 0.105, 0.068), lips=(0.24, 0.08, 0.075), hair=(0.008, 0.007, 0.006),
            brows=(0.014, 0.011, 0.01), iris=(0.02, 0.012, 0.008), clothes=(0.42, 0.26, 0.06), freckles=0.0,
            style=replace(she.style, length=1.1, cut_y=-0.3, curl=0.12, volume=0.2),
        ),
        _like(
            he, "jonas", 11,
            {"asian-male-old": 0.0, "african-male-old": 0.0, "caucasian-male-young": 0.9, "head-fat-incr": 0.0,
             "head-round": 0.2, "eye-trans-out": 0.1, "eye-scale-decr": 0.1, "mouth-scale-horiz-decr": 0.0,
             "nose-width3-incr": 0.2, "chin-height-decr": 0.0, "eyebrows-trans-up": 0.1},
            skin=(0.52, 0.32, 0.24), hair=(0.16, 0.085, 0.035), brows=(0.14, 0.08, 0.04), iris=(0.07, 0.12, 0.16),
            clothes=(0.06, 0.10, 0.07), beard=0.6, style=replace(he.style, length=0.7, short_sides=0.6, part_x=0.2),
        ),
    )  # fmt: skip


def _like(person: Person, name: str, seed: int, shapes: Mapping[str, float], **looks: Any) -> Person:
    return replace(person, name=name, seed=seed, shapes={**person.shapes, **shapes}, **looks)


def _check(label: str, folder: Path, **task: Any) -> None:
    """What `python -m countenance.work check` says."""
    work = folder / label
    work.mkdir()
    (work / "task.json").write_text(json.dumps({"subject": "invented", "account": "example", **task}, default=str))
    command = [sys.executable, "-m", "countenance.work", "check", str(work)]
    environment = {**os.environ, "COUNTENANCE_DATA_DIR": str(folder / "data"), "COUNTENANCE_THREADS": "1"}
    done = subprocess.run(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=True, env=environment)
    last = json.loads(done.stdout.splitlines()[-1])
    if last["event"] != "done":
        raise SystemExit(f"{label}: {last}")
    text = json.dumps(last["result"], indent=1, ensure_ascii=False)
    for path in (presenter_clip(), consent_clip(), *folder.glob("*.*")):
        role = "consent.mp4" if path == consent_clip() else "footage.mp4" if path == presenter_clip() else path.name
        text = text.replace(str(path), role).replace(path.name, role)
    (OUT / label / "report").mkdir(parents=True, exist_ok=True)
    (OUT / label / "result.json").write_text(text + "\n")
    for picture in last["result"]["evidence"]:
        _jpeg(Image.open(work / picture), OUT / label / picture, _EVIDENCE_PX)


def _moving(pictures: list[Any], path: Path) -> None:
    height, width = pictures[0].shape[:2]
    with VideoWriter(path, width, height, fps=FPS, crf=28) as video:
        for picture in pictures:
            video.write(picture)


def _jpeg(picture: Image.Image, path: Path, side: int) -> None:
    picture = picture.convert("RGB")
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    kept = io.BytesIO()
    picture.save(kept, format="JPEG", quality=78, optimize=True, progressive=True)
    path.write_bytes(kept.getvalue())


if __name__ == "__main__":
    main()
