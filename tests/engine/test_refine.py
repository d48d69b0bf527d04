"""A net that repairs bent mouths: what it is given, what it may change, and when it is left out."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from faces import TO_CANONICAL, atlas, control, mouth, picture
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from countenance.engine import replica as bundle
from countenance.engine.align import invert
from countenance.engine.atlas import Atlas
from countenance.engine.checkpoint import opened
from countenance.engine.choice import Choice, choose
from countenance.engine.compose import Compositor, Stage
from countenance.engine.landmarks import LIP_COUNT, RING
from countenance.engine.motion import SpeechMotion
from countenance.engine.mouth import fit_basis
from countenance.engine.refine import apply as refine_apply
from countenance.engine.refine import fit
from countenance.engine.refine import pairs as pairs_of_mouths
from countenance.engine.refine.crop import Crop, fit_wishes
from countenance.engine.refine.fit import GPU_SIDE, RefineOptions, fit_refiner
from countenance.engine.refine.pairs import Lesson, Pairs, make_pairs
from countenance.engine.speak import MouthPath
from countenance.errors import CountenanceError

Array = NDArray[np.float32]

FRAMES = 200
SIDE = 32

needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None, reason="torch is not installed (the extra `neural`)"
)


@pytest.fixture
def speaker() -> tuple[bundle.Replica, MouthPath]:
    """Somebody who says the same for eight seconds, and how the mouth is heard: nearly as it was."""
    rng = np.random.default_rng(1)
    opening = np.sin(np.arange(FRAMES) / 3.0).astype(np.float32)
    places = np.repeat(control()[None], FRAMES, axis=0)
    places[:, len(RING) : len(RING) + LIP_COUNT // 2, 1] += 0.03 * opening[:, None]
    places += rng.normal(0, 0.001, places.shape).astype(np.float32)
    pose = rng.normal(0, 1, (FRAMES, 3)).astype(np.float32)
    basis = fit_basis(places[:, len(RING) :], pose)
    code = basis.code(places[:, len(RING) :], pose)
    filmed = replace(
        atlas(FRAMES),
        frame=np.arange(FRAMES, dtype=np.int32),
        code=code,
        gap=0.05 + 0.03 * opening,
        pose=pose,
        control=places,
    )
    none = np.zeros(0, np.float32)
    track = bundle.BaseTrack(*[none] * len(bundle.BaseTrack.__dataclass_fields__))  # type: ignore[arg-type]
    replica = bundle.Replica(
        basis,
        SpeechMotion(none, none, none, none, none, none),
        none,
        np.append(code[0], 0.0),
        track,
        filmed,
        Path("clip"),
        {},
    )
    heard = MouthPath(
        code + rng.normal(0, 0.01, code.shape).astype(np.float32), filmed.gap, np.ones(FRAMES, np.float32)
    )
    return replica, heard


def lesson(bias: float) -> Lesson:
    """Mouths that are shown darker or brighter than they are, by `bias` times what is wished; texture everywhere."""
    rng = np.random.default_rng(0)

    def pairs(count: int) -> Pairs:
        wishes = np.repeat(rng.uniform(-1, 1, (count // 2, 2)), 2, axis=0).astype(np.float32)
        real = rng.integers(90, 160, (count, SIDE, SIDE, 3)).astype(np.uint8)
        region = np.zeros((count, SIDE, SIDE), np.uint8)
        region[:, 8:28, 4:28] = 255
        return Pairs(
            shown=(real + bias * wishes[:, :1, None, None]).astype(np.uint8),
            region=region,
            real=real,
            wishes=wishes,
            lips=np.repeat(np.array([[8, 10, 24, 24]], np.int32), count, axis=0),
            follows=np.arange(count) % 2 == 1,
        )

    crop = Crop(SIDE, np.zeros(2, np.float32))
    return Lesson(
        crop, fit_wishes(mouth()[None].repeat(3, 0)), np.zeros((SIDE, SIDE, 3), np.uint8), pairs(64), pairs(16)
    )


def test_a_crop_shows_the_same_skin_at_any_resolution() -> None:
    crop = Crop(96, np.array([0.0, 0.85], np.float32))
    small = crop.cut(picture(), invert(TO_CANONICAL))
    grown = np.repeat(np.repeat(picture(), 3, axis=0), 3, axis=1)
    to_canonical = TO_CANONICAL.copy()
    to_canonical[:, :2] /= 3.0
    to_canonical[:, 2] -= to_canonical[0, 0]
    assert np.abs(crop.cut(grown, invert(to_canonical)).astype(int) - small).mean() < 1.5
    middle = crop.to_canonical @ np.array([47.5, 47.5, 1.0])
    np.testing.assert_allclose(middle, crop.centre, atol=1e-6)


def test_wishes_tell_what_is_wanted_and_how_far_it_was_bent() -> None:
    rng = np.random.default_rng(0)
    shapes = mouth() + rng.normal(0, 0.02, (50, *mouth().shape)).astype(np.float32)
    wishes = fit_wishes(shapes)
    values = wishes.of(shapes, shapes)
    half = values.shape[1] // 2
    assert values[:, :half].std() == pytest.approx(1.0, rel=0.1)
    assert not values[:, half:].any()
    np.testing.assert_allclose(
        wishes.of(shapes[:1], shapes[1:2])[0, half:], values[0, :half] - values[1, :half], atol=1e-3
    )


def test_no_mouth_is_learned_from_with_its_own_picture(
    speaker: tuple[bundle.Replica, MouthPath], monkeypatch: pytest.MonkeyPatch
) -> None:
    replica, heard = speaker
    nearest: list[int] = []

    def noted(part: bundle.Replica, path: MouthPath, pose: Array) -> Choice:
        choice = choose(part, path, pose)
        # Poses are made up and differ from frame to frame: they tell which frames are spoken.
        spoken = [int(np.flatnonzero((replica.atlas.pose == one).all(axis=1))[0]) for one in pose]
        shown = [int(part.atlas.frame[row]) for rows in choice.rows for row, _ in rows]
        nearest.append(int(np.abs(np.subtract.outer(spoken, part.atlas.frame)).min()))
        assert len(shown) == len(spoken)
        return choice

    monkeypatch.setattr(pairs_of_mouths, "choose", noted)
    made = make_pairs(replica, heard, SIDE)
    assert made is not None
    assert min(nearest) == 9
    assert len(made.checked) == 50
    assert len(made.learned) == 2 * (FRAMES - 50 - 8)  # the last block is checked
    assert made.learned.follows.sum() == len(made.learned) - 2 * 3


def test_who_is_late_learns_from_fewer_mouths(speaker: tuple[bundle.Replica, MouthPath]) -> None:
    made = make_pairs(*speaker, SIDE, late=lambda: True)
    assert made is not None
    assert len(made.checked) == 50
    assert len(made.learned) <= 2 * 50


@needs_torch
def test_colour_is_learned_and_texture_is_kept() -> None:
    import torch

    from countenance.engine.refine.fit import compare
    from countenance.engine.refine.school import School

    made = lesson(bias=25.0)
    torch.set_num_threads(1)
    school = School(made, 8, torch.device("cpu"), seed=0, paint_anew=False)
    for step in range(100):
        school.step(step / 100)
    before, after = compare(made.checked, made.checked.shown), compare(made.checked, school.pictures(made.checked))
    assert after["lip_psnr_db"] > before["lip_psnr_db"] + 4.0
    assert after["sharpness_ratio"] == pytest.approx(before["sharpness_ratio"], rel=0.05)


@needs_torch
@pytest.mark.parametrize("paint_anew", [False, True])
def test_the_same_seed_gives_the_same_net(speaker: tuple[bundle.Replica, MouthPath], paint_anew: bool) -> None:
    shares: list[float] = []
    options = RefineOptions(
        device="cpu", judged=False, threads=1, seed=3, steps=4, side=SIDE, width=4, paint_anew=paint_anew
    )
    first = fit_refiner(*speaker, options, lambda share, _: shares.append(share))
    second = fit_refiner(*speaker, options)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert first.weights is not None
    assert second.weights is not None
    for name, array in first.weights.items():
        np.testing.assert_array_equal(array, second.weights[name])


@needs_torch
def test_a_net_for_a_graphics_card_runs_on_a_processor_too(speaker: tuple[bundle.Replica, MouthPath]) -> None:
    options = RefineOptions(device="cpu", judged=False, threads=1, steps=1, side=GPU_SIDE, width=4)
    refinement = fit_refiner(*speaker, options)
    assert refinement.weights is not None
    assert refinement.weights["side"][0] == GPU_SIDE


@needs_torch
def test_a_net_comes_back_from_its_file_and_finishes_mouths(
    speaker: tuple[bundle.Replica, MouthPath], tmp_path: Path
) -> None:
    options = RefineOptions(device="cpu", judged=False, threads=1, steps=3, side=SIDE, width=4)
    weights = fit_refiner(*speaker, options).weights
    assert weights is not None
    save_file(weights, tmp_path / "refiner.safetensors")
    back = load_file(tmp_path / "refiner.safetensors")
    # A net that brightens everything by the same amount is known in advance.
    back = {name: np.zeros_like(array) if name.startswith("net.") else array for name, array in back.items()}
    back["net.head.bias"] = np.full(3, 10 / 127.5, np.float32)
    finish = refine_apply.finish_of(back, threads=1, device="cpu")
    stage = Stage(picture(), TO_CANONICAL, control())
    layers = Compositor(atlas()).layers(stage, mouth(), [(0, 1.0)])
    assert layers is not None
    assert np.abs(finish(stage, layers).astype(int) - layers.met - 10).max() <= 1


@needs_torch
def test_what_is_no_net_is_told_from_one(speaker: tuple[bundle.Replica, MouthPath]) -> None:
    options = RefineOptions(device="cpu", judged=False, threads=1, steps=1, side=SIDE, width=4)
    weights = fit_refiner(*speaker, options).weights
    assert weights is not None
    for name in ("side", "net.head.bias", "mean"):
        with pytest.raises(ValueError, match="not the weights"):
            refine_apply.finish_of({key: array for key, array in weights.items() if key != name})
    with pytest.raises(ValueError, match="not the weights"):
        refine_apply.finish_of(weights | {"net.head.bias": np.zeros(5, np.float32)})


@needs_torch
def test_a_stop_is_heard_between_two_steps(speaker: tuple[bundle.Replica, MouthPath]) -> None:
    def stop(share: float, _: float | None) -> None:
        if share > 0.4:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fit_refiner(*speaker, RefineOptions(device="cpu", threads=1, steps=50, side=SIDE, width=4), stop)


@needs_torch
def test_a_net_goes_on_from_its_notes(
    speaker: tuple[bundle.Replica, MouthPath], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from countenance.engine.refine import notes, school

    class Stop(Exception):
        pass

    def stop(share: float, left: float | None) -> None:
        if share > 0.7:
            raise Stop

    monkeypatch.setattr(notes, "EVERY_S", 0.0)
    # Which precision is faster depends on the moment.
    monkeypatch.setattr(school, "faster_in_half", lambda *_: False)
    options = RefineOptions(device="cpu", judged=False, threads=1, seed=3, steps=10, side=SIDE, width=4)
    checkpoints = opened(tmp_path / "kept", {})
    with pytest.raises(Stop):
        fit_refiner(*speaker, options, stop, checkpoints)
    shares: list[float] = []
    resumed = fit_refiner(*speaker, options, lambda share, _: shares.append(share), checkpoints)
    whole = fit_refiner(*speaker, options)
    assert len([share for share in shares if share > 0.15]) == 4, "six of ten steps were noted"
    assert resumed.weights is not None
    assert whole.weights is not None
    for name, array in whole.weights.items():
        np.testing.assert_array_equal(array, resumed.weights[name])
    assert resumed.figures["steps"] == whole.figures["steps"] == 10
    # A lesson of another kind begins anew.
    other = fit_refiner(*speaker, replace(options, width=8), lambda share, _: None, checkpoints)
    assert other.figures["steps"] == 10


@needs_torch
@pytest.mark.parametrize("paint_anew", [False, True])
def test_a_net_learns_in_half_precision_what_it_learns_in_full(
    paint_anew: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from countenance.engine.refine import school

    made = lesson(bias=25.0)
    torch.set_num_threads(1)

    def taught(half: bool) -> tuple[Array, NDArray[np.uint8]]:
        # Which precision is faster depends on the processor and the moment.
        monkeypatch.setattr(school, "faster_in_half", lambda work, _: (work(half), half)[1])
        pupil = school.School(made, 4, torch.device("cpu"), seed=0, paint_anew=paint_anew)
        assert pupil.half is half
        for _ in range(3):
            pupil.step(0.1)
        kept, _ = pupil.notes()
        assert {array.dtype for array in kept.values() if array.ndim} == {np.dtype(np.float32)}
        slopes = [array.ravel() for name, array in kept.items() if name.endswith("exp_avg")]
        assert all(slope.any() for slope in slopes), "every layer learns"
        return np.concatenate(slopes), pupil.pictures(made.checked)

    (full, seen), (halved, seen_in_half) = taught(half=False), taught(half=True)
    # The format has eight bits: 0.4 % of every value.
    apart = float(np.linalg.norm(halved - full) / np.linalg.norm(full))
    assert 0.0 < apart < 0.03
    assert np.abs(seen_in_half.astype(int) - seen).max() <= 2, "grey levels"


@needs_torch
@pytest.mark.parametrize("full_band", [False, True])
def test_a_net_paints_in_half_precision_what_it_paints_in_full(
    full_band: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from countenance.engine.refine import device
    from countenance.engine.refine.net import Net, Shape

    torch.manual_seed(0)
    net = Net(Shape(7 if full_band else 3, 2, 8, full_band))
    for part in (net.head, net.film[2]):  # these begin at zero, which any precision would hold
        torch.nn.init.normal_(part.weight, std=0.05)
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 255, (2, SIDE, SIDE, net.shape.inputs)).astype(np.uint8)
    wishes = rng.uniform(-1, 1, (2, 2)).astype(np.float32)
    painted = []
    for half in (False, True):
        monkeypatch.setattr(device, "faster_in_half", lambda work, _, half=half: (work(half), half)[1])
        painted.append(device.Runner(net, SIDE, 1, "cpu")(pictures, wishes))
    full, halved = painted
    assert halved.dtype == np.float32
    assert full.std() > 1.0
    apart = np.abs(halved - full)
    assert 0.0 < apart.max() < 0.05 * np.ptp(full)


@needs_torch
def test_a_card_that_is_not_there_is_named(speaker: tuple[bundle.Replica, MouthPath]) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a card")
    with pytest.raises(CountenanceError) as error:
        fit_refiner(*speaker, RefineOptions(device="cuda"))
    assert error.value.finding.rule.id == "engine.no_gpu"


def test_without_torch_mouths_stay_as_they_were_bent(
    speaker: tuple[bundle.Replica, MouthPath], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit, "available", lambda: False)
    refinement = fit_refiner(*speaker)
    assert refinement.weights is None
    assert "torch" in refinement.reason


@needs_torch
def test_little_footage_is_not_learned_from(speaker: tuple[bundle.Replica, MouthPath]) -> None:
    replica, heard = speaker
    few = replace(replica.atlas, **{name: getattr(replica.atlas, name)[:150] for name in Atlas.__dataclass_fields__})
    refinement = fit_refiner(replace(replica, atlas=few), heard, RefineOptions(device="cpu", threads=1, side=SIDE))
    assert refinement.weights is None
    assert "too little" in refinement.reason


def figures(psnr: float = 30.0, sharpness: float = 0.9, flicker: float = 1.0) -> dict[str, float]:
    return {"lip_psnr_db": psnr, "sharpness_ratio": sharpness, "flicker_ratio": flicker}


@pytest.mark.parametrize(
    ("refined", "word"),
    [
        (figures(psnr=30.04), "gains"),
        (figures(psnr=float("nan")), "gains"),
        (figures(psnr=31.0, sharpness=0.8), "sharpness"),
        (figures(psnr=31.0, flicker=0.9), "flicker"),
        (figures(psnr=31.0, flicker=1.1), "flicker"),
    ],
)
def test_a_net_that_does_harm_is_left_out_and_the_reason_said(refined: dict[str, float], word: str) -> None:
    assert word in fit.why_not(refined, figures())
    assert not fit.why_not(figures(psnr=30.2, sharpness=0.88, flicker=1.02), figures())
