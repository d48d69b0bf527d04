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
RULES = (AUDIO_TOO_LONG, TRANSCRIPTIONS_OPEN)
