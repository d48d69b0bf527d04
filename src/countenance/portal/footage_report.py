"""What was found in footage or a picture: where in it, and what of all that was looked at is fine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from countenance.wire.problem import FindingBody

_LEAST_WIDTH = 0.6
"""percent: a moment is to be seen too"""
_A_MOMENT_S = 1.0
"""What is shorter has one time rather than two."""
_ORDER = {"error": 0, "warning": 1, "hint": 2}

FOOTAGE: Mapping[str, tuple[str, ...]] = {
    "Length, resolution and frame rate": (
        "too_short", "resolution_low", "rate_too_low", "rate_low", "rate_uneven", "container", "codec",
        "container_and_codec", "letterbox",
    ),
    "One person, alone": ("no_face", "face_missing", "face_leaves", "second_person", "someone_passes", "second_voice",
                          "voice_beside"),
    "Distance and framing": ("face_too_small", "face_small", "face_far", "face_near", "head_cut", "headroom",
                             "off_centre", "distance_changes", "camera_angle", "on_its_side"),
    "Face to the camera": ("face_turned", "head_tilted", "head_moves", "eyes_shut"),
    "Nothing in front of the face": ("face_covered", "eyes_covered", "mouth_hidden"),
    "Light": ("too_dark", "dim", "overexposed", "low_contrast", "uneven_light", "light_changes", "flicker", "flash"),
    "Sharp and steady picture": ("blurred", "compressed", "noise", "camera_shake", "camera_moves", "background_moves"),
    "One take, uncut": ("cut", "frozen", "duplicated"),
    "Speech": ("silent", "no_speech", "too_little_speech", "little_speech", "mouth_still", "mouth_opens_little",
               "lips_never_close"),
    "Listening with closed lips": ("no_listening", "little_listening", "mouth_moves"),
    "Clear sound": ("quiet", "level_changes", "clipping", "noisy", "hum", "music", "reverberation", "dropouts",
                    "one_channel", "out_of_phase"),
    "Sound and lips together": ("sound_offset", "dubbed", "dubbed_part", "sync_unsure"),
}  # fmt: skip
"""What the check of footage looks at: rules of the room `footage`, by what people call it."""

PICTURE: Mapping[str, tuple[str, ...]] = {
    "File and size": ("format", "too_small", "blocky", "alpha_channel", "transparent", "face_transparent", "framed"),
    "A photograph of a person": ("not_a_photo", "painted", "drawn", "not_human", "no_face", "face_unclear"),
    "One person, alone": ("several_people", "face_behind"),
    "Distance and framing": ("face_too_small", "face_small", "face_far", "off_centre", "head_cut", "crown_cut",
                             "shoulders_cut", "on_its_side"),
    "Face to the camera": ("turned_away", "turned", "lying", "leaning", "looks_away", "eyes_closed", "mouth_open"),
    "Nothing in front of the face": ("sunglasses", "glasses", "forehead_covered", "cheek_covered", "mouth_covered",
                                     "covered"),
    "Light": ("too_dark", "dim", "too_bright", "side_light"),
    "Sharp": ("too_blurred", "blurred"),
}  # fmt: skip
"""What the check of a picture looks at: rules that begin with `portrait.`."""

_FACE = ("no_face", "face_missing", "face_unclear", "not_human", "on_its_side")
_SOUND = ("no_audio", "silent", "no_speech")
_MOUTH = (*_FACE, *_SOUND, "too_little_speech", "mouth_hidden")
FORECLOSED: Mapping[str, tuple[str, ...]] = {
    "One person, alone": _FACE,
    "Distance and framing": _FACE,
    "Face to the camera": _FACE,
    "Nothing in front of the face": _FACE,
    "Light": _FACE,
    "Sharp and steady picture": _FACE,
    "Sharp": _FACE,
    "One take, uncut": ("no_face",),
    "Speech": _MOUTH,
    "Listening with closed lips": _MOUTH,
    "Clear sound": _SOUND,
    "Sound and lips together": _MOUTH,
}
"""Findings by which a topic of `FOOTAGE` or `PICTURE` could not be judged: where one is, its silence says nothing."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the footage, as percent of its length."""

    x: float
    width: float
    tone: str
    """error, warning or hint; usable or best"""
    words: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One finding, or one kind of stretch, over the length of the footage."""

    title: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class FootageReport:
    """The check of the material, as the page shows it."""

    findings: Sequence[FindingBody]
    """errors first"""
    fine: tuple[str, ...]
    """what was looked at and is fine"""
    untold: tuple[str, ...]
    """what could not be judged, for want of a face or of sound"""
    facts: tuple[tuple[str, str], ...]
    lanes: tuple[Lane, ...]
    """empty where there is no time, as in a picture"""
    ticks: tuple[tuple[float, str], ...]
    """percent, and the time there"""
    best: str
    """why the best part is the best"""


def footage_report(clearance: Mapping[str, Any] | None, findings: Sequence[FindingBody]) -> FootageReport | None:
    """The report in a clearance with its findings, which have links to pictures; None before there is one."""
    report = (clearance or {}).get("report")
    if not isinstance(report, Mapping):
        return None
    ours = [each for each in findings if each.rule.startswith(("footage.", "portrait.", "media."))]
    ordered = sorted(ours, key=lambda each: _ORDER.get(each.severity, 3))
    clean = _without_findings(PICTURE if "faces" in report else FOOTAGE, ordered)
    untold = _untold(clean, ordered)
    duration_s = float(report.get("duration_s") or 0.0)
    best = report.get("best") or {}
    return FootageReport(
        findings=ordered,
        fine=tuple(topic for topic in clean if topic not in untold),
        untold=untold,
        facts=tuple(_facts(report, duration_s)),
        lanes=_lanes(report, ordered, duration_s) if duration_s > 0 else (),
        ticks=_ticks(duration_s) if duration_s > 0 else (),
        best=str(best.get("why") or ""),
    )


def _without_findings(topics: Mapping[str, tuple[str, ...]], findings: Sequence[FindingBody]) -> tuple[str, ...]:
    found = _names(findings)
    return tuple(topic for topic, rules in topics.items() if found.isdisjoint(rules))


def _untold(topics: Sequence[str], findings: Sequence[FindingBody]) -> tuple[str, ...]:
    found = _names(findings)
    return tuple(topic for topic in topics if not found.isdisjoint(FORECLOSED.get(topic, ())))


def _names(findings: Sequence[FindingBody]) -> set[str]:
    return {each.rule.partition(".")[2] for each in findings}


def _facts(report: Mapping[str, Any], duration_s: float) -> Sequence[tuple[str, str]]:
    facts = []
    if duration_s:
        facts.append(("Length", clock(duration_s)))
    if report.get("speech_s") is not None:
        facts.append(("Speech in it", clock(float(report["speech_s"]))))
    if report.get("usable"):
        facts.append(("Can be used", clock(sum(end - start for start, end in report["usable"]))))
    video = report.get("video") or report
    if video.get("width"):
        rate = f", {video['fps']:g} fps" if video.get("fps") else ""
        facts.append(("Picture", f"{video['width']} × {video['height']}{rate}"))
    return facts


def _lanes(report: Mapping[str, Any], findings: Sequence[FindingBody], duration_s: float) -> tuple[Lane, ...]:
    lanes = []
    if report.get("usable"):
        lanes.append(Lane("Can be used", _marks(report["usable"], "usable", duration_s)))
    best = (report.get("best") or {}).get("spans")
    if best:
        lanes.append(Lane("Best part", _marks(best, "best", duration_s)))
    lanes += [Lane(each.title, _marks(each.spans, each.severity, duration_s)) for each in findings if each.spans]
    return tuple(lanes)


def _marks(spans: Sequence[Sequence[float]], tone: str, duration_s: float) -> tuple[Mark, ...]:
    made = []
    for start, end in spans:
        left = 100.0 * min(max(start, 0.0), duration_s) / duration_s
        width = max(_LEAST_WIDTH, 100.0 * (end - start) / duration_s)
        width = min(width, 100.0)
        made.append(Mark(round(min(left, 100.0 - width), 2), round(width, 2), tone, _stretch(start, end)))
    return tuple(made)


def _ticks(duration_s: float) -> tuple[tuple[float, str], ...]:
    steps = (5, 10, 15, 30, 60, 120, 300, 600)
    step = next((each for each in steps if duration_s / each <= 6), 1200)
    return tuple((round(100.0 * at / duration_s, 2), clock(at)) for at in range(0, int(duration_s) + 1, step))


def _stretch(start_s: float, end_s: float) -> str:
    return f"{clock(start_s)} to {clock(end_s)}" if end_s - start_s >= _A_MOMENT_S else clock(start_s)


def clock(seconds: float) -> str:
    """75 -> 01:15, as the pages have it everywhere"""
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"
