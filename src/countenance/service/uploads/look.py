"""Look at a file that came from outside, in a process of its own: `python -m countenance.service.uploads.look`.

Whatever a damaged or hostile file does to the libraries that read it, the server outlives it: the process has little
memory and time, no settings and no secrets, and what it says is one line of JSON.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from countenance.errors import CountenanceError, Finding, Rule
from countenance.media import errors as media_errors
from countenance.media.image import read_image
from countenance.media.limits import Limits
from countenance.media.probe import probe
from countenance.service.errors import refused
from countenance.service.fetch.sniff import IMAGE, sniff
from countenance.service.uploads.errors import UPLOAD_NOT_MEDIA, UPLOAD_UNDECODABLE

_MOST_S = 60.0
_ANY = "any"
_MOST_MEMORY = 4 << 30
_HEAD_BYTES = 4096
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "LANG", "TMPDIR")
_RULES: dict[str, Rule] = {rule.id: rule for rule in (*media_errors.RULES, UPLOAD_NOT_MEDIA)}


def look(path: Path, filename: str, limits: Limits, within_s: float = _MOST_S) -> dict[str, Any]:
    """What is in a media file: `kind`, `content_type`, and measures of its picture and sound.

    Args:
        path: the file.
        filename: what its owner calls it, for the errors.
        limits: of sizes, durations and pictures.
        within_s: how long looking may take.

    Raises:
        CountenanceError: service.upload_not_media, service.upload_undecodable, and what is wrong with media
            (media.unknown_format, media.too_long, media.picture_too_large and so on).
    """
    return _looked(path, filename, limits, _ANY, within_s)


def check_readable(path: Path, limits: Limits, within_s: float = _MOST_S) -> None:
    """Whether a file is a picture that can be read without harm, before this process reads it too.

    Raises:
        CountenanceError: service.upload_undecodable, and what is wrong with pictures (media.*).
    """
    _looked(path, "", limits, IMAGE, within_s)


def _looked(path: Path, filename: str, limits: Limits, wanted: str, within_s: float) -> dict[str, Any]:
    command = [sys.executable, "-m", __name__, str(path), json.dumps(asdict(limits)), wanted]
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ} | {
        "OPENBLAS_NUM_THREADS": "1"
    }
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=within_s,
            check=False,
        )
        told = json.loads(done.stdout) if done.returncode == 0 else None
    except subprocess.TimeoutExpired as error:
        raise CountenanceError(Finding(UPLOAD_UNDECODABLE, file=filename, measured=within_s, limit=within_s)) from error
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise CountenanceError(Finding(UPLOAD_UNDECODABLE, file=filename))
    if "rule" in told:
        finding = Finding(_RULES[told["rule"]], filename, told["detail"], told["measured"], told["limit"])
        raise CountenanceError(finding)
    return told


def described(path: Path, limits: Limits) -> dict[str, Any]:
    """The same in this process."""
    with path.open("rb") as file:
        kind = sniff(file.read(_HEAD_BYTES))
    if kind is None:
        raise refused(UPLOAD_NOT_MEDIA)
    if kind.kinds == {IMAGE}:
        return {**_picture(path, limits), "content_type": kind.content_type}
    info = probe(path, limits)
    told = {"kind": "video" if info.video else "audio", "duration_s": round(info.duration_s, 3)}
    told["container"] = info.container
    if info.video:
        picture = info.video
        told |= {"width": picture.width, "height": picture.height, "fps": round(picture.fps, 3)}
        told["video_codec"] = picture.codec
    if info.audio:
        told |= {"sample_rate": info.audio.sample_rate, "channels": info.audio.channels}
        told["audio_codec"] = info.audio.codec
    return {**told, "content_type": kind.content_type}


def _picture(path: Path, limits: Limits) -> dict[str, Any]:
    image = read_image(path, limits)
    return {"kind": IMAGE, "width": image.size[0], "height": image.size[1], "format": image.format}


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(2 * _MOST_S),) * 2)  # ends also when nobody waits for it any more
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the picture
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        path, limits = Path(sys.argv[1]), Limits(**json.loads(sys.argv[2]))
        told = _picture(path, limits) if sys.argv[3] == IMAGE else described(path, limits)
    except CountenanceError as error:
        found = error.finding
        told = {"rule": found.rule.id, "detail": found.detail, "measured": found.measured, "limit": found.limit}
    os.write(1, json.dumps(told).encode())


if __name__ == "__main__":
    _main()
