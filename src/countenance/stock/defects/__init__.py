"""Footage with one thing wrong, made from a good clip: for trying out what a check or an engine does with it.

`DEFECTS` says what can be wrong, how much of it is weak, medium and strong in physical units, and which rules of
`countenance.footage` name it. A weak defect may pass; a medium one must be found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from countenance.settings import Settings
from countenance.stock.defects import company, cover, framing, light, pose, sharpness, sound, time
from countenance.stock.defects.clip import Faulty, Original, load, write

__all__ = ["DEFECTS", "KINDS", "MEDIUM", "STRONG", "WEAK", "Defect", "Faulty", "Original", "load", "make", "write"]

WEAK, MEDIUM, STRONG = range(3)


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that can be wrong."""

    name: str
    make: Callable[[Original, float], Faulty]
    """From a good recording and a strength in `unit`; its docstring says what the strength means."""
    strengths: tuple[float, ...]
    """Weak, medium, strong; a single one where there is no more or less."""
    unit: str
    expected: tuple[str, ...]
    """Ids of rules; each of them names the defect."""
    presenter_only: bool = False
    """Whether the person must be rendered anew."""

    def strength(self, level: int) -> float:
        """How much `WEAK`, `MEDIUM` or `STRONG` is."""
        return self.strengths[min(level, len(self.strengths) - 1)]


def _defect(
    make: Callable[[Original, float], Faulty],
    strengths: tuple[float, ...],
    unit: str,
    *expected: str,
    presenter_only: bool = False,
) -> Defect:
    ids = tuple(name if "." in name else f"footage.{name}" for name in expected)
    return Defect(make.__name__, make, strengths, unit, ids, presenter_only)


