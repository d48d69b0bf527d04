"""Let an external engine move the lips: the replica's playing clip and the sound go in, a clip comes out."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countenance.engine.external.doctor import check_ready, program_of
from countenance.engine.external.errors import BAD_RESULT, FAILED, OUT_OF_MEMORY, TOO_SLOW
from countenance.engine.external.manifest import Manifest, filled
from countenance.engine.external.process import Ending, Report, run
from countenance.errors import CountenanceError, Finding
from countenance.media.limits import Limits
from countenance.media.probe import probe
from countenance.media.read import FPS, SAMPLE_RATE, frames
from countenance.media.write import VideoWriter, write_errors, write_wav

Array = NDArray[np.float32]
Picture = NDArray[np.uint8]

_CLIP_CRF = 12
_LENGTH_FRAMES = 1
"""By how many frames the result may be longer or shorter than the sound."""


@dataclass(frozen=True, slots=True)
class Call:
    """How an external engine is to be used."""

    manifest: Manifest
    device: str = "auto"
    """`auto`, `cpu` or `cuda`"""
    accepted: bool = False
    """somebody said that this use is not commercial"""
    options: Mapping[str, Any] | None = None
    """for the engine, as JSON"""


def speak_externally(
    call: Call,
    pictures: Iterator[Picture],
    samples: Array,
    work: Path,
    limits: Limits,
    *,
    on_report: Callable[[Report], None] = lambda _: None,
    tick: Callable[[], None] = lambda: None,
) -> Iterator[Picture]:
    """The pictures that the engine made of `pictures` (25/s) and `samples` (16 kHz), as many as came in.

    Files go through the folder `work`, under plain names. Pictures come out when the engine has ended.

    Raises:
        CountenanceError: engine.external_*; see `external.errors`.
    """
    manifest = call.manifest
    check_ready(manifest, accepted=call.accepted)
    clip, sound, out, options = (work / name for name in ("clip.mp4", "sound.wav", "out.mp4", "options.json"))
    count, size = _write_clip(clip, pictures, tick)
    write_wav(sound, samples)
    told = {"contract": 1, "fps": FPS, "frames": count, "device": call.device, **(call.options or {})}
    with write_errors(options):
        options.write_text(json.dumps(told), "utf-8")
    places = {"clip": clip, "sound": sound, "out": out, "options": options}
    command = _command(manifest, places, call.device)
    deadline_s = manifest.deadline.start_s + manifest.deadline.per_second * len(samples) / SAMPLE_RATE

    def once(arguments: Sequence[str]) -> Ending:
        out.unlink(missing_ok=True)
        return run(
            arguments,
            manifest.folder,
            manifest.environment,
            deadline_s=deadline_s,
            pattern=manifest.progress,
            on_report=on_report,
            tick=tick,
        )

    ending = once(command)
    if _ran_out_of_memory(manifest, ending) and manifest.out_of_memory.smaller:
        ending = once([*command, *manifest.out_of_memory.smaller])
    _check_ending(manifest, ending, deadline_s)
    # It may be larger than a recording is allowed to be.
    own = replace(limits, file_bytes=sys.maxsize)
    _check_result(manifest, out, count, size, own)
    return _of_length(manifest, out, count, own)


def _write_clip(clip: Path, pictures: Iterator[Picture], tick: Callable[[], None]) -> tuple[int, tuple[int, int]]:
    first = next(pictures)
    height, width = first.shape[:2]
    count = 1
    with VideoWriter(clip, width, height, crf=_CLIP_CRF) as writer:
        writer.write(first)
        for picture in pictures:
            tick()
            writer.write(picture)
            count += 1
    return count, (width - width % 2, height - height % 2)


def _command(manifest: Manifest, places: Mapping[str, Path], device: str) -> list[str]:
    values = {**{name: str(path) for name, path in places.items()}, "device": device}
    return [program_of(manifest, values), *(filled(part, manifest, values) for part in manifest.command[1:])]


def _ran_out_of_memory(manifest: Manifest, ending: Ending) -> bool:
    if ending.exit_code == 0 or ending.timed_out:
        return False
    said, pattern = "\n".join(ending.last_lines), manifest.out_of_memory.pattern
    code = 128 - ending.exit_code if ending.exit_code < 0 else ending.exit_code
    by_word = bool(pattern) and re.search(pattern, said, re.IGNORECASE) is not None
    return by_word or code in manifest.out_of_memory.exit_codes


def _check_ending(manifest: Manifest, ending: Ending, deadline_s: float) -> None:
    named = f"{manifest.name} {manifest.version}"
    last = " / ".join(line.strip() for line in ending.last_lines[-5:])
    if ending.timed_out:
        raise CountenanceError(Finding(TOO_SLOW, detail=f"{named}.", measured=ending.seconds, limit=deadline_s))
    if _ran_out_of_memory(manifest, ending):
        raise CountenanceError(Finding(OUT_OF_MEMORY, detail=f"{named}. Its last lines: {last}"))
    if ending.exit_code != 0:
        raise CountenanceError(Finding(FAILED, detail=f"{named}, exit code {ending.exit_code}. Its last lines: {last}"))


def _check_result(manifest: Manifest, out: Path, count: int, size: tuple[int, int], limits: Limits) -> None:
    if not out.is_file():
        raise _bad(manifest, "it wrote no video")
    with _read_as_result(manifest):
        video = probe(out, limits).video
    if video is None or (video.width, video.height) != size:
        shape = "none" if video is None else f"{video.width} x {video.height}"
        raise _bad(manifest, f"pictures of {shape} for {size[0]} x {size[1]}")
    found = round((video.duration_s or 0.0) * FPS)
    if abs(found - count) > _LENGTH_FRAMES:
        raise _bad(manifest, f"{found} pictures for {count}")


def _of_length(manifest: Manifest, out: Path, count: int, limits: Limits) -> Iterator[Picture]:
    """Exactly `count` pictures: one too many is left out, a missing one is the last one again."""
    given = 0
    last: Picture | None = None
    with _read_as_result(manifest):
        for frame in frames(out, limits=limits):
            if given == count:
                return
            last, given = frame.image, given + 1
            yield frame.image
    if last is None or count - given > _LENGTH_FRAMES:
        raise _bad(manifest, f"{given} pictures for {count}")
    yield from [last] * (count - given)


@contextmanager
def _read_as_result(manifest: Manifest) -> Iterator[None]:
    """Whatever is wrong with a file that the engine wrote is wrong with the engine."""
    try:
        yield
    except CountenanceError as error:
        raise _bad(manifest, error.finding.rule.title) from error


def _bad(manifest: Manifest, what: str) -> CountenanceError:
    return CountenanceError(Finding(BAD_RESULT, detail=f"{manifest.name} {manifest.version}: {what.rstrip('.')}."))
