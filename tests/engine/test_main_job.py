"""From a recording to a talking replica, on the stock presenter whose lip curves are known."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from rough import learn_roughly

from countenance.consent.permission import carried, still_stands
from countenance.consent.receipt_content import Declaration, Kind, Material, ReceiptContent, evidence_of
from countenance.consent.register import HoldingKind, hold, issue
from countenance.engine import replica as bundle
from countenance.engine.align import lip_gap, track_of
from countenance.engine.metrics import correlation
from countenance.engine.options import TrainOptions
from countenance.engine.render import render
from countenance.engine.train import train
from countenance.errors import CountenanceError, Span
from countenance.media.probe import probe
from countenance.media.read import audio, frames
from countenance.media.write import VideoWriter, write_wav
from countenance.people.face import FaceTracker
from countenance.progress import Progress
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip, presenter_truth

SECONDS, PREVIEW_S = 16, 7.0
SETTINGS = Settings(threads=1, refine_s=0.0, personal_voice=False)
"""The parts that a final replica may have besides are tested by themselves."""


@dataclass(frozen=True)
class Trained:
    """A replica of the presenter, and what was told on the way."""

    folder: Path
    footage: Path
    replica: bundle.Replica
    told: list[Progress]
    preview: bundle.Replica
    """as it lay in the folder while training went on"""


def cut(out: Path, seconds: float, side: int = 640) -> Path:
    """The beginning of the presenter's clip, smaller."""
    pictures = frames(presenter_clip(), max_side=side, end_s=seconds)
    first = next(pictures)
    height, width = first.image.shape[:2]
    with VideoWriter(out, width, height, audio=audio(presenter_clip())) as writer:
        writer.write(first.image)
        for frame in pictures:
            writer.write(frame.image)
    return out


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    work = tmp_path_factory.mktemp("a folder with spaces")
    footage = cut(work / "my own footage é.mp4", SECONDS)
    told: list[Progress] = []
    folder = work / "replica of Ada"
    previews: list[bundle.Replica] = []

    def look(_: bundle.Replica) -> None:
        shutil.copytree(folder, work / "preview")
        previews.append(bundle.load(work / "preview"))

    options = TrainOptions(synthetic=True, preview_s=PREVIEW_S, on_preview=look)
    with pytest.MonkeyPatch.context() as patch:
        learn_roughly(patch)
        replica = train(footage, folder, SETTINGS, options=options, progress=told.append)
    return Trained(folder, footage, replica, told, previews[0])


def gaps(video: Path, every: int = 1) -> NDArray[np.float32]:
    """Of each of so many frames."""
    with FaceTracker(SETTINGS) as tracker:
        shown = islice(frames(video), 0, None, every)
        return lip_gap(track_of([tracker.track(frame.image, frame.time_s) for frame in shown]))


def test_held_out_speech_moves_the_mouth_as_it_was_filmed(trained: Trained) -> None:
    metrics = trained.replica.description["metrics"]
    assert metrics["gap_correlation"] > 0.6
    assert 0.6 < metrics["sharpness_ratio"] < 1.4
    assert 0.6 < metrics["flicker_ratio"] < 1.5
    assert metrics["lip_ssim"] > 0.7


