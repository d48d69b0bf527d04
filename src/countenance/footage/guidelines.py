"""What is asked of footage and pictures, in groups for people who record; from the same rules that are applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from countenance.errors import Rule
from countenance.footage import face_rules, file_rules, picture_rules, portrait_rules, rules, sound_rules
from countenance.media import errors as media

_LIGHT = ("poor_lighting", "lighting_change_detected")


@dataclass(frozen=True, slots=True)
class Group:
    """Rules on one subject, with what is asked in a few sentences."""

    name: str
    title: str
    asked: str
    rules: tuple[Rule, ...]


def groups() -> tuple[Group, ...]:
    """Every rule for footage and pictures, once."""
    light = tuple(rule for rule in picture_rules.RULES if rule.tavus_type in _LIGHT)
    picture = tuple(rule for rule in picture_rules.RULES if rule not in light)
    files = (media.FILE_TOO_LARGE, media.TOO_LONG, media.PICTURE_TOO_LARGE, media.TRUNCATED)
    images = (media.UNKNOWN_IMAGE, media.IMAGE_FILE_TOO_LARGE, media.IMAGE_MOVES, *portrait_rules.RULES)
    sound = (media.NO_AUDIO, *sound_rules.RULES)
    named = (*file_rules.RULES, *face_rules.RULES, *picture_rules.RULES, *sound_rules.RULES)
    listening = tuple(rule for rule in rules.RULES if rule not in named)
    return (
        Group("recording", "The recording", _RECORDING, (*file_rules.RULES, *files)),
        Group("person", "The person", _PERSON, face_rules.RULES),
        Group("light", "The light", _LIGHTING, light),
        Group("picture", "The picture", _PICTURE, picture),
        Group("sound", "The sound", _SOUND, sound),
        Group("listening", "Speaking and listening", _LISTENING, listening),
        Group("image", "A picture instead of a recording", _IMAGE, images),
    )


def guidelines() -> list[dict[str, Any]]:
    """JSON-ready, one entry a rule; the shape is part of the public interface."""
    return [_entry(group.name, rule) for group in groups() for rule in group.rules]


def _entry(group: str, rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "group": group,
        "title": rule.title,
        "limit": rule.limit,
        "unit": rule.unit,
        "severity": rule.severity.value,
        "remedy": rule.remedy,
        "how": rule.how,
        "tavus_type": rule.tavus_type,
    }


_RECORDING = """\
Record one unbroken take of a minute or more: half a minute in which you speak, then half a minute in which you listen
with your mouth closed. More is better. Use 1920 x 1080 with 25 pictures a second or more, at a constant rate, and save
it as MP4 with H.264 and AAC."""
_PERSON = """\
One person, alone, in every picture: head, shoulders and chest, in the middle, the face uncovered, the eyes on the
camera, which stands still at the height of the eyes. Parts in which this is not so are cut out; the rest is used."""
_LIGHTING = """\
Soft light from the front, the same on both sides of the face and all the time. Turn off the camera's automatic exposure
if you can."""
_PICTURE = """\
A sharp picture from a camera that stands still, with a background in which nothing moves. No cuts, no effects."""
_SOUND = """\
A quiet room without echo, one voice, a microphone near by. No music, no noise suppression."""
_LISTENING = """\
What the mouth does must be what is heard, at the same time. After speaking, listen: lips closed, at rest, eyes on the
camera, as if somebody talked to you."""
_IMAGE = """\
A photograph of one adult, 512 x 512 pixels or more, JPEG, PNG or WebP: head and shoulders, upright, looking straight
into the camera, nothing on or before the face, even light."""
