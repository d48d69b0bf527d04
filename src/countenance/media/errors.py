"""What can be wrong with a file before anyone looks at what it shows."""

from __future__ import annotations

from pathlib import Path

from countenance.errors import CountenanceError, Finding, Rule, Severity
from countenance.media.limits import Limits

_DEFAULT = Limits()
_MEGA = 1_000_000

FILE_MISSING = Rule(
    id="media.file_missing",
    title="The file does not exist.",
    remedy="Check the path and its spelling.",
    tavus_type="download_link",
)
NOT_A_FILE = Rule(
    id="media.not_a_file",
    title="This is a folder or a device, not a file.",
    remedy="Name one video or sound file.",
    tavus_type="video_format",
)
UNREADABLE = Rule(
    id="media.unreadable",
    title="The file may not be read.",
    remedy="Give yourself the right to read it, or copy it to a folder that you own.",
    tavus_type="download_link",
)
EMPTY_FILE = Rule(
    id="media.empty_file",
    title="There is nothing in the file.",
    remedy="Copy or export it again; the transfer may have been cut off.",
    tavus_type="video_processing",
)
FILE_TOO_LARGE = Rule(
    id="media.file_too_large",
    title="The file is larger than the limit.",
    remedy="Trim it, or export it with a lower bit rate.",
    limit=_DEFAULT.file_bytes / _MEGA,
    unit="MB",
    tavus_type="file_size",
)
UNKNOWN_FORMAT = Rule(
    id="media.unknown_format",
    title="This is not a video or sound file that can be read, or it is damaged from its beginning.",
    remedy="Export it again as MP4 with H.264 video and AAC sound, and check that a player shows it.",
    tavus_type="video_format",
)
UNKNOWN_CODEC = Rule(
    id="media.unknown_codec",
    title="The recording is packed in a way that cannot be unpacked here.",
    remedy="Export it again as MP4 with H.264 video and AAC sound.",
    tavus_type="video_codec",
)
UNDECODABLE = Rule(
    id="media.undecodable",
    title="The recording is damaged: nothing in it can be decoded.",
    remedy="Check that a player shows it; copy it again from the camera or export it anew.",
    tavus_type="video_processing",
)
BAD_SOUND = Rule(
    id="media.bad_sound",
    title="The sound track is damaged: its header describes no possible sound.",
    remedy="Export the file again with AAC or WAV sound at 44.1 or 48 kHz.",
    tavus_type="audio_processing",
)
TRUNCATED = Rule(
    id="media.truncated",
    title="The recording ends earlier than the file says; what is there is used.",
    remedy="Copy the file again: the transfer was probably cut off.",
    severity=Severity.WARNING,
    unit="s",
    tavus_type="video_processing",
)
NO_VIDEO = Rule(
    id="media.no_video",
    title="The file has no picture.",
    remedy="Give a video file in which the person is seen.",
    tavus_type="video_format",
)
NO_AUDIO = Rule(
    id="media.no_audio",
    title="The file has no sound track.",
    remedy="Record with the microphone on, or export again with sound.",
    tavus_type="audio_processing",
)
TOO_MANY_STREAMS = Rule(
    id="media.too_many_streams",
    title="The file holds more tracks than the limit.",
    remedy="Export it with one picture and one sound track.",
    limit=_DEFAULT.streams,
    unit="tracks",
    tavus_type="video_format",
)
PICTURE_TOO_LARGE = Rule(
    id="media.picture_too_large",
    title="The picture has more pixels than the limit.",
    remedy="Export it at 3840 x 2160 or less; 1920 x 1080 is enough.",
    limit=_DEFAULT.pixels / _MEGA,
    unit="megapixels",
    tavus_type="video_format",
)
TOO_LONG = Rule(
    id="media.too_long",
    title="The recording is longer than the limit.",
    remedy="Cut it; a few minutes of speech are plenty.",
    limit=_DEFAULT.duration_s,
    unit="s",
    tavus_type="video_duration",
)
CANNOT_WRITE = Rule(
    id="media.cannot_write",
    title="The file could not be written.",
    remedy="Check that the folder exists, that you may write to it, and that the disk is not full.",
)
UNKNOWN_IMAGE = Rule(
    id="media.unknown_image",
    title="This is not a picture that can be read.",
    remedy="Save it as JPG or PNG (telephones that make HEIC can export JPG), and check that a viewer shows it.",
    how="The first bytes of the file; its name is not looked at.",
)
IMAGE_DAMAGED = Rule(
    id="media.image_damaged",
    title="The picture is damaged: it cannot be decoded to its end.",
    remedy="Copy it again from the camera, or save it anew as JPG or PNG.",
    how="The picture is decoded whole; a JPEG whose inside was altered may still decode, and shows faults.",
)
IMAGE_MOVES = Rule(
    id="media.image_moves",
    title="The picture moves: the file holds more than one.",
    remedy="Save one of its pictures as JPG or PNG, or give a video.",
    limit=1.0,
    unit="pictures",
)
IMAGE_FILE_TOO_LARGE = Rule(
    id="media.image_file_too_large",
    title="The picture's file is larger than the limit.",
    remedy="Save it as JPG, or smaller; 2000 px on the longer side are plenty.",
    limit=80.0,  # the largest 16-bit PNG within the limit of pixels has 75 MB
    unit="MB",
)

RULES: tuple[Rule, ...] = (
    FILE_MISSING,
    NOT_A_FILE,
    UNREADABLE,
    EMPTY_FILE,
    FILE_TOO_LARGE,
    UNKNOWN_FORMAT,
    UNKNOWN_CODEC,
    UNDECODABLE,
    BAD_SOUND,
    TRUNCATED,
    NO_VIDEO,
    NO_AUDIO,
    TOO_MANY_STREAMS,
    PICTURE_TOO_LARGE,
    TOO_LONG,
    CANNOT_WRITE,
    UNKNOWN_IMAGE,
    IMAGE_DAMAGED,
    IMAGE_MOVES,
    IMAGE_FILE_TOO_LARGE,
)


def problem(
    rule: Rule,
    path: Path,
    detail: str = "",
    *,
    measured: float | str | None = None,
    limit: float | None = None,
) -> CountenanceError:
    """The error to raise for `path`."""
    return CountenanceError(Finding(rule, file=str(path), detail=detail, measured=measured, limit=limit))
