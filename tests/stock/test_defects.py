"""Every defect makes a readable recording of the right length that has what its name says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from countenance.errors import CountenanceError
from countenance.footage.rules import RULES
from countenance.media.errors import RULES as MEDIA_RULES
from countenance.media.probe import probe
from countenance.media.read import FPS, audio, frames
from countenance.people.face import FaceTracker, detect_faces
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip
from countenance.stock.defects import DEFECTS, KINDS, MEDIUM, STRONG, WEAK, Defect, load, make, pose, write
from countenance.stock.defects.clip import RATE, Original, unchanged
from countenance.stock.person import PRESENTER

SETTINGS = Settings(threads=1)
START_S, SECONDS = 37.8, 3.0  # the presenter's last words, and a second of listening
PAINTED = [defect for defect in DEFECTS if not defect.presenter_only]
Grey = NDArray[np.floating]


@pytest.fixture(scope="module")
def original() -> Original:
    return load(presenter_clip(), SETTINGS, start_s=START_S, seconds=SECONDS, max_side=320)


def pictures(original: Original, name: str, level: int = MEDIUM) -> Grey:
    """(T, H, W) mean of the colours."""
    made = KINDS[name].make(original, KINDS[name].strength(level))
    return np.stack([np.asarray(picture.mean(axis=2), np.float32) for picture in made.pictures])


def sound(original: Original, name: str, level: int = MEDIUM) -> NDArray[np.float32]:
    made = KINDS[name].make(original, KINDS[name].strength(level))
    assert made.sound is not None
    return made.sound


def decibels(samples: NDArray[np.floating]) -> float:
    return float(10 * np.log10(np.square(samples).mean() + 1e-12))


def test_there_are_forty_in_three_strengths_and_their_rules_exist() -> None:
    assert sum(len(set(defect.strengths)) == 3 for defect in DEFECTS) >= 40
    assert len(KINDS) == len(DEFECTS)
    assert all(defect.make.__doc__ for defect in DEFECTS)
    known = {rule.id for rule in (*RULES, *MEDIA_RULES)}
    assert {rule for defect in DEFECTS for rule in defect.expected} <= known


@pytest.mark.parametrize("defect", PAINTED, ids=lambda defect: defect.name)
def test_it_can_be_read(original: Original, defect: Defect, tmp_path: Path) -> None:
    made = defect.make(original, defect.strength(MEDIUM))
    path = write(made, tmp_path / "faulty.mp4")
    if defect.name == "truncated":
        return
    info = probe(path)
    assert info.video is not None
    assert (info.audio is None) == (defect.name == "no_sound")
    length_s = sum(1 for _ in frames(path)) / FPS
    if defect.name == "no_listening":
        assert original.speech_end_s <= length_s < SECONDS
    else:
        expected_s = SECONDS - 2 if defect.name == "cut" else SECONDS
        assert length_s == pytest.approx(expected_s, abs=0.1)


def test_the_good_one_stays_good_and_sound_alone_is_exchanged(original: Original, tmp_path: Path) -> None:
    clean = write(unchanged(original), tmp_path / "clean.mp4")
    quiet = write(KINDS["quiet"].make(original, 20), tmp_path / "quiet.mp4", encoded=clean)
    without = write(KINDS["no_sound"].make(original, 1), tmp_path / "without.mp4", encoded=clean)
    shown = [[frame.image for frame in frames(path)] for path in (clean, quiet, without)]
    assert np.array_equal(shown[0], shown[1])
    assert np.array_equal(shown[0], shown[2])
    assert np.abs(np.stack(shown[0]).astype(int) - np.stack(original.pictures)).mean() < 3
    assert decibels(audio(clean)) - decibels(audio(quiet)) == pytest.approx(20, abs=0.5)
    assert probe(without).audio is None


def test_light(original: Original) -> None:
    plain = np.stack([picture.mean(axis=2) for picture in original.pictures])
    for name in ("dark", "underexposed"):
        levels = [pictures(original, name, level).mean() for level in (WEAK, MEDIUM, STRONG)]
        assert plain.mean() > levels[0] > levels[1] > levels[2]
    assert (pictures(original, "overexposed") > 250).mean() > (plain > 250).mean() + 0.05
    assert pictures(original, "low_contrast").std() < plain.std() / 2
    nose = round(float(original.points[0, 1, 0]))
    shaded = pictures(original, "uneven_light")[0]
    assert shaded[:, : nose - 20].mean() < 0.7 * plain[0, :, : nose - 20].mean()
    assert shaded[:, nose + 20 :].mean() > 0.9 * plain[0, :, nose + 20 :].mean()
    swing = pictures(original, "flicker").mean(axis=(1, 2))
    spectrum = np.abs(np.fft.rfft(swing - swing.mean()))
    assert np.fft.rfftfreq(len(swing), 1 / FPS)[spectrum.argmax()] == pytest.approx(5, abs=0.5)


def test_sharpness(original: Original) -> None:
    def detail(shown: Grey) -> float:
        return float(np.abs(cv2.Laplacian(shown[0].astype(np.float32), cv2.CV_32F)).mean())

    plain = detail(np.stack([original.pictures[0].mean(axis=2)]))
    for name in ("blur", "motion_blur", "upscaled"):
        assert plain > detail(pictures(original, name)) > detail(pictures(original, name, STRONG))
    assert detail(pictures(original, "noise")) > 1.5 * plain
    blocky = pictures(original, "blockiness")[0]
    steps = np.abs(np.diff(blocky, axis=1)).mean(axis=0)
    assert steps[7::8].mean() > 1.2 * np.delete(steps, np.arange(7, len(steps), 8)).mean()


def test_size_and_place(original: Original) -> None:
    face = detect_faces(original.pictures[0], SETTINGS)[0]
    middle = face.x + face.width / 2

    def found(name: str, level: int = MEDIUM) -> tuple[float, float, float]:
        defect = KINDS[name]
        picture = next(iter(defect.make(original, defect.strength(level)).pictures))
        box = detect_faces(picture, SETTINGS)[0]
        return box.x + box.width / 2, box.y, box.width

    assert found("far")[2] == pytest.approx(0.4 * face.width, rel=0.2)
    assert found("near", WEAK)[2] == pytest.approx(1.5 * face.width, rel=0.2)
    assert found("off_centre")[0] - middle > 0.1 * original.width
    assert found("headroom", WEAK)[1] > face.y
    with FaceTracker(SETTINGS) as tracker:
        straight, leaning = (
            tracker.track(np.asarray(picture, np.uint8), 0.0)
            for picture in (original.pictures[0], next(iter(KINDS["tilted"].make(original, 18).pictures)))
        )
    assert straight is not None
    assert leaning is not None
    assert leaning.roll_deg - straight.roll_deg == pytest.approx(18, abs=4)


def test_others_and_covers(original: Original) -> None:
    for name in ("beside", "behind"):
        shown = next(iter(KINDS[name].make(original, KINDS[name].strength(STRONG)).pictures))
        assert len(detect_faces(shown, SETTINGS)) == 2
    mouth, eye = (tuple(np.round(original.points[:, point].mean(axis=0)).astype(int)) for point in (13, 159))
    plain = np.stack([picture.mean(axis=2) for picture in original.pictures])
    half = len(plain) // 2
    for name, (x, y) in (("hand", mouth), ("mask", mouth), ("microphone", mouth), ("sunglasses", eye)):
        patch = np.s_[half, y - 2 : y + 3, x - 2 : x + 3]
        assert abs(pictures(original, name)[patch].mean() - plain[patch].mean()) > 10, name
    with FaceTracker(SETTINGS) as tracker:
        closed = list(KINDS["eyes_closed"].make(original, 1.5).pictures)
        blink = [tracker.track(pictures[half], 0.0) for pictures in (original.pictures, closed)]
    assert blink[0] is not None
    assert blink[1] is not None
    assert blink[1].blendshapes[9] > blink[0].blendshapes[9] + 0.2


def test_movement(original: Original) -> None:
    def change(shown: Grey) -> Grey:
        return np.asarray(np.abs(np.diff(shown, axis=0)).mean(axis=(1, 2)))

    plain = np.stack([picture.mean(axis=2) for picture in original.pictures])
    assert np.median(change(pictures(original, "shake"))) > 2 * np.median(change(plain))
    assert np.median(change(pictures(original, "moving_background"))) > 1.5 * np.median(change(plain))
    assert (change(pictures(original, "frozen")) == 0).sum() == 24
    assert (change(pictures(original, "duplicated")) == 0).mean() == pytest.approx(1 / 3, abs=0.02)
    assert (change(pictures(original, "still", STRONG)) == 0).all()
    assert change(pictures(original, "flash")).max() > 20
    assert change(pictures(original, "reframed")).argmax() == len(plain) // 2 - 1


def test_rates(original: Original, tmp_path: Path) -> None:
    uneven = probe(write(KINDS["dropped"].make(original, 35), tmp_path / "uneven.mp4")).video
    slow = probe(write(KINDS["low_rate"].make(original, 15), tmp_path / "slow.mp4")).video
    assert uneven is not None
    assert uneven.constant_rate is False
    assert slow is not None
    assert slow.fps == pytest.approx(15)


def test_truncated_file_is_told_as_such(original: Original, tmp_path: Path) -> None:
    path = write(KINDS["truncated"].make(original, 50), tmp_path / "truncated.mp4")
    try:
        shown = sum(1 for _ in frames(path))
    except CountenanceError:
        return
    assert shown < len(original.pictures)


def test_sound_is_moved(original: Original) -> None:
    for name, sign in (("sound_late", 1), ("sound_early", -1)):
        late = sound(original, name)
        lag = np.fft.irfft(
            np.fft.rfft(late, 2 * len(late)) * np.fft.rfft(original.sound, 2 * len(late)).conj()
        ).argmax()
        lag = lag - 2 * len(late) if lag > len(late) else lag
        assert lag / RATE == pytest.approx(sign * KINDS[name].strength(MEDIUM) / 1000, abs=0.001)
    end = round(original.speech_end_s * RATE)
    assert decibels(sound(original, "speaks_unheard")[: end - RATE // 10]) < decibels(original.sound[:end]) - 15


def test_sound_is_spoilt(original: Original) -> None:
    begin, end = (round(t * RATE) for t in (original.speech[0].start_s, original.speech[0].end_s))
    for name in ("white_noise", "pink_noise", "hum", "music"):
        added = sound(original, name) - original.sound
        level = decibels(original.sound[begin:end]) - decibels(added)
        assert level == pytest.approx(KINDS[name].strength(MEDIUM), abs=3), name
    clipped = np.abs(sound(original, "clipping"))
    assert (clipped == 1).mean() > 0.001
    assert not sound(original, "silent", STRONG).any()
    assert (sound(original, "dropouts", STRONG) == 0).sum() > 0.5 * 9 * 0.08 * RATE
    assert decibels(sound(original, "rumble") - original.sound) > -60
    assert decibels(sound(original, "interviewer")[-RATE // 2 :]) > decibels(original.sound[-RATE // 2 :]) + 20
    tail = np.s_[round(original.speech_end_s * RATE) + RATE // 10 :]
    assert decibels(sound(original, "reverberation", STRONG)[tail]) > decibels(original.sound[tail]) + 10


def test_the_head_turns(original: Original, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("moderngl")
    bald = replace(PRESENTER, style=replace(PRESENTER.style, strands=50))  # nine tenths of the time is hair
    monkeypatch.setattr(pose, "PRESENTER", bald)
    with FaceTracker(SETTINGS) as tracker:
        meshes = [
            tracker.track(picture, number / FPS)
            for number, picture in enumerate(KINDS["head_turned"].make(original, 35).pictures)
        ]
    assert len(meshes) == len(original.pictures)
    yaw = [abs(mesh.yaw_deg) for mesh in meshes if mesh is not None]
    assert max(yaw[:15]) < 12
    assert max(yaw) > 25


def test_it_is_made_from_a_file_in_one_step(tmp_path: Path) -> None:
    path = make("few_pixels", presenter_clip(), tmp_path / "small.mp4", level=STRONG, seconds=0.4)
    info = probe(path).video
    assert info is not None
    assert info.height == 240
