"""Apply the rules for sound to what was heard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from countenance.errors import Finding, Span
from countenance.footage import sound_rules as rules
from countenance.footage.spans import limit_of, total_s, usable_speech_s
from countenance.footage.timeline import Timeline
from countenance.media.errors import NO_AUDIO
from countenance.media.probe import MediaInfo

_DIGITAL_SILENCE = 2.0**-15
"""Below the smallest step of 16-bit sound."""


def sound_findings(info: MediaInfo, timeline: Timeline, usable: Sequence[Span]) -> Iterator[Finding]:
    """What is wrong with the sound of a recording of which the `usable` spans show a face well."""
    if timeline.sound is None:
        yield Finding(NO_AUDIO)
        return
    if timeline.sound.loudest < _DIGITAL_SILENCE:
        yield Finding(rules.SILENT)
        return
    yield from _amount(timeline, usable)


def _amount(timeline: Timeline, usable: Sequence[Span]) -> Iterator[Finding]:
    spoken = total_s(timeline.sound.speech if timeline.sound else ())
    used = usable_speech_s(timeline, usable)
    if spoken < limit_of(rules.NO_SPEECH):
        yield Finding(rules.NO_SPEECH, measured=spoken)
    elif used < limit_of(rules.TOO_LITTLE_SPEECH):
        detail = f"There are {spoken:.1f} s of speech in all." if spoken - used > 1 else ""
        yield Finding(rules.TOO_LITTLE_SPEECH, detail=detail, measured=used)
    elif used < limit_of(rules.LITTLE_SPEECH):
        yield Finding(rules.LITTLE_SPEECH, measured=used)
