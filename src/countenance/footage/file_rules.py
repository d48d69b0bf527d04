"""What is asked of the file that footage is in: its length, size and rate."""

from __future__ import annotations

from countenance.errors import Rule, Severity

TOO_SHORT = Rule(
    id="footage.too_short",
    title="The recording is too short.",
    remedy="Record a minute or more of natural speech.",
    limit=10.0,
    unit="s",
    tavus_type="video_duration",
)
RATE_TOO_LOW = Rule(
    id="footage.rate_too_low",
    title="The recording has too few pictures a second to follow lips.",
    remedy="Record with 25 pictures a second or more; in poor light cameras lower the rate, so add light.",
    limit=15.0,
    unit="pictures/s",
    tavus_type="video_fps",
)
RATE_LOW = Rule(
    id="footage.rate_low",
    title="The recording has fewer pictures a second than it should.",
    remedy="Record with 25 pictures a second or more (Tavus asks for 25).",
    severity=Severity.WARNING,
    limit=23.9,
    unit="pictures/s",
    tavus_type="video_fps",
)
RATE_UNEVEN = Rule(
    id="footage.rate_uneven",
    title="The rate of pictures varies; movement may look less smooth.",
    remedy="Record with a camera program that keeps a constant rate.",
    severity=Severity.HINT,
    tavus_type="video_fps",
)
RESOLUTION_LOW = Rule(
    id="footage.resolution_low",
    title="The picture has a low resolution.",
    remedy="Record with 1920 x 1080; Tavus names less than 720 lines as a cause of poor replicas.",
    severity=Severity.WARNING,
    limit=720.0,
    unit="px on the shorter side",
    tavus_type="quality_issue_detected",
)

RULES: tuple[Rule, ...] = (
    TOO_SHORT,
    RATE_TOO_LOW,
    RATE_LOW,
    RATE_UNEVEN,
    RESOLUTION_LOW,
)
