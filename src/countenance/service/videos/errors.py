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
RULES = (AUDIO_TOO_LONG,)
