"""Faults of time: cuts, freezes, uneven rates, sound that is early or late, files that end too soon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from countenance.media.read import FPS
from countenance.stock.defects.clip import RATE, Faulty, Original, Picture, Samples, heard, seen, unchanged

_FLASH = 235


def cut(original: Original, seconds: float) -> Faulty:
    """So much is missing from the middle."""
    begin = round((original.seconds - seconds) / 2 * FPS)
    end = begin + round(seconds * FPS)
    kept = [*range(begin), *range(end, len(original.pictures))]
    sound = np.concatenate([_sound(original, 0, begin), _sound(original, end, len(original.pictures))])
    return Faulty(_shown(original, kept), sound)


def flash(original: Original, count: float) -> Faulty:
    """So many pictures in the middle are white."""
    white = np.full_like(original.pictures[0], _FLASH)
    begin = len(original.pictures) // 2
    span = range(begin, begin + round(count))
    return seen(original, (white if i in span else picture for i, picture in enumerate(original.pictures)))


def frozen(original: Original, seconds: float) -> Faulty:
    """The picture stands still for so long while the sound goes on."""
    begin = round(len(original.pictures) * 0.3)
    end = begin + round(seconds * FPS)
    numbers = (begin if begin <= i < end else i for i in range(len(original.pictures)))
    return seen(original, _shown(original, numbers))


def still(original: Original, percent: float) -> Faulty:
    """One picture during this part of the time, from the start, with the sound."""
    end = round(len(original.pictures) * percent / 100)
    return seen(original, _shown(original, (max(i, end) if i >= end else 0 for i in range(len(original.pictures)))))


def duplicated(original: Original, every: float) -> Faulty:
    """Each such picture (6: every sixth) is the one before it once more."""
    step = round(every)
    numbers = (i - 1 if i % step == step - 1 else i for i in range(len(original.pictures)))
    return seen(original, _shown(original, numbers))


def dropped(original: Original, percent: float) -> Faulty:
    """This part of the pictures is missing, here and there; the others keep their times."""
    rng = np.random.default_rng(5)
    kept = np.flatnonzero(rng.random(len(original.pictures)) >= percent / 100)
    kept = np.union1d(kept, [0, len(original.pictures) - 1])
    return replace(seen(original, _shown(original, kept)), times=kept / FPS)


def low_rate(original: Original, fps: float) -> Faulty:
    """Only so many pictures a second."""
    count = int(original.seconds * fps)
    numbers = (min(round(i * FPS / fps), len(original.pictures) - 1) for i in range(count))
    return replace(seen(original, _shown(original, numbers)), fps=fps)


def too_short(original: Original, seconds: float) -> Faulty:
    """Only so long."""
    end = round(seconds * FPS)
    return Faulty(original.pictures[:end], _sound(original, 0, end))


def truncated(original: Original, percent: float) -> Faulty:
    """A download that broke off after this part of the bytes."""
    return replace(unchanged(original), bytes_kept=percent / 100)


def sound_late(original: Original, milliseconds: float) -> Faulty:
    """The sound comes so much after the lips."""
    return heard(original, _shifted(original.sound, round(milliseconds / 1000 * RATE)))


def sound_early(original: Original, milliseconds: float) -> Faulty:
    """The sound comes so much before the lips."""
    return heard(original, _shifted(original.sound, -round(milliseconds / 1000 * RATE)))


def dubbed(original: Original, percent: float) -> Faulty:
    """During this part of the speech, from its start, the sound is that of another moment of it."""
    if not original.speech:
        return unchanged(original)
    begin, end = (round(t * RATE) for t in (original.speech[0].start_s, original.speech_end_s))
    end = begin + round((end - begin) * percent / 100)
    sound = original.sound.copy()
    # Turned by two fifths: no word is where it was, and as much is heard as before.
    sound[begin:end] = np.roll(sound[begin:end], round((end - begin) * 0.4))
    return heard(original, sound)


def no_listening(original: Original, percent: float) -> Faulty:
    """The part after the last word ends this much earlier."""
    end_s = original.speech_end_s
    end = round((end_s + (original.seconds - end_s) * (1 - percent / 100)) * FPS)
    return Faulty(original.pictures[:end], _sound(original, 0, end))


def speaks_unheard(original: Original, seconds: float) -> Faulty:
    """The sound of the last seconds of speech is the room's alone, so that a mouth moves while nothing is heard."""
    end = round(original.speech_end_s * RATE)
    begin = max(0, end - round(seconds * RATE))
    sound = original.sound.copy()
    sound[begin:end] = _room(original, end - begin)
    return heard(original, sound)


def _room(original: Original, length: int) -> Samples:
    """What is heard where nobody speaks: the quietest half second, over and over."""
    size = RATE // 2
    blocks = original.sound[: len(original.sound) // size * size].reshape(-1, size)
    quiet = blocks[np.square(blocks).mean(axis=1).argmin()]
    return np.asarray(np.resize(np.concatenate([quiet, quiet[::-1]]), length), np.float32)


def _shown(original: Original, numbers: Iterable[int]) -> Iterator[Picture]:
    return (original.pictures[i] for i in numbers)


def _sound(original: Original, begin: int, end: int) -> Samples:
    """That belongs to the pictures `begin` to `end`."""
    return original.sound[round(begin / FPS * RATE) : round(end / FPS * RATE)]


def _shifted(sound: Samples, later: int) -> Samples:
    if later >= 0:
        return np.concatenate([np.zeros(later, np.float32), sound])[: len(sound)]
    return np.concatenate([sound[-later:], np.zeros(-later, np.float32)])
