"""Apply the table of rules to what was measured: which stretches can be used, and everything that is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil, floor

from countenance.errors import Finding, Severity, Span
from countenance.footage.face_rules import FACE_TOO_SMALL, FACE_TURNED
from countenance.footage.judge_cover import passing_cover
from countenance.footage.judge_face import level_pitch_deg, turned_deg
from countenance.footage.judge_light import blurred_spans
from countenance.footage.judge_lips import dubbed_spans, lip_findings
from countenance.footage.judge_picture import picture_findings
from countenance.footage.judge_sound import sound_findings
from countenance.footage.judge_take import cut_spans, frozen_spans
from countenance.footage.spans import limit_of, runs
from countenance.footage.timeline import SAMPLES_PER_S, Sample, Timeline
from countenance.media.probe import MediaInfo

_SHORTEST_USABLE_S = 1.0
_DARKEST_FACE = 20.0
_ROUNDING = 1e-6
_SLIP_S = 0.25
"""One detection that fails among good ones is the detector's slip rather than the person's."""


def usable_spans(timeline: Timeline) -> tuple[Span, ...]:
    """Stretches of at least a second with exactly one face that is turned to the camera, uncovered and can be seen.

    They end at every cut, and leave out frozen and blurred pictures and what the mouth that is seen does not speak.
    """
    level = level_pitch_deg(timeline)
    good = [_is_usable(sample, level) for sample in timeline.samples]
    for slip in runs([not fine for fine in good]):
        first, stop = _samples_of(slip)
        alone = all(sample.faces <= 1 for sample in timeline.samples[first:stop])
        if alone and slip.duration_s < _SLIP_S and first > 0 and stop < len(good):
            good[first:stop] = [True] * (stop - first)
    pictures = timeline.pictures
    unfit = (*passing_cover(timeline), *blurred_spans(timeline), *dubbed_spans(timeline))
    for bad in (*unfit, *cut_spans(pictures), *frozen_spans(pictures)):
        first, stop = _samples_of(bad)
        good[first:stop] = [False] * len(good[first:stop])
    return tuple(span for span in runs(good) if span.duration_s >= _SHORTEST_USABLE_S)


def _samples_of(span: Span) -> tuple[int, int]:
    """The first sample that the span touches and the first one behind it."""
    first = floor(span.start_s * SAMPLES_PER_S + _ROUNDING)
    return first, max(first + 1, ceil(span.end_s * SAMPLES_PER_S - _ROUNDING))


def judge(info: MediaInfo, timeline: Timeline, usable: Sequence[Span]) -> tuple[Finding, ...]:
    """Everything that is wrong, errors first."""
    found = [
        *picture_findings(info, timeline),
        *sound_findings(info, timeline, usable),
        *lip_findings(info, timeline, usable),
    ]
    named = [replace(finding, file=str(info.path)) for finding in found]
    return tuple(sorted(named, key=lambda finding: list(Severity).index(finding.severity)))


def _is_usable(sample: Sample, level_deg: float) -> bool:
    if sample.faces != 1 or sample.face is None:
        return False
    large = sample.face.width_px >= limit_of(FACE_TOO_SMALL)
    return large and turned_deg(sample, level_deg) <= limit_of(FACE_TURNED) and sample.brightness >= _DARKEST_FACE
