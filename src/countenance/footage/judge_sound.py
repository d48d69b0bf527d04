"""Apply the rules for sound to what was heard."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from statistics import median

from countenance.errors import Finding, Span
from countenance.footage import sound_rules as rules
from countenance.footage.listen import Sound
from countenance.footage.spans import limit_of, total_s, usable_speech_s
from countenance.footage.timeline import Timeline
from countenance.media.errors import NO_AUDIO
from countenance.media.probe import MediaInfo

_DIGITAL_SILENCE = 2.0**-15
"""Below the smallest step of 16-bit sound."""
_HARDLY_APART_S = 1.0
_CLEAR_ENOUGH_DB, _ENOUGH_SPEECH_S = 10.0, 3.0
_FEWEST_STRANGE = 2
_SURELY_STRANGE = 0.5
"""One stretch may miss the main voice by a laugh or a cough, but not by this much."""


def sound_findings(info: MediaInfo, timeline: Timeline, usable: Sequence[Span]) -> Iterator[Finding]:
    """What is wrong with the sound of a recording of which the `usable` spans show a face well."""
    if timeline.sound is None:
        yield Finding(NO_AUDIO)
        return
    yield from _channels(timeline.sound)
    if timeline.sound.loudest < _DIGITAL_SILENCE:
        yield Finding(rules.SILENT)
        return
    yield from _amount(timeline, usable)
    yield from _level(timeline.sound)
    yield from _damage(timeline.sound)
    yield from _surroundings(timeline.sound)
    yield from _other_voice(timeline.sound)


def _amount(timeline: Timeline, usable: Sequence[Span]) -> Iterator[Finding]:
    spoken = total_s(timeline.sound.speech if timeline.sound else ())
    used = usable_speech_s(timeline, usable)
    if spoken < limit_of(rules.NO_SPEECH):
        yield Finding(rules.NO_SPEECH, measured=spoken, spans=(Span(0.0, timeline.seen_s),))
    elif used < limit_of(rules.TOO_LITTLE_SPEECH):
        detail = f"There are {spoken:.1f} s of speech in all." if spoken - used > 1 else ""
        yield Finding(rules.TOO_LITTLE_SPEECH, detail=detail, measured=used)
    elif used < limit_of(rules.LITTLE_SPEECH):
        yield Finding(rules.LITTLE_SPEECH, measured=used)


def _channels(sound: Sound) -> Iterator[Finding]:
    if sound.correlation < limit_of(rules.OUT_OF_PHASE):
        yield Finding(rules.OUT_OF_PHASE, measured=sound.correlation)
    if sound.dead_channel_db > limit_of(rules.ONE_CHANNEL):
        yield Finding(rules.ONE_CHANNEL, measured=sound.dead_channel_db)


def _level(sound: Sound) -> Iterator[Finding]:
    if sound.speech_lufs is not None and sound.speech_lufs < limit_of(rules.QUIET):
        yield Finding(rules.QUIET, measured=sound.speech_lufs)
    if not sound.levels:
        return
    usual = median(_worst(span) for span in sound.levels)
    steps = [replace(span, worst=_worst(span) - usual) for span in sound.levels]
    odd = [span for span in steps if abs(_worst(span)) > limit_of(rules.LEVEL_CHANGES)]
    if odd:
        most = max(odd, key=lambda span: abs(_worst(span)))
        yield Finding(rules.LEVEL_CHANGES, measured=most.worst, spans=_joined(odd, lambda values: max(values, key=abs)))


def _damage(sound: Sound) -> Iterator[Finding]:
    spoken = total_s(sound.speech)
    share = 100 * total_s(sound.clipped) / spoken if spoken else 0.0
    if share > limit_of(rules.CLIPPING):
        spans = [replace(span, worst=None) for span in _joined(sound.clipped, max)]
        yield Finding(rules.CLIPPING, measured=share, spans=tuple(spans))
    if len(sound.dropouts) > limit_of(rules.DROPOUTS):
        spans = [replace(span, worst=None) for span in sound.dropouts]
        longest = max(span.duration_s for span in sound.dropouts)
        detail = f"The longest lasts {1000 * longest:.0f} ms."
        yield Finding(rules.DROPOUTS, detail=detail, measured=len(sound.dropouts), spans=tuple(spans))


def _surroundings(sound: Sound) -> Iterator[Finding]:
    distance = _distance(sound)
    # Of a very quiet voice some words are missed, and would count as noise.
    is_quiet = sound.speech_lufs is not None and sound.speech_lufs < limit_of(rules.QUIET)
    if distance < limit_of(rules.NOISY) and not is_quiet:
        yield Finding(rules.NOISY, measured=distance, spans=_noisy_pauses(sound))
    if sound.hum_db > limit_of(rules.HUM):
        yield Finding(rules.HUM, measured=sound.hum_db)
    music = [span for span in sound.music if _worst(span) > limit_of(rules.MUSIC)]
    if music:
        yield Finding(rules.MUSIC, measured=max(map(_worst, music)), spans=_joined(music, max))
    # Noise hides how speech dies away, which then looks like an echo.
    is_heard = distance > _CLEAR_ENOUGH_DB and total_s(sound.speech) > _ENOUGH_SPEECH_S
    if is_heard and sound.decay_s is not None and sound.decay_s > limit_of(rules.REVERBERATION):
        yield Finding(rules.REVERBERATION, measured=sound.decay_s)


def _distance(sound: Sound) -> float:
    """From the pauses to the speech, in dB."""
    known = sound.speech_lufs is not None and sound.noise_lufs is not None
    return (sound.speech_lufs or 0.0) - (sound.noise_lufs or 0.0) if known else math.inf


def _noisy_pauses(sound: Sound) -> tuple[Span, ...]:
    pauses = [replace(span, worst=(sound.speech_lufs or 0.0) - _worst(span)) for span in sound.pauses]
    return tuple(span for span in pauses if _worst(span) < limit_of(rules.NOISY))


def _other_voice(sound: Sound) -> Iterator[Finding]:
    strange = [span for span in sound.voices if _worst(span) < limit_of(rules.SECOND_VOICE)]
    least = min(map(_worst, strange), default=1.0)
    if len(strange) >= _FEWEST_STRANGE or least < _SURELY_STRANGE:
        yield Finding(rules.SECOND_VOICE, measured=least, spans=_joined(strange, min))


def _joined(spans: Sequence[Span], worst: Callable[[Iterable[float]], float]) -> tuple[Span, ...]:
    """Spans that are hardly apart as one."""
    found: list[Span] = []
    for span in spans:
        if found and span.start_s - found[-1].end_s < _HARDLY_APART_S:
            last = found.pop()
            value = worst((_worst(last), _worst(span)))
            found.append(Span(last.start_s, max(last.end_s, span.end_s), value))
        else:
            found.append(span)
    return tuple(found)


def _worst(span: Span) -> float:
    return span.worst or 0.0
