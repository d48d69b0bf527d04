"""What browsers may check of a file before it is sent: the limits and words of the rules that the server applies."""

from __future__ import annotations

from typing import Any

from countenance.consent import rules as consent
from countenance.errors import Rule
from countenance.footage import face_rules, file_rules, picture_rules, portrait_picture_rules, sound_rules
from countenance.media import errors as media
from countenance.service.fetch.sniff import AUDIO, IMAGE, VIDEO
from countenance.service.uploads import errors as uploads
from countenance.service.uploads.begin import LINK_BYTES
from countenance.service.uploads.names import KINDS
from countenance.settings import Settings

_MEGA = 1e6
_LIVE: dict[str, Rule] = {
    "dark": picture_rules.TOO_DARK,
    "dim": picture_rules.DIM,
    "overexposed": picture_rules.OVEREXPOSED,
    "no_face": face_rules.NO_FACE,
    "second_person": face_rules.SECOND_PERSON,
    "far": face_rules.FACE_FAR,
    "near": face_rules.FACE_NEAR,
    "off_centre": face_rules.OFF_CENTRE,
    "silent": sound_rules.SILENT,
    "quiet": sound_rules.QUIET,
    "clipping": sound_rules.CLIPPING,
}
_NO_FILMS = (".wav", ".mp3", ".m4a", ".aac", ".flac", ".ogg", ".oga", ".opus", ".aif", ".aiff", ".caf")
"""Uploads may hold films under these names too; who picks a film is not offered them."""


def limits_for(settings: Settings, *purposes: str) -> dict[str, Any]:
    """JSON-ready: what is asked of a file for each purpose, and what the recorder watches while the camera is on.

    Args:
        settings: may set other limits than the rules name.
        purposes: of `consent`, `consent_link` (a recording that comes by a link), `training`, `picture` and `sound`;
            all of them if none is named.

    Returns:
        `purposes`, each with `kind`, `accept` (ends of names, as `<input accept>` takes them), `accept_text`, and
        `rules`: by the name of the check a rule with `rule`, `title`, `remedy`, `severity`, `limit` and `unit`. `live`,
        the same rules for the picture and sound of the camera.
    """
    every = _purposes(settings)
    return {
        "purposes": {name: every[name] for name in purposes or every},
        "live": {name: _rule(rule) for name, rule in _LIVE.items()},
    }


def _purposes(settings: Settings) -> dict[str, dict[str, Any]]:
    file_mb = settings.max_file_bytes / _MEGA
    film = {
        "kind": _rule(uploads.UPLOAD_KIND),
        "format": _rule(media.UNKNOWN_FORMAT),
        "empty": _rule(media.EMPTY_FILE),
        "too_large": _rule(media.FILE_TOO_LARGE, file_mb),
        "too_long": _rule(media.TOO_LONG, settings.max_duration_s),
        "too_many_pixels": _rule(media.PICTURE_TOO_LARGE, settings.max_pixels / _MEGA),
        "no_picture": _rule(media.NO_VIDEO),
    }
    lines = {"low_resolution": _rule(file_rules.RESOLUTION_LOW), "container": _rule(file_rules.CONTAINER)}
    spoken = film | {"too_short": _rule(consent.NO_SPEECH)}
    by_link = spoken | {"too_large": _rule(uploads.UPLOAD_TOO_LARGE, min(file_mb, LINK_BYTES / _MEGA))}
    training = film | lines | {"too_short": _rule(file_rules.TOO_SHORT)}
    sound = {name: rule for name, rule in film.items() if name not in ("too_many_pixels", "no_picture")}
    picture = {
        "kind": _rule(uploads.UPLOAD_KIND),
        "format": _rule(media.UNKNOWN_IMAGE),
        "empty": _rule(media.EMPTY_FILE),
        "too_large": _rule(media.IMAGE_FILE_TOO_LARGE, min(file_mb, media.IMAGE_FILE_TOO_LARGE.limit or file_mb)),
        "too_many_pixels": _rule(media.PICTURE_TOO_LARGE, settings.max_pixels / _MEGA),
        "too_small": _rule(portrait_picture_rules.TOO_SMALL),
        "unusual": _rule(portrait_picture_rules.FORMAT),
    }
    films = [suffix for suffix, kinds in KINDS.items() if VIDEO in kinds and suffix not in _NO_FILMS]
    sounds = [suffix for suffix, kinds in KINDS.items() if AUDIO in kinds]
    pictures = [suffix for suffix, kinds in KINDS.items() if IMAGE in kinds]
    return {
        "consent": _purpose("video", films, spoken),
        "consent_link": _purpose("video", films, by_link),
        "training": _purpose("video", films, training),
        "picture": _purpose("image", pictures, picture),
        "sound": _purpose("sound", sounds, sound),
    }


def _purpose(kind: str, suffixes: list[str], rules: dict[str, Any]) -> dict[str, Any]:
    text = ", ".join(dict.fromkeys(suffix.removeprefix(".").upper() for suffix in suffixes))
    return {"kind": kind, "accept": suffixes, "accept_text": text, "rules": rules}


def _rule(rule: Rule, limit: float | None = None) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "title": rule.title,
        "remedy": rule.remedy,
        "severity": rule.severity.value,
        "limit": rule.limit if limit is None else limit,
        "unit": rule.unit,
    }
