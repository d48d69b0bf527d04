"""What can be wrong with what a video is made of."""

from __future__ import annotations

from countenance.errors import Rule

AUDIO_TOO_LONG = Rule(
    id="service.audio_too_long",
    title="The recording is longer than a video may be.",
    remedy="Use a shorter recording, or cut it into several videos.",
    limit=600.0,
    unit="s",
    tavus_type="audio_file_max_duration",
)
TRANSCRIPTIONS_OPEN = Rule(
    id="service.transcriptions_open",
    title="Too many transcriptions of this workspace are not finished yet.",
    remedy="Wait until some of them are, or delete them.",
    limit=20.0,
    unit="transcriptions",
)
SHARE_NOT_READY = Rule(
    id="service.share_not_ready",
    title="A video can be shared when it is ready.",
    remedy="Wait until it is made, then share it.",
)
SHARES_OPEN = Rule(
    id="service.shares_open",
    title="This video has as many open links as a video may have.",
    remedy="End one of them first.",
    limit=50.0,
    unit="links",
)
SHARE_UNKNOWN = Rule(
    id="service.share_unknown",
    title="This video has no such link.",
    remedy="List the video's links.",
)
SHARE_OVER = Rule(
    id="service.share_over",
    title="This link has ended.",
    remedy="Ask whoever sent it for a new one.",
)
RULES = (AUDIO_TOO_LONG, TRANSCRIPTIONS_OPEN, SHARE_NOT_READY, SHARES_OPEN, SHARE_UNKNOWN, SHARE_OVER)