DEFECTS: tuple[Defect, ...] = (
    # Light
    _defect(light.dark, (2, 3.5, 5), "stops less", "too_dark", "dim"),
    _defect(light.underexposed, (1.5, 2.5, 4), "gamma", "too_dark", "dim"),
    _defect(light.overexposed, (0.4, 1.5, 2.5), "stops more", "overexposed"),
    _defect(light.low_contrast, (30, 60, 80), "% haze", "low_contrast"),
    _defect(light.uneven_light, (0.7, 2, 3.5), "stops between the halves", "uneven_light"),
    _defect(light.light_steps, (0.2, 0.6, 1.2), "stops", "light_changes"),
    _defect(light.flicker, (1.5, 5, 12), "% of brightness", "flicker"),
    _defect(light.banding, (2, 8, 20), "% of brightness", "flicker"),
    # Sharpness
    _defect(sharpness.blur, (0.8, 2.5, 5), "% of the face's width", "blurred"),
    _defect(sharpness.motion_blur, (3, 8, 16), "% of the face's width", "blurred"),
    _defect(sharpness.compression, (34, 44, 51), "crf", "compressed", "blurred"),
    _defect(sharpness.blockiness, (30, 10, 4), "JPEG quality", "compressed"),
    _defect(sharpness.noise, (4, 12, 24), "of 255", "noise"),
    _defect(sharpness.upscaled, (1.5, 3, 5), "times", "blurred"),
    _defect(sharpness.few_pixels, (640, 480, 240), "px on the shorter side", "resolution_low"),
    # Framing
    _defect(framing.far, (60, 40, 20), "% of the size", "face_far", "face_small", "face_too_small"),
    _defect(framing.near, (150, 220, 320), "% of the size", "face_near", "head_cut"),
    _defect(framing.off_centre, (10, 22, 34), "% of the width", "off_centre"),
    _defect(framing.head_cut, (-20, 10, 30), "% of the face", "head_cut"),
    _defect(framing.headroom, (25, 42, 55), "% of the height", "headroom"),
    _defect(framing.tilted, (7, 18, 30), "degrees", "head_tilted"),
    _defect(framing.rotated, (180, 90, 270), "degrees", "on_its_side"),
    _defect(framing.letterbox, (4, 10, 16), "% of the height", "letterbox"),
    _defect(framing.shake, (0.3, 1, 2.5), "% of the height", "camera_shake"),
    _defect(framing.zoom, (8, 25, 50), "% of the size", "distance_changes"),
    _defect(framing.pan, (2, 8, 16), "% of the width", "camera_shake", "camera_moves"),
    _defect(framing.reframed, (5, 20, 60), "% of the size", "cut"),
    _defect(framing.leaves, (0.3, 1.5, 4), "s", "face_leaves", "face_missing"),
    # Somebody else
    _defect(company.beside, (30, 60, 100), "% of the main face", "second_person", "someone_passes"),
    _defect(company.behind, (12, 25, 40), "% of the main face", "second_person", "someone_passes"),
    _defect(company.passing, (0.5, 1.5, 3), "s", "second_person", "someone_passes"),
    _defect(company.moving_background, (3, 10, 25), "% of the picture", "background_moves", "camera_moves"),
    # What covers the face
    _defect(cover.hand, (0.4, 1.5, 4), "s", "face_covered", "mouth_hidden"),
    _defect(cover.mask, (0, 1, 2), "0 chin, 1 mouth, 2 nose too", "face_covered", "mouth_hidden"),
    _defect(cover.microphone, (8, 25, 45), "% of the face's width", "face_covered"),
    _defect(cover.sunglasses, (30, 75, 97), "% of the light", "eyes_covered", "face_covered"),
    _defect(cover.eyes_closed, (0.3, 1.5, 4), "s", "eyes_shut"),
    _defect(cover.hair_in_face, (8, 25, 45), "% of the face's width", "face_covered"),
    _defect(pose.head_turned, (18, 40, 55), "degrees", "face_turned", presenter_only=True),
    _defect(pose.head_lowered, (12, 36, 46), "degrees", "face_turned", "camera_angle", presenter_only=True),
    _defect(pose.chin_up, (12, 30, 42), "degrees", "face_turned", "camera_angle", presenter_only=True),
    # Time
    _defect(time.cut, (0.2, 2, 4), "s", "cut"),
    _defect(time.flash, (1, 2, 5), "pictures", "flash", "cut"),
    _defect(time.frozen, (0.2, 1, 3), "s", "frozen"),
    _defect(time.still, (40, 70, 100), "% of the time", "frozen"),
    _defect(time.duplicated, (8, 3, 2), "every n-th picture", "duplicated"),
    _defect(time.dropped, (4, 15, 35), "% of the pictures", "rate_uneven"),
    _defect(time.low_rate, (20, 15, 10), "pictures/s", "rate_low", "rate_too_low"),
    _defect(time.too_short, (9, 6, 3), "s", "too_short"),
    _defect(time.truncated, (90, 66, 33), "% of the bytes", "media.truncated", "media.undecodable"),
    _defect(time.sound_late, (80, 200, 400), "ms", "sound_offset"),
    _defect(time.sound_early, (80, 200, 400), "ms", "sound_offset"),
    _defect(time.dubbed, (30, 70, 100), "% of the speech", "dubbed", "dubbed_part"),
    _defect(time.no_listening, (50, 85, 100), "% of the listening part", "no_listening"),
    _defect(time.speaks_unheard, (1, 3, 5), "s", "mouth_moves"),
    # Sound
    _defect(sound.no_sound, (1,), "", "media.no_audio"),
    _defect(sound.silent, (50, 80, 100), "% of the time", "silent", "no_speech", "too_little_speech"),
    _defect(sound.quiet, (12, 25, 40), "dB less", "quiet"),
    _defect(sound.clipping, (2, 10, 20), "dB above full scale", "clipping"),
    _defect(sound.white_noise, (30, 12, 5), "dB below the speech", "noisy"),
    _defect(sound.pink_noise, (30, 12, 5), "dB below the speech", "noisy"),
    _defect(sound.hum, (30, 15, 5), "dB below the speech", "noisy", "hum"),
    _defect(sound.rumble, (20, 5, -5), "dB below the speech", "noisy"),
    _defect(sound.music, (30, 15, 5), "dB below the speech", "music"),
    _defect(sound.reverberation, (0.2, 0.9, 1.8), "s", "reverberation"),
    _defect(sound.second_voice, (25, 10, 0), "dB below the speech", "second_voice", "voice_beside"),
    _defect(sound.interviewer, (1, 4, 6), "s", "second_voice", "voice_beside"),
    _defect(sound.dropouts, (0.2, 1, 3), "a second", "dropouts"),
)

KINDS: dict[str, Defect] = {defect.name: defect for defect in DEFECTS}


def make(
    kind: str, source: Path, target: Path, *, level: int = STRONG, start_s: float = 0.0, seconds: float = 8.0
) -> Path:
    """Write the MP4 `target` with the defect `kind` (a key of `KINDS`) from `seconds` of `source`; returns `target`.

    Raises:
        CountenanceError: what reading the source and writing the target may raise.
        ValueError: where the source shows no face.
    """
    defect = KINDS[kind]
    original = load(source, Settings(), start_s=start_s, seconds=seconds)
    return write(defect.make(original, defect.strength(level)), target)
