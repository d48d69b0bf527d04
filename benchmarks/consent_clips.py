"""Recordings held in memory, to be cut, joined, frozen and dubbed for benchmarks/consent.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from countenance.media.read import FPS, SAMPLE_RATE, audio, frames
from countenance.media.write import VideoWriter

Picture = NDArray[np.uint8]
Samples = NDArray[np.float32]
_STEP = SAMPLE_RATE // FPS


@dataclass(frozen=True, slots=True)
class Footage:
    """Pictures at 25/s and sound at 16 kHz of the same length."""

    pictures: tuple[Picture, ...]
    sound: Samples

    @property
    def seconds(self) -> float:
        return len(self.pictures) / FPS

    def part(self, start_s: float, end_s: float) -> Footage:
        first, last = round(start_s * FPS), round(end_s * FPS)
        return Footage(self.pictures[first:last], self.sound[first * _STEP : last * _STEP])

    def with_sound(self, change: Callable[[Samples], Samples]) -> Footage:
        """The sound changed or replaced; cut or filled with silence to the pictures' length."""
        wanted = len(self.pictures) * _STEP
        sound = change(self.sound)[:wanted]
        return replace(self, sound=np.pad(sound, (0, wanted - len(sound))).astype(np.float32))

    def frozen(self) -> Footage:
        return replace(self, pictures=(self.pictures[len(self.pictures) // 2],) * len(self.pictures))

    def as_moved_photo(self) -> Footage:
        """One picture, slowly zoomed, turned and moved, as a photograph before a camera is."""
        photo = self.pictures[len(self.pictures) // 2]
        height, width = photo.shape[:2]
        moved = []
        for i in range(len(self.pictures)):
            t = i / FPS
            turn = cv2.getRotationMatrix2D((width / 2, height / 2), 3 * np.sin(0.9 * t), 1.06 + 0.04 * np.sin(0.7 * t))
            turn[:, 2] += (0.015 * width * np.sin(1.3 * t), 0.015 * height * np.cos(1.1 * t))
            moved.append(np.asarray(cv2.warpAffine(photo, turn, (width, height)), np.uint8))
        return replace(self, pictures=tuple(moved))

    def lasting(self, seconds: float) -> Footage:
        """Forth and back as long as wanted; without sound."""
        shown = [*self.pictures, *self.pictures[-2:0:-1]]
        count = round(seconds * FPS)
        return Footage(tuple(shown[i % len(shown)] for i in range(count)), np.zeros(count * _STEP, np.float32))


def read_clip(path: Path, max_side: int | None = None, seconds: float | None = None) -> Footage:
    pictures = tuple(frame.image for frame in frames(path, max_side=max_side, end_s=seconds))
    return Footage(pictures, np.zeros(0, np.float32)).with_sound(lambda _: _sound(path))


def _sound(path: Path) -> Samples:
    from countenance.media.probe import probe

    return audio(path) if probe(path).audio else np.zeros(0, np.float32)


def join_clips(clips: Sequence[Footage]) -> Footage:
    return Footage(tuple(p for clip in clips for p in clip.pictures), np.concatenate([clip.sound for clip in clips]))


def write_clip(path: Path, clip: Footage) -> None:
    height, width = clip.pictures[0].shape[:2]
    with VideoWriter(path, width, height, audio=clip.sound, preset="ultrafast") as writer:
        for picture in clip.pictures:
            writer.write(picture)
