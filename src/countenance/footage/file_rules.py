"""What is asked of the file that footage is in: its kind, length, size and rate."""

from __future__ import annotations

from countenance.errors import Rule, Severity

TOO_SHORT = Rule(
    id="footage.too_short",
    title="The recording is too short.",
    remedy="Record a minute or more: half a minute of natural speech, then half a minute of listening.",
    limit=10.0,
    unit="s",
    tavus_type="video_duration",
    how="The length of the picture that could be decoded; the header's figure where the two agree to a second.",
)
CONTAINER = Rule(
    id="footage.container",
    title="The file is of a kind that is less common than MP4 or WebM; it is accepted here.",
    remedy="Nothing needs to be done. For other services save it as MP4.",
    severity=Severity.HINT,
    tavus_type="video_format",
    how="What the file's first bytes say, not its name.",
)
CODEC = Rule(
    id="footage.codec",
    title="Picture or sound are coded in a less common way; they are accepted here.",
    remedy="Nothing needs to be done. For other services save it as MP4 with H.264 and AAC.",
    severity=Severity.HINT,
    tavus_type="video_codec",
    how="H.264 with AAC in MP4, and VP8, VP9 or AV1 with Opus or Vorbis in WebM are taken everywhere.",
)
CONTAINER_AND_CODEC = Rule(
    id="footage.container_and_codec",
    title="The file is of a less common kind, and so is the way it is coded; it is accepted here.",
    remedy="Nothing needs to be done. For other services save it as MP4 with H.264 and AAC.",
    severity=Severity.HINT,
    tavus_type="video_codec_and_format",
    how="Both `footage.container` and `footage.codec`.",
)
RATE_TOO_LOW = Rule(
    id="footage.rate_too_low",
    title="The recording has too few pictures a second to follow lips.",
    remedy="Record with 25 pictures a second or more; in poor light cameras lower the rate, so add light.",
    limit=15.0,
    unit="pictures/s",
    tavus_type="video_fps",
    how="The average rate that the file states.",
)
RATE_LOW = Rule(
    id="footage.rate_low",
    title="The recording has fewer pictures a second than it should.",
    remedy="Record with 25 pictures a second or more.",
    severity=Severity.WARNING,
    limit=23.9,  # film is recorded with 23.976
    unit="pictures/s",
    tavus_type="video_fps",
    how="The average rate that the file states.",
)
RATE_UNEVEN = Rule(
    id="footage.rate_uneven",
    title="The rate of pictures varies; movement may look less smooth.",
    remedy="Record with a camera program that keeps a constant rate.",
    severity=Severity.HINT,
    tavus_type="video_fps",
    limit=1.0,
    unit="% of the pictures",
    how="Pictures that stay for one and a half times as long as most, or longer.",
)
RESOLUTION_LOW = Rule(
    id="footage.resolution_low",
    title="The picture has a low resolution.",
    remedy="Record with 1920 x 1080; Tavus names less than 720 lines as a cause of poor replicas.",
    severity=Severity.WARNING,
    limit=720.0,
    unit="px on the shorter side",
    tavus_type="quality_issue_detected",
    how="Of the picture as it is shown, upright and with square pixels.",
)

RULES: tuple[Rule, ...] = (
    TOO_SHORT,
    CONTAINER,
    CODEC,
    CONTAINER_AND_CODEC,
    RATE_TOO_LOW,
    RATE_LOW,
    RATE_UNEVEN,
    RESOLUTION_LOW,
)