def test_progress_is_told_and_never_falls(trained: Trained) -> None:
    fractions = [progress.fraction for progress in trained.told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    stages = list(dict.fromkeys(progress.stage for progress in trained.told))
    assert stages == ["listen", "watch", "learn", "preview", "watch all", "learn all", "measure", "store"]
    assert len(fractions) > 200


def test_a_preview_speaks_before_the_rest_is_learned(trained: Trained, tmp_path: Path) -> None:
    preview, final = trained.preview.description, trained.replica.description
    assert (preview["tier"], final["tier"]) == ("preview", "final")
    assert preview["id"] == final["id"]
    assert preview["metrics"] == {}
    assert preview["footage"]["watched_s"] == pytest.approx(PREVIEW_S)
    assert final["footage"]["watched_s"] == pytest.approx(SECONDS)
    assert len(trained.preview.atlas) < 0.6 * len(trained.replica.atlas)
    report = render(trained.preview.base_clip.parent, tmp_path / "out.mp4", SETTINGS, script="Big blue maps.")
    assert report.frames > 20


def test_the_bundle_is_whole_and_nothing_lies_beside_it(trained: Trained) -> None:
    beside = sorted(file.name for file in trained.folder.parent.iterdir())
    assert beside == ["my own footage é.mp4", "preview", "replica of Ada"]
    back = bundle.load(trained.folder)
    assert back.description["footage"]["sha256"] == bundle.file_sha256(trained.footage)
    assert back.description["synthetic"] is True
    clip = probe(back.base_clip)
    assert clip.audio is None
    assert clip.video is not None
    assert (clip.video.width, clip.video.height) == (640, 360)


def test_the_engine_follows_the_lip_curve_that_was_driven(trained: Trained, tmp_path: Path) -> None:
    """The same sound again on other pictures: the mouth must do what the face was made to do."""
    sound = tmp_path / "sound.wav"
    write_wav(sound, audio(trained.footage)[: 16_000 * 8])
    render(trained.folder, tmp_path / "out.mp4", SETTINGS, audio=sound)
    driven = presenter_truth().lip_gap_px[: 8 * 25]
    assert correlation(gaps(tmp_path / "out.mp4"), np.asarray(driven, np.float32)) > 0.75


def test_a_script_becomes_a_video_of_exactly_its_length(trained: Trained, tmp_path: Path) -> None:
    out = tmp_path / "say so.mp4"
    report = render(trained.folder, out, SETTINGS, script="Big blue maps make people happy.")
    made = probe(out)
    assert made.video is not None
    assert made.audio is not None
    assert made.video.frames == report.frames
    assert made.video.duration_s == pytest.approx(report.duration_s, abs=0.001)
    assert made.audio.duration_s == pytest.approx(report.duration_s, abs=0.04)
    assert made.video.codec == "h264"
    heard = audio(out)
    assert np.abs(heard).max() > 0.05


def test_the_mouth_rests_in_silence_and_the_clip_loops(trained: Trained, tmp_path: Path) -> None:
    """More sound than the preview has pictures: speech, then a long silence."""
    speech = audio(trained.footage)[: 16_000 * 6]
    sound = np.concatenate([speech, np.zeros(16_000 * 6, np.float32)])
    write_wav(tmp_path / "sound.wav", sound)
    preview = trained.preview.base_clip.parent
    report = render(preview, tmp_path / "out.mp4", SETTINGS, audio=tmp_path / "sound.wav")
    assert report.frames == 25 * 12 > 25 * PREVIEW_S
    opened = gaps(tmp_path / "out.mp4", every=5)
    assert np.isfinite(opened).all()
    talking, silent = opened[: 6 * 5], opened[8 * 5 :]
    assert silent.std() < 0.25 * talking.std()
    assert np.quantile(silent, 0.95) < np.quantile(talking, 0.5)


def test_a_cancelled_training_leaves_nothing_behind(trained: Trained, tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def cancel(progress: Progress) -> None:
        if progress.fraction > 0.1:
            raise Stop

    with pytest.raises(Stop):
        train(trained.footage, tmp_path / "ada", SETTINGS, progress=cancel)
    assert list(tmp_path.iterdir()) == []


def test_a_training_that_ends_early_leaves_the_preview(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn_roughly(monkeypatch)

    class Stop(Exception):
        pass

    def cancel(progress: Progress) -> None:
        if progress.stage == "watch all":
            raise Stop

    options = TrainOptions(synthetic=True, usable=(Span(0.0, 14.0),), preview_s=6.5)
    with pytest.raises(Stop):
        train(trained.footage, tmp_path / "ada", SETTINGS, options=options, progress=cancel)
    assert bundle.describe(tmp_path / "ada")["tier"] == "preview"
    assert [path.name for path in tmp_path.iterdir()] == ["ada"]


def test_a_replica_is_replaced_by_a_final_one_only(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn_roughly(monkeypatch)

    class Stop(Exception):
        pass

    def cancel(progress: Progress) -> None:
        if progress.stage == "watch all":
            raise Stop

    shutil.copytree(trained.folder, tmp_path / "ada")
    with pytest.raises(Stop):
        train(trained.footage, tmp_path / "ada", SETTINGS, options=TrainOptions(preview_s=6.5), progress=cancel)
    assert bundle.load(tmp_path / "ada").description == trained.replica.description


def test_a_budget_that_is_too_small_says_so(trained: Trained, tmp_path: Path) -> None:
    with pytest.raises(CountenanceError) as error:
        train(trained.footage, tmp_path / "ada", SETTINGS, options=TrainOptions(budget_s=0.5))
    assert error.value.finding.rule.id == "engine.out_of_time"
    assert list(tmp_path.iterdir()) == []


def test_footage_that_is_too_short_says_so(tmp_path: Path) -> None:
    footage = cut(tmp_path / "short.mp4", 3.0, side=320)
    with pytest.raises(CountenanceError) as error:
        train(footage, tmp_path / "ada", SETTINGS)
    assert error.value.finding.rule.id == "engine.too_little_to_learn"


def test_a_video_never_overwrites_what_it_is_made_from(trained: Trained, tmp_path: Path) -> None:
    sound = tmp_path / "sound.wav"
    write_wav(sound, np.zeros(16_000, np.float32))
    for out in (sound, trained.folder / "base.mp4", trained.folder / "new.mp4"):
        with pytest.raises(CountenanceError) as error:
            render(trained.folder, out, SETTINGS, audio=sound)
        assert error.value.finding.rule.id == "engine.out_is_input"
    for out in (tmp_path, tmp_path / "nowhere" / "out.mp4"):
        with pytest.raises(CountenanceError) as error:
            render(trained.folder, out, SETTINGS, audio=sound)
        assert error.value.finding.rule.id == "media.cannot_write"
    bundle.load(trained.folder)


def test_a_replica_speaks_even_where_recordings_must_be_small(trained: Trained, tmp_path: Path) -> None:
    clip_bytes = (trained.folder / bundle.BASE_CLIP).stat().st_size
    small = Settings(max_file_bytes=clip_bytes - 1)
    assert render(trained.folder, tmp_path / "out.mp4", small, script="Hello.").frames > 10


def test_a_recording_of_nothing_cannot_be_spoken(trained: Trained, tmp_path: Path) -> None:
    write_wav(tmp_path / "blip.wav", np.zeros(400, np.float32))
    with pytest.raises(CountenanceError) as error:
        render(trained.folder, tmp_path / "out.mp4", SETTINGS, audio=tmp_path / "blip.wav")
    assert error.value.finding.rule.id == "engine.sound_too_short"
    assert not (tmp_path / "out.mp4").exists()


def test_a_revocation_stops_a_render_in_progress(trained: Trained, tmp_path: Path, own_settings: Settings) -> None:
    """Another process revokes while pictures are written: no video is left, and the replica is gone."""
    said = Declaration("synthetic", "This footage is AI-generated.", "en-1", "studio", "2026-11-25T12:00:00Z")
    content = ReceiptContent(
        Kind.DECLARATION,
        Material.SYNTHETIC,
        own_settings.organisation,
        {"footage": evidence_of(trained.footage)},
        declarations=(said,),
    )
    receipt = issue(content, own_settings)
    folder = shutil.copytree(trained.folder, tmp_path / "replicas" / "ada")
    description = {**bundle.describe(folder), "consent": carried(receipt)}
    (folder / bundle.DESCRIPTION).write_text(json.dumps(description))
    hold(receipt.id, HoldingKind.REPLICA, folder, own_settings)
    permitted = still_stands(description, own_settings)
    written: list[float] = []

    def revoke_meanwhile(progress: Progress) -> None:
        if progress.stage != "render" or progress.fraction < 0.4:
            return
        written.append(progress.fraction)
        if len(written) == 1:
            command = [sys.executable, "-m", "countenance", "consent", "revoke", receipt.id, "--yes"]
            subprocess.run(command, check=True, capture_output=True)

    (tmp_path / "videos").mkdir()
    with pytest.raises(CountenanceError) as error:
        render(
            folder,
            tmp_path / "videos" / "out.mp4",
            own_settings,
            script="Big blue maps make people happy.",
            progress=revoke_meanwhile,
            permitted=permitted,
        )
    assert error.value.finding.rule.id == "consent.revoked"
    assert len(written) == 1
    assert list((tmp_path / "videos").iterdir()) == []
    assert list((tmp_path / "replicas").iterdir()) == []
    with pytest.raises(CountenanceError):
        still_stands(description, own_settings)
