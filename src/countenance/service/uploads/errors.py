"""What can be wrong with an upload."""

from __future__ import annotations

from countenance.errors import Rule

UPLOAD_UNKNOWN = Rule(
    id="service.upload_unknown",
    title="There is no such upload in this workspace.",
    remedy="Begin a new upload; one that was deleted does not come back.",
)
UPLOAD_CLOSED = Rule(
    id="service.upload_closed",
    title="This upload takes nothing more.",
    remedy="Begin a new upload.",
)
UPLOAD_IN_USE = Rule(
    id="service.upload_in_use",
    title="The upload cannot be deleted: something was made from it.",
    remedy="Delete the replica or the video that was made from it; the upload goes with it.",
)
UPLOADS_OPEN = Rule(
    id="service.uploads_open",
    title="Too many uploads are open in this workspace.",
    remedy="Complete or delete some of them; those that are left alone end after a day.",
    limit=50.0,
    unit="uploads",
)
LINK_UPLOADS = Rule(
    id="service.link_uploads",
    title="No more recordings are taken by this link.",
    remedy="Ask the person who sent it for a new one.",
    limit=5.0,
    unit="uploads",
)
UPLOAD_TOO_LARGE = Rule(
    id="service.upload_too_large",
    title="The file is larger than the limit.",
    remedy="Trim it, or export it with a lower bit rate.",
    limit=750.0,
    unit="MB",
    tavus_type="file_size",
)
UPLOAD_SIZE = Rule(
    id="service.upload_size",
    title="The size that was announced is none.",
    remedy="Announce the size of the file in bytes: more than nothing.",
    unit="bytes",
)
UPLOAD_HASH = Rule(
    id="service.upload_hash",
    title="The checksum that was announced is none.",
    remedy="Announce the SHA-256 of the file as 64 hexadecimal digits, or leave it out.",
)
UPLOAD_NAME = Rule(
    id="service.upload_name",
    title="The file cannot be called that.",
    remedy="Send the name only, without a folder, in ordinary letters and no longer than 255 bytes.",
)
UPLOAD_KIND = Rule(
    id="service.upload_kind",
    title="Files of this kind are not taken.",
    remedy="Send a video (.mp4, .mov, .webm), a sound (.wav, .mp3, .m4a) or a picture (.jpg, .png, .webp).",
    tavus_type="video_format",
)
UPLOAD_NOT_MEDIA = Rule(
    id="service.upload_not_media",
    title="The file is not what its name says.",
    remedy="Check that a player shows it, and upload it under its own name.",
    tavus_type="video_format",
    how="The first bytes of the file, and its tracks.",
)
UPLOAD_UNDECODABLE = Rule(
    id="service.upload_undecodable",
    title="The file cannot be looked at: reading it fails, or takes too long.",
    remedy="Export it again as MP4 with H.264 video and AAC sound, and check that a player shows it.",
    tavus_type="video_processing",
    unit="s",
)
PART_NUMBER = Rule(
    id="service.upload_part_number",
    title="The upload has no part of this number.",
    remedy="Parts are numbered from 1; the answer that began the upload lists them.",
    unit="parts",
)
PART_SIZE = Rule(
    id="service.upload_part_size",
    title="The part has another size than was agreed.",
    remedy="Send the part again; all parts but the last have the size that the answer calls part_bytes.",
    unit="bytes",
)
PART_HASH = Rule(
    id="service.upload_part_hash",
    title="The part arrived damaged.",
    remedy="Send the part again.",
)
PART_ELSEWHERE = Rule(
    id="service.upload_part_elsewhere",
    title="Parts of this upload do not go through this server.",
    remedy="Send each part with PUT to the URL that the answer lists for it.",
)
UPLOAD_INCOMPLETE = Rule(
    id="service.upload_incomplete",
    title="Parts of the file are missing.",
    remedy="Send the parts that are missing, then complete the upload again.",
    unit="parts",
)
UPLOAD_COMPLETING = Rule(
    id="service.upload_completing",
    title="The upload is being put together already.",
    remedy="Wait for the answer to the request that completes it, or ask again in a few seconds.",
)
UPLOAD_CHANGED = Rule(
    id="service.upload_changed",
    title="What arrived is not the file that was announced.",
    remedy="Begin a new upload; the file was changed or damaged on its way.",
    how="Its size, and its SHA-256 if that was announced.",
)
REPORT_OF_SOUND = Rule(
    id="service.report_of_sound",
    title="There is no report on a sound: nobody is seen in it.",
    remedy="Upload the footage (.mp4, .mov, .webm) or a picture (.jpg, .png, .webp) and ask for its report.",
)
REPORT_UNKNOWN = Rule(
    id="service.report_unknown",
    title="Nobody has asked for a report on this upload.",
    remedy="Ask for it with `POST /v2/uploads/{upload_id}/report`.",
)
REPORTS_OPEN = Rule(
    id="service.reports_open",
    title="Too many reports of this workspace are not finished yet.",
    remedy="Wait until some of them are, or delete their uploads.",
    limit=20.0,
    unit="reports",
)
RULES = (
    UPLOAD_UNKNOWN,
    UPLOAD_CLOSED,
    UPLOAD_IN_USE,
    UPLOADS_OPEN,
    LINK_UPLOADS,
    UPLOAD_TOO_LARGE,
    UPLOAD_SIZE,
    UPLOAD_HASH,
    UPLOAD_NAME,
    UPLOAD_KIND,
    UPLOAD_NOT_MEDIA,
    UPLOAD_UNDECODABLE,
    PART_NUMBER,
    PART_SIZE,
    PART_HASH,
    PART_ELSEWHERE,
    UPLOAD_INCOMPLETE,
    UPLOAD_COMPLETING,
    UPLOAD_CHANGED,
    REPORT_OF_SOUND,
    REPORT_UNKNOWN,
    REPORTS_OPEN,
)
