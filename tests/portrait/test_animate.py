"""Footage made from a picture, watched like any other footage."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from countenance.engine.align import lip_gap, track_of
from countenance.engine.metrics import correlation
from countenance.engine.options import TrainOptions
from countenance.engine.replica import load
from countenance.errors import CountenanceError
from countenance.media.probe import probe
from countenance.media.read import SAMPLE_RATE, audio, frames
from countenance.people.face import FaceTracker
from countenance.portrait.animate import STAGES, MadeFootage, animate
from countenance.portrait.script import PAUSES_S, SENTENCES, spoken
from countenance.portrait.train import train_from_picture
from countenance.progress import Progress
from countenance.settings import Settings
from countenance.voice.catalogue import DEFAULT_VOICE
from countenance.voice.speech import PAUSE


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, picture_file: Path, settings: Settings) -> MadeFootage:
    return animate(picture_file, tmp_path_factory.mktemp("made") / "made.mp4", settings, seconds=4.0)


def test_it_is_footage_with_sound(made: MadeFootage) -> None:
    info = probe(made.path)
    assert info.video is not None
    assert (info.video.width, info.video.height) == (made.width, made.height)
    assert info.duration_s == pytest.approx(made.duration_s, abs=0.05)
    assert float(np.abs(audio(made.path)).max()) > 0.1


def test_the_mesh_sees_what_was_made(made: MadeFootage, settings: Settings) -> None:
    with FaceTracker(settings) as tracker:
        track = track_of([tracker.track(frame.image, frame.time_s) for frame in frames(made.path)])
    assert len(track) == len(made.lip_gap)
    seen = lip_gap(track)
    by_lag = {lag: correlation(np.roll(made.lip_gap, lag), seen) for lag in range(-4, 5)}
    assert by_lag[0] > 0.9
    assert max(by_lag, key=lambda lag: by_lag[lag]) == 0
    blinks = made.blink > 0.8
    assert blinks.any()
    assert track.blink[blinks].mean() > np.median(track.blink) + 0.2


def test_it_rests_in_silence(made: MadeFootage) -> None:
    sound = audio(made.path)
    loud = np.abs(sound[: len(made.lip_gap) * SAMPLE_RATE // 25].reshape(len(made.lip_gap), -1)).max(axis=1) > 0.02
    silent = np.convolve(loud, np.ones(13), "same") == 0
    assert silent.sum() > 5
    assert made.lip_gap[silent].max() < 0.02
    assert made.lip_gap[loud].max() > 0.08


def test_speech_is_followed_by_pauses(settings: Settings) -> None:
    speech = spoken(DEFAULT_VOICE, 6.0, settings, lambda _: None)
    pauses = [phone.end_s - phone.start_s for phone in speech.phones if phone.symbol == PAUSE]
    assert speech.phones[-1].symbol == PAUSE
    assert speech.phones[-1].end_s == pytest.approx(speech.duration_s, abs=1e-3)
    assert max(pauses) > min(PAUSES_S)
    assert all(a.end_s == pytest.approx(b.start_s, abs=1e-6) for a, b in pairwise(speech.phones))
    assert len(set(SENTENCES)) == len(SENTENCES)


def test_an_unknown_voice_leaves_nothing(tmp_path: Path, picture_file: Path, settings: Settings) -> None:
    with pytest.raises(CountenanceError) as caught:
        animate(picture_file, tmp_path / "made.mp4", settings, voice="nobody")
    assert caught.value.finding.rule.id == "voice.unknown_voice"
    assert not list(tmp_path.iterdir())


def test_a_replica_says_that_it_comes_from_a_picture(tmp_path: Path, picture_file: Path, settings: Settings) -> None:
    told: list[Progress] = []
    out = tmp_path / "replica"
    previews: list[dict[str, Any]] = []
    options = TrainOptions(synthetic=True, replica_id="r1", on_preview=lambda it: previews.append(dict(it.description)))
    told_at: list[float] = []

    def tell(step: Progress) -> None:
        told.append(step)
        told_at.append(time.monotonic())

    began = time.monotonic()
    train_from_picture(picture_file, out, settings, options=options, seconds=8.0, progress=tell)
    ended = time.monotonic()
    described = json.loads((out / "replica.json").read_text("utf-8"))
    assert described["source"] == "image"
    taken = (told_at[-1] - began, ended - began)
    assert taken[0] - 0.1 <= described["training_s"] <= taken[1] + 0.1, "with the animation"
    assert described["picture"]["voice"] == DEFAULT_VOICE
    (preview,) = previews
    assert [(each["id"], each["tier"]) for each in (preview, described)] == [("r1", "preview"), ("r1", "final")]
    assert (preview["source"], preview["picture"]) == (described["source"], described["picture"])
    assert described["synthetic"] is True
    assert described["metrics"]["gap_correlation"] > 0.5
    assert load(out).description == described
    assert sorted(path.name for path in tmp_path.iterdir()) == ["replica"]
    fractions = [step.fraction for step in told]
    assert fractions == sorted(fractions)
    assert (told[0].stage, fractions[-1]) == ("picture", 1.0)
    assert {"picture", "listen", "learn"} <= {step.stage for step in told}
    assert STAGES.keys().isdisjoint({"listen", "learn"})


@pytest.mark.real_data
def test_photographs_with_parted_lips_speak(shared_data: Path, tmp_path: Path, settings: Settings) -> None:
    picture = tmp_path / "half as large.png"
    with Image.open(shared_data / "portraits" / "ai_good_woman_0588.png") as portrait:
        portrait.resize((portrait.width // 2, portrait.height // 2)).save(picture)
    made = animate(picture, tmp_path / "made.mp4", settings, seconds=3.0)
    assert [finding.rule.id for finding in made.findings] == ["picture.teeth_in_picture"]
    with FaceTracker(settings) as tracker:
        track = track_of([tracker.track(frame.image, frame.time_s) for frame in frames(made.path)])
    assert correlation(made.lip_gap, lip_gap(track)) > 0.9
