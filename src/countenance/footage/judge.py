"""Apply the table of rules to what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from statistics import median

from countenance.errors import Finding, Rule, Severity, Span
from countenance.footage import rules
from countenance.footage.measure import SAMPLES_PER_S, Sample, Timeline
from countenance.media.errors import NO_AUDIO, TRUNCATED
from countenance.media.probe import MediaInfo

_STEP_S = 1 / SAMPLES_PER_S
_SHORTEST_USABLE_S = 1.0
_DIGITAL_SILENCE = 2.0**-15
"""Below the smallest step of 16-bit sound."""
_DARKEST_FACE = 20.0
_CUT_OFF_S, _CUT_OFF_SHARE = 1.0, 0.05


def usable_spans(timeline: Timeline) -> tuple[Span, ...]:
    """Stretches of at least a second with exactly one face that is turned to the camera and can be seen."""
    good = [_is_usable(sample) for sample in timeline.samples]
    # One sample that fails among good ones is the detector's slip rather than the person's.
    for i in range(1, len(good) - 1):
        if good[i - 1] and good[i + 1] and timeline.samples[i].faces <= 1:
            good[i] = True
    spans = _spans(timeline, lambda i, _: good[i])
    return tuple(span for span in spans if span.duration_s >= _SHORTEST_USABLE_S)


def usable_speech_s(timeline: Timeline, usable: tuple[Span, ...]) -> float:
    """Seconds of speech inside the usable spans."""
    overlaps = (
        min(speech.end_s, span.end_s) - max(speech.start_s, span.start_s)
        for speech in timeline.speech
        for span in usable
    )
    return sum(overlap for overlap in overlaps if overlap > 0)


def judge(info: MediaInfo, timeline: Timeline, usable: tuple[Span, ...]) -> tuple[Finding, ...]:
    """Everything that is wrong, errors first."""
    found = [
        *_file(info, timeline),
        *_faces(timeline),
        *_light(timeline),
        *_sound(timeline, usable),
    ]
    named = [replace(finding, file=str(info.path)) for finding in found]
    return tuple(sorted(named, key=lambda finding: list(Severity).index(finding.severity)))


def _is_usable(sample: Sample) -> bool:
    if sample.faces != 1 or sample.face is None:
        return False
    large = sample.face.width_px >= _limit(rules.FACE_TOO_SMALL)
    return large and not _is_turned(sample) and sample.brightness >= _DARKEST_FACE


def _is_turned(sample: Sample) -> bool:
    if sample.face is None:
        return False
    if sample.face.yaw_deg is None or sample.face.pitch_deg is None:
        return True
    return max(abs(sample.face.yaw_deg), abs(sample.face.pitch_deg)) > _limit(rules.FACE_TURNED)


def _file(info: MediaInfo, timeline: Timeline) -> Iterator[Finding]:
    # What the header says is exact, unless it is wrong.
    is_right = abs(info.duration_s - timeline.seen_s) < _CUT_OFF_S
    length_s = info.duration_s if is_right else timeline.seen_s
    if length_s < _limit(rules.TOO_SHORT):
        yield Finding(rules.TOO_SHORT, measured=length_s)
    if info.video is None:
        return
    stated_s = info.video.duration_s or info.duration_s
    if stated_s - timeline.seen_s > max(_CUT_OFF_S, _CUT_OFF_SHARE * stated_s):
        yield Finding(TRUNCATED, measured=timeline.seen_s, limit=stated_s)
    if min(info.video.width, info.video.height) < _limit(rules.RESOLUTION_LOW):
        size = f"It is {info.video.width} x {info.video.height}."
        yield Finding(rules.RESOLUTION_LOW, detail=size, measured=min(info.video.width, info.video.height))
    if info.video.fps < _limit(rules.RATE_TOO_LOW):
        yield Finding(rules.RATE_TOO_LOW, measured=info.video.fps)
    elif info.video.fps < _limit(rules.RATE_LOW):
        yield Finding(rules.RATE_LOW, measured=info.video.fps)
    if info.video.constant_rate is False:
        yield Finding(rules.RATE_UNEVEN)


def _faces(timeline: Timeline) -> Iterator[Finding]:
    total = len(timeline.samples)
    seen = [sample.face for sample in timeline.samples if sample.face is not None]
    if not seen or len(seen) * 100 < _limit(rules.NO_FACE) * total:
        yield Finding(rules.NO_FACE, measured=_percent(len(seen), total))
        return
    yield from _shared_out(timeline, lambda sample: sample.faces == 0, rules.FACE_MISSING, rules.FACE_LEAVES)
    yield from _shared_out(timeline, lambda sample: sample.faces > 1, rules.SECOND_PERSON, rules.SOMEONE_PASSES)
    turned = _long(_spans(timeline, lambda _, sample: sample.faces == 1 and _is_turned(sample)))
    if turned:
        yield Finding(rules.FACE_TURNED, spans=turned)
    width = median(face.width_px for face in seen)
    if width < _limit(rules.FACE_TOO_SMALL):
        yield Finding(rules.FACE_TOO_SMALL, measured=width)
    elif width < _limit(rules.FACE_SMALL):
        yield Finding(rules.FACE_SMALL, measured=width)
    share = 100 * median(face.frame_share for face in seen)
    if share < _limit(rules.FACE_FAR):
        yield Finding(rules.FACE_FAR, measured=share)


def _shared_out(
    timeline: Timeline, is_bad: Callable[[Sample], bool], too_much: Rule, a_little: Rule
) -> Iterator[Finding]:
    """`too_much` if the bad samples are more than its share of the time, `a_little` if there are some."""
    bad = sum(is_bad(sample) for sample in timeline.samples)
    spans = _long(_spans(timeline, lambda _, sample: is_bad(sample)))
    share = _percent(bad, len(timeline.samples))
    if share > _limit(too_much):
        yield Finding(too_much, measured=share, spans=spans)
    elif spans:
        yield Finding(a_little, measured=max(span.duration_s for span in spans), spans=spans)


def _light(timeline: Timeline) -> Iterator[Finding]:
    if not timeline.samples:
        return
    faces = [sample.brightness for sample in timeline.samples if sample.face is not None]
    brightness = median(faces or [sample.brightness for sample in timeline.samples])
    # A face may be well lit before a black wall: the whole picture counts only where no face is seen.
    if not faces and brightness < _limit(rules.TOO_DARK):
        yield Finding(rules.TOO_DARK, measured=brightness)
    elif faces and brightness < _limit(rules.DIM):
        yield Finding(rules.DIM, measured=brightness)


def _sound(timeline: Timeline, usable: tuple[Span, ...]) -> Iterator[Finding]:
    if not timeline.has_sound:
        yield Finding(NO_AUDIO)
        return
    if timeline.loudest < _DIGITAL_SILENCE:
        yield Finding(rules.SILENT)
        return
    spoken = sum(span.duration_s for span in timeline.speech)
    used = usable_speech_s(timeline, usable)
    if spoken < _limit(rules.NO_SPEECH):
        yield Finding(rules.NO_SPEECH, measured=spoken)
    elif used < _limit(rules.TOO_LITTLE_SPEECH):
        detail = f"There are {spoken:.1f} s of speech in all." if spoken - used > 1 else ""
        yield Finding(rules.TOO_LITTLE_SPEECH, detail=detail, measured=used)
    elif used < _limit(rules.LITTLE_SPEECH):
        yield Finding(rules.LITTLE_SPEECH, measured=used)


def _spans(timeline: Timeline, wanted: Callable[[int, Sample], bool]) -> tuple[Span, ...]:
    """Runs of samples that are wanted."""
    spans: list[Span] = []
    for i, sample in enumerate(timeline.samples):
        if not wanted(i, sample):
            continue
        joins = bool(spans) and spans[-1].end_s == sample.time_s
        start_s = spans.pop().start_s if joins else sample.time_s
        spans.append(Span(start_s, sample.time_s + _STEP_S))
    return tuple(spans)


def _long(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Without those that a single failed detection makes."""
    return tuple(span for span in spans if span.duration_s >= _limit(rules.FACE_LEAVES))


def _percent(part: int, total: int) -> float:
    return 100 * part / total if total else 0.0


def _limit(rule: Rule) -> float:
    return rule.limit or 0.0
