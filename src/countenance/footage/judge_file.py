"""Apply the rules for the file: its kind, length, size and rate."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from countenance.errors import Finding, Span
from countenance.footage import file_rules as rules
from countenance.footage.spans import limit_of
from countenance.footage.timeline import Timeline
from countenance.media.errors import TRUNCATED
from countenance.media.probe import MediaInfo

_CUT_OFF_S, _CUT_OFF_SHARE = 1.0, 0.05
_LONG_STEP = 1.5
_MP4, _WEBM = "mov,mp4", "matroska,webm"
_COMMON = {_MP4: ({"h264"}, {"aac"}), _WEBM: ({"vp8", "vp9", "av1"}, {"opus", "vorbis"})}
"""Codecs of picture and sound that are usual in each common container (FFmpeg's names)."""
_EVERYWHERE = ({"h264", "vp8", "vp9", "av1"}, {"aac", "opus", "vorbis"})


def file_findings(info: MediaInfo, timeline: Timeline) -> Iterator[Finding]:
    """What is wrong with the file."""
    yield from _kind(info)
    yield from _length(info, timeline)
    yield from _rate(info, timeline)
    if info.video and min(info.video.width, info.video.height) < limit_of(rules.RESOLUTION_LOW):
        size = f"It is {info.video.width} x {info.video.height}."
        yield Finding(rules.RESOLUTION_LOW, detail=size, measured=min(info.video.width, info.video.height))


def _kind(info: MediaInfo) -> Iterator[Finding]:
    home = next((name for name in _COMMON if info.container.startswith(name)), None)
    # A name alone does not tell Matroska from WebM: its codecs do.
    pictures, sounds = _COMMON[home] if home else _EVERYWHERE
    is_matroska = home == _WEBM and info.path.suffix.lower() != ".webm"
    codecs = [track.codec for track in (info.video, info.audio) if track]
    odd = bool(info.video and info.video.codec not in pictures) or bool(info.audio and info.audio.codec not in sounds)
    stranger = home is None or is_matroska
    rule = {(True, True): rules.CONTAINER_AND_CODEC, (True, False): rules.CONTAINER, (False, True): rules.CODEC}.get(
        (stranger, odd)
    )
    if rule is not None:
        yield Finding(rule, measured=", ".join([info.container, *codecs]))


def _length(info: MediaInfo, timeline: Timeline) -> Iterator[Finding]:
    # What the header says is exact, unless it is wrong.
    is_right = abs(info.duration_s - timeline.seen_s) < _CUT_OFF_S
    length_s = info.duration_s if is_right else timeline.seen_s
    if length_s < limit_of(rules.TOO_SHORT):
        yield Finding(rules.TOO_SHORT, measured=length_s, spans=(Span(0.0, length_s),))
    if info.video is None:
        return
    stated_s = info.video.duration_s or info.duration_s
    if stated_s - timeline.seen_s > max(_CUT_OFF_S, _CUT_OFF_SHARE * stated_s):
        yield Finding(TRUNCATED, measured=timeline.seen_s, limit=stated_s)


def _rate(info: MediaInfo, timeline: Timeline) -> Iterator[Finding]:
    if info.video is None:
        return
    if info.video.fps < limit_of(rules.RATE_TOO_LOW):
        yield Finding(rules.RATE_TOO_LOW, measured=info.video.fps, spans=(Span(0.0, timeline.seen_s),))
    elif info.video.fps < limit_of(rules.RATE_LOW):
        yield Finding(rules.RATE_LOW, measured=info.video.fps)
    steps = np.diff(timeline.pictures.time_s)
    late = 100 * float((steps > _LONG_STEP * np.median(steps)).mean()) if len(steps) > 2 else 0.0
    if info.video.constant_rate is False or late > limit_of(rules.RATE_UNEVEN):
        yield Finding(rules.RATE_UNEVEN, measured=late if late > limit_of(rules.RATE_UNEVEN) else None)
