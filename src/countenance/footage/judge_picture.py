"""Apply the rules for the file, the face and the picture to what was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median

from countenance.errors import Finding, Rule, Span
from countenance.footage import face_rules, file_rules, picture_rules
from countenance.footage.spans import limit_of, percent, sample_runs
from countenance.footage.timeline import Sample, Timeline
from countenance.media.errors import TRUNCATED
from countenance.media.probe import MediaInfo

_CUT_OFF_S, _CUT_OFF_SHARE = 1.0, 0.05


def picture_findings(info: MediaInfo, timeline: Timeline) -> Iterator[Finding]:
    """What is wrong with the file and with what is seen in it."""
    yield from _file(info, timeline)
    yield from _faces(timeline)
    yield from _light(timeline)


def is_turned(sample: Sample) -> bool:
    """Whether the face looks too far away from the camera to be used."""
    if sample.face is None:
        return False
    if sample.face.yaw_deg is None or sample.face.pitch_deg is None:
        return True
    return max(abs(sample.face.yaw_deg), abs(sample.face.pitch_deg)) > limit_of(face_rules.FACE_TURNED)


def _file(info: MediaInfo, timeline: Timeline) -> Iterator[Finding]:
    # What the header says is exact, unless it is wrong.
    is_right = abs(info.duration_s - timeline.seen_s) < _CUT_OFF_S
    length_s = info.duration_s if is_right else timeline.seen_s
    if length_s < limit_of(file_rules.TOO_SHORT):
        yield Finding(file_rules.TOO_SHORT, measured=length_s)
    if info.video is None:
        return
    stated_s = info.video.duration_s or info.duration_s
    if stated_s - timeline.seen_s > max(_CUT_OFF_S, _CUT_OFF_SHARE * stated_s):
        yield Finding(TRUNCATED, measured=timeline.seen_s, limit=stated_s)
    if min(info.video.width, info.video.height) < limit_of(file_rules.RESOLUTION_LOW):
        size = f"It is {info.video.width} x {info.video.height}."
        yield Finding(file_rules.RESOLUTION_LOW, detail=size, measured=min(info.video.width, info.video.height))
    if info.video.fps < limit_of(file_rules.RATE_TOO_LOW):
        yield Finding(file_rules.RATE_TOO_LOW, measured=info.video.fps)
    elif info.video.fps < limit_of(file_rules.RATE_LOW):
        yield Finding(file_rules.RATE_LOW, measured=info.video.fps)
    if info.video.constant_rate is False:
        yield Finding(file_rules.RATE_UNEVEN)


def _faces(timeline: Timeline) -> Iterator[Finding]:
    total = len(timeline.samples)
    seen = [sample.face for sample in timeline.samples if sample.face is not None]
    if not seen or len(seen) * 100 < limit_of(face_rules.NO_FACE) * total:
        yield Finding(face_rules.NO_FACE, measured=percent(len(seen), total))
        return
    yield from _shared_out(timeline, lambda s: s.faces == 0, face_rules.FACE_MISSING, face_rules.FACE_LEAVES)
    yield from _shared_out(timeline, lambda s: s.faces > 1, face_rules.SECOND_PERSON, face_rules.SOMEONE_PASSES)
    turned = _long(sample_runs(timeline, lambda sample: sample.faces == 1 and is_turned(sample)))
    if turned:
        yield Finding(face_rules.FACE_TURNED, spans=turned)
    width = median(face.width_px for face in seen)
    if width < limit_of(face_rules.FACE_TOO_SMALL):
        yield Finding(face_rules.FACE_TOO_SMALL, measured=width)
    elif width < limit_of(face_rules.FACE_SMALL):
        yield Finding(face_rules.FACE_SMALL, measured=width)
    share = 100 * median(face.frame_share for face in seen)
    if share < limit_of(face_rules.FACE_FAR):
        yield Finding(face_rules.FACE_FAR, measured=share)


def _shared_out(
    timeline: Timeline, is_bad: Callable[[Sample], bool], too_much: Rule, a_little: Rule
) -> Iterator[Finding]:
    """`too_much` if the bad samples are more than its share of the time, `a_little` if there are some."""
    bad = sum(is_bad(sample) for sample in timeline.samples)
    spans = _long(sample_runs(timeline, is_bad))
    share = percent(bad, len(timeline.samples))
    if share > limit_of(too_much):
        yield Finding(too_much, measured=share, spans=spans)
    elif spans:
        yield Finding(a_little, measured=max(span.duration_s for span in spans), spans=spans)


def _light(timeline: Timeline) -> Iterator[Finding]:
    if not timeline.samples:
        return
    faces = [sample.brightness for sample in timeline.samples if sample.face is not None]
    brightness = median(faces or [sample.brightness for sample in timeline.samples])
    # A face may be well lit before a black wall: the whole picture counts only where no face is seen.
    if not faces and brightness < limit_of(picture_rules.TOO_DARK):
        yield Finding(picture_rules.TOO_DARK, measured=brightness)
    elif faces and brightness < limit_of(picture_rules.DIM):
        yield Finding(picture_rules.DIM, measured=brightness)


def _long(spans: list[Span]) -> tuple[Span, ...]:
    """Without those that a single failed detection makes."""
    return tuple(span for span in spans if span.duration_s >= limit_of(face_rules.FACE_LEAVES))
