"""What is asked of the sound of footage."""

from __future__ import annotations

from countenance.errors import Rule, Severity

SILENT = Rule(
    id="footage.silent",
    title="The sound track is digital silence.",
    remedy="Check that the microphone was on and not muted, and record again.",
    tavus_type="audio_processing",
)
NO_SPEECH = Rule(
    id="footage.no_speech",
    title="Nobody speaks in the recording.",
    remedy="Record the person speaking; how the mouth moves can be learnt only from speech.",
    limit=1.0,
    unit="s of speech",
    tavus_type="audio_processing",
)
TOO_LITTLE_SPEECH = Rule(
    id="footage.too_little_speech",
    title="There is too little speech in the parts that can be used.",
    remedy="Record a minute or more of speech with the face in full view.",
    limit=8.0,
    unit="s of speech",
    tavus_type="video_duration",
)
LITTLE_SPEECH = Rule(
    id="footage.little_speech",
    title="There is little speech; the replica will know fewer shapes of the mouth than it could.",
    remedy="Record a minute or more (Tavus asks for 60 s).",
    severity=Severity.WARNING,
    limit=60.0,
    unit="s of speech",
    tavus_type="video_duration",
)

RULES: tuple[Rule, ...] = (
    SILENT,
    NO_SPEECH,
    TOO_LITTLE_SPEECH,
    LITTLE_SPEECH,
)
