"""What a final replica may have beyond its preview, and why it has not: said, and never a reason to fail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rough import learn_roughly

from countenance.engine import finish, train
from countenance.engine import replica as bundle
from countenance.engine.extras import path_in_footage, personal_voice, refined
from countenance.engine.options import TrainOptions
from countenance.engine.refine import apply, fit
from countenance.engine.refine.fit import RefineOptions
from countenance.engine.render import RenderReport, render
from countenance.media.limits import Limits
from countenance.media.read import SAMPLE_RATE, audio, frames
from countenance.media.write import VideoWriter
from countenance.progress import Progress
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip

SETTINGS = Settings(threads=1)
SECONDS, SPOKEN_S = 11.0, 6.0
SCRIPT = "Hello there."

needs_torch = pytest.mark.skipif(not apply.available(), reason="torch is not installed (the extra `neural`)")


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures enough for a net, and words too few for a voice."""
    path = tmp_path_factory.mktemp("footage") / "small.mp4"
    pictures = [frame.image for frame in frames(presenter_clip(), end_s=SECONDS, max_side=320)]
    height, width = pictures[0].shape[:2]
    with VideoWriter(path, width, height, audio=audio(presenter_clip())[: round(SPOKEN_S * SAMPLE_RATE)]) as writer:
        for picture in pictures:
            writer.write(picture)
    return path


@pytest.fixture(scope="module")
def trained(footage: Path) -> tuple[bundle.Replica, list[Progress]]:
    """A replica that was to have all there is. The net learns a few steps, and is kept whatever it is worth."""
    told: list[Progress] = []

    def briefly(budget_s: float, device: apply.Device, threads: int, patience: float) -> RefineOptions:
        assert (budget_s, patience) == (5.0, 3.0)
        return RefineOptions(budget_s, device, threads, steps=8, side=64, width=8, judged=False)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train, "RefineOptions", briefly)
        learn_roughly(patch)
        options = TrainOptions(synthetic=True, refine_s=5.0, personal_voice=True, device="cpu")
        return train.train(footage, footage.parent / "ada", SETTINGS, options=options, progress=told.append), told


def test_too_little_speech_for_a_voice_is_said(trained: tuple[bundle.Replica, list[Progress]]) -> None:
    told = trained[0].description["voice"]
    assert told["used"] is False
    assert "speech" in told["reason"]
    assert bundle.VOICE not in trained[0].optional


def test_a_voice_is_learned_from_the_frames_that_were_learned_from(footage: Path) -> None:
    seen: list[Progress] = []
    arrays, told = personal_voice(footage, np.arange(30, 60), SETTINGS, Limits(), seen.append)
    assert (arrays, told["used"]) == (None, False)


@needs_torch
def test_a_replica_is_refined_in_its_training(trained: tuple[bundle.Replica, list[Progress]]) -> None:
    replica, told = trained
    description = replica.description
    assert description["engine"] == "retrieve-warp-refine"
    assert description["refinement"]["used"] is True
    assert description["refinement"]["steps"] == 8
    assert description["refinement"]["refined_lip_psnr_db"] > 10
    stages = list(dict.fromkeys(progress.stage for progress in told))
    assert stages == ["listen", "watch", "learn", "preview", "refine", "learn the voice", "measure", "store"]
    back = bundle.load(replica.base_clip.parent)
    assert set(back.optional) == {bundle.REFINER}
    assert all(np.array_equal(back.optional[bundle.REFINER][name], values)
               for name, values in replica.optional[bundle.REFINER].items())  # fmt: skip


def spoken(replica: bundle.Replica, out: Path) -> tuple[RenderReport, list[np.ndarray]]:
    report = render(replica.base_clip.parent, out, SETTINGS, script=SCRIPT)
    return report, [frame.image.astype(int) for frame in frames(out)]


@needs_torch
def test_a_refined_replica_speaks_with_and_without_torch(
    trained: tuple[bundle.Replica, list[Progress]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its net is one that is easily seen: it brightens all that it is given."""
    bright = dict(trained[0].optional[bundle.REFINER])
    bright["net.head.bias"] = np.full(3, 0.3, np.float32)
    replica = bundle.save(replace(trained[0], optional={bundle.REFINER: bright}), tmp_path / "bright")
    report, refined_ones = spoken(replica, tmp_path / "refined.mp4")
    assert report.notes == ()
    monkeypatch.setattr(finish, "available", lambda: False)
    noted, bent = spoken(replica, tmp_path / "bent.mp4")
    assert noted.notes == (finish.NO_TORCH,)
    assert noted.frames == report.frames == len(bent)
    changed = np.mean([one - other for one, other in zip(refined_ones, bent, strict=True)], axis=(0, 3))
    assert changed.max() == pytest.approx(0.3 * 127.5, abs=8)
    height, width = changed.shape
    assert np.abs(changed[: height // 4]).mean() < 0.1
    assert np.abs(changed[:, : width // 4]).mean() < 0.1


def test_without_torch_nothing_is_refined_and_the_reason_is_said(
    trained: tuple[bundle.Replica, list[Progress]], footage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replica = replace(trained[0], optional={})
    count = round(SECONDS * 25)
    path = path_in_footage(replica, audio(footage), np.arange(count), SETTINGS)
    assert path.code.shape[0] == len(path.gap) == count
    monkeypatch.setattr(fit, "available", lambda: False)
    weights, told = refined(replica, path, RefineOptions(), lambda _: None)
    assert weights is None
    assert told == {"used": False, "reason": "Mouths are not refined: torch is not installed (the extra `neural`)."}
