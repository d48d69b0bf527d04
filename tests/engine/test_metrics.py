"""The measures themselves."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from faces import picture
from numpy.typing import NDArray

from countenance.engine.metrics import LipComparison, motion_figures, ssim

BOX = (100, 150, 200, 220)


def compare(real: list[NDArray[np.uint8]], rendered: list[NDArray[np.uint8]]) -> dict[str, float]:
    comparison = LipComparison()
    for a, b in zip(real, rendered, strict=True):
        comparison.add(a, b, BOX, follows=True)
    return comparison.figures()


def test_the_same_pictures_are_perfect() -> None:
    pictures = [np.roll(picture(), k, axis=1) for k in range(4)]
    figures = compare(pictures, pictures)
    assert figures["lip_psnr_db"] > 90
    assert figures["lip_ssim"] == pytest.approx(1.0)
    assert figures["sharpness_ratio"] == pytest.approx(1.0)
    assert figures["flicker_ratio"] == pytest.approx(1.0)


def test_blur_and_flicker_show() -> None:
    pictures = [np.roll(picture(), k, axis=1) for k in range(4)]
    blurred = [np.asarray(cv2.GaussianBlur(p, (0, 0), 2), np.uint8) for p in pictures]
    assert compare(pictures, blurred)["sharpness_ratio"] < 0.5
    flashing = [np.clip(p + np.int16(30 * (k % 2)), 0, 255).astype(np.uint8) for k, p in enumerate(pictures)]
    assert compare(pictures, flashing)["flicker_ratio"] > 1.5


def test_known_noise_gives_its_psnr() -> None:
    base = np.full((340, 300, 3), 128, np.uint8)
    noisy = base.copy()
    noisy[::2] += 10
    noisy[1::2] -= 10
    assert compare([base], [noisy])["lip_psnr_db"] == pytest.approx(28.13, abs=0.01)


def test_structure_counts_and_not_brightness() -> None:
    grey = cv2.cvtColor(picture(), cv2.COLOR_RGB2GRAY)
    shuffled = np.random.default_rng(0).permutation(grey.ravel()).reshape(grey.shape)
    assert ssim(np.asarray(grey, np.uint8), np.asarray(grey, np.uint8) - 5) > 0.95
    assert ssim(np.asarray(grey, np.uint8), shuffled.astype(np.uint8)) < 0.3


def test_motion_is_judged_in_speech_in_silence_and_against_chance() -> None:
    rng = np.random.default_rng(0)
    frames = 750
    speaking = (np.arange(frames) % 75 > 25).astype(np.float32)
    real = (rng.uniform(0, 0.1, frames) * speaking).astype(np.float32)
    rendered = real + rng.normal(0, 0.01, frames).astype(np.float32) * speaking
    figures = motion_figures(real, rendered, speaking)
    assert figures["gap_correlation"] > 0.9
    assert figures["gap_correlation_in_speech"] > 0.9
    # All sentences begin together, so the wrong sentence matches better than nothing.
    assert 0.2 < figures["gap_correlation_by_chance"] < 0.8
    assert figures["movement_in_silence"] == pytest.approx(0.0)


def test_lost_faces_are_left_out() -> None:
    real = np.sin(np.arange(200) / 5).astype(np.float32)
    rendered = real.copy()
    rendered[50:60] = np.nan
    assert motion_figures(real, rendered, np.ones(200, np.float32))["gap_correlation"] == pytest.approx(1.0)
