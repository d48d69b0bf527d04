"""Footage with one thing wrong, made from a good clip: for trying out what a check or an engine does with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from countenance.media.read import FPS, audio, frames
from countenance.media.write import VideoWriter

Picture = NDArray[np.uint8]
_RATE = 24_000


def make(kind: str, source: Path, target: Path, *, seconds: float = 8.0) -> Path:
    """Write `target` with the defect `kind` (one of `KINDS`) from the first `seconds` of `source`; returns `target`."""
    KINDS[kind](source, target, seconds)
    return target


def two_faces(source: Path, target: Path, seconds: float) -> None:
    """The person beside the mirror image."""
    _picturewise(source, target, seconds, lambda p: np.hstack([_middle(p), _middle(p)[:, ::-1]]))


def tiny_face(source: Path, target: Path, seconds: float) -> None:
    """The person far away: a sixth of the size."""
    _picturewise(source, target, seconds, _far_away)


def dark(source: Path, target: Path, seconds: float) -> None:
    """A sixteenth of the light."""
    _picturewise(source, target, seconds, lambda p: _graded(p, 1 / 16))


def blurred(source: Path, target: Path, seconds: float) -> None:
    """Out of focus."""
    _picturewise(source, target, seconds, lambda p: cv2.GaussianBlur(p, (0, 0), p.shape[0] / 90).astype(np.uint8))


def still(source: Path, target: Path, seconds: float) -> None:
    """One picture all the time, with the sound."""
    first = next(_pictures(source, seconds))
    _write(target, (first for _ in range(round(seconds * FPS))), _sound(source, seconds))


def silent(source: Path, target: Path, seconds: float) -> None:
    """A sound track on which nothing is heard."""
    _write(target, _pictures(source, seconds), np.zeros_like(_sound(source, seconds)))


def no_sound(source: Path, target: Path, seconds: float) -> None:
    """No sound track."""
    _write(target, _pictures(source, seconds), None)


def dubbed(source: Path, target: Path, seconds: float) -> None:
    """The sound of another moment: two seconds late."""
    late = audio(source, rate=_RATE)[2 * _RATE :]
    _write(target, _pictures(source, seconds), late[: round(seconds * _RATE)])


def truncated(source: Path, target: Path, seconds: float) -> None:
    """A download that broke off: the first two thirds of the bytes."""
    _write(target, _pictures(source, seconds), _sound(source, seconds))
    whole = target.read_bytes()
    target.write_bytes(whole[: len(whole) * 2 // 3])


KINDS: dict[str, Callable[[Path, Path, float], None]] = {
    defect.__name__: defect
    for defect in (two_faces, tiny_face, dark, blurred, still, silent, no_sound, dubbed, truncated)
}


def _pictures(source: Path, seconds: float) -> Iterator[Picture]:
    return (frame.image for frame in frames(source, end_s=seconds))


def _sound(source: Path, seconds: float) -> NDArray[np.float32]:
    return audio(source, rate=_RATE)[: round(seconds * _RATE)]


def _picturewise(source: Path, target: Path, seconds: float, change: Callable[[Picture], Picture]) -> None:
    _write(target, (change(picture) for picture in _pictures(source, seconds)), _sound(source, seconds))


def _write(target: Path, pictures: Iterator[Picture], sound: NDArray[np.float32] | None) -> None:
    first = next(pictures)
    height, width = first.shape[:2]
    with VideoWriter(target, width, height, audio=sound, sample_rate=_RATE, crf=20) as video:
        video.write(first)
        for picture in pictures:
            video.write(picture)


def _middle(picture: Picture) -> Picture:
    width = picture.shape[1]
    return np.ascontiguousarray(picture[:, width // 4 : width // 4 + width // 2])


def _far_away(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    canvas = cv2.GaussianBlur(picture, (0, 0), height / 12).astype(np.uint8)
    small = cv2.resize(picture, (width // 6, height // 6), interpolation=cv2.INTER_AREA)
    top, left = height // 2, width // 2 - width // 12
    canvas[top : top + height // 6, left : left + width // 6] = small
    return canvas


def _graded(picture: Picture, light: float) -> Picture:
    linear = np.power(picture / 255.0, 2.2) * light
    return np.round(255 * np.power(linear, 1 / 2.2)).astype(np.uint8)
