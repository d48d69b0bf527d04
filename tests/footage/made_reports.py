"""Reports on a real file whose findings are made: as many as a test needs, without checking the file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from countenance.errors import Finding, Rule, Span
from countenance.footage.evidence.table import TABLE
from countenance.footage.listen import Sound
from countenance.footage.report import Report
from countenance.footage.rules import RULES
from countenance.footage.timeline import SAMPLES_PER_S, Box, FaceSample, FaceView, Pictures, Sample, Timeline
from countenance.media.probe import probe

VIEW = FaceView(20.0, 5.0, 1.0, 35.0, 30.0)
FACE = FaceSample(130.0, 0.48, 30.0, 12.0, 5.0, Box(0.4, 0.22, 0.2, 0.48), 0.1, 0.1, VIEW)


def made_timeline(seconds: float) -> Timeline:
    """One face that looks aside, speech with two pauses."""
    count = round(seconds * SAMPLES_PER_S)
    samples = tuple(Sample(i / SAMPLES_PER_S, 1, FACE, 40.0 + i % 7) for i in range(count))
    rows = [[i / 25, 90.0, 90.0, *(0.5 + 0.1 * (i % 5) for _ in range(20))] for i in range(round(seconds * 25))]
    width = len(Pictures.__dataclass_fields__)
    loudness = np.where(np.arange(round(seconds / 0.032)) % 60 < 40, -22.0, -45.0).astype(np.float32)
    sound = Sound(
        speech=(Span(0.5, seconds / 2), Span(seconds / 2 + 1, seconds - 1)),
        loudest=0.5,
        speech_lufs=-22.0,
        noise_lufs=-45.0,
        pauses=(Span(seconds / 2, seconds / 2 + 1, -45.0), Span(seconds - 1, seconds, -45.0)),
        voices=(Span(0.5, 2.0, 0.9), Span(2.0, 4.0, 0.3)),
        loudness=loudness,
        timbre=np.random.default_rng(3).integers(0, 256, (round(seconds * 25), 3)).astype(np.uint8),
    )
    return Timeline(samples, pictures=Pictures.of([row[:width] for row in rows]), sound=sound)


def made_report(path: Path, *findings: Finding) -> Report:
    """A report on the file with these findings; all of it but half a second can be used."""
    info = probe(path)
    line = made_timeline(info.duration_s)
    named = tuple(replace(finding, file=str(path)) for finding in findings)
    usable = (Span(0.0, info.duration_s - 0.5),)
    return Report(file=path, info=info, timeline=line, findings=named, usable=usable, speech_s=info.duration_s - 2)


def one_of_each() -> list[Finding]:
    """A finding of every rule that has a picture."""
    return [_finding(rule) for rule in RULES if rule.id in TABLE]


def _finding(rule: Rule) -> Finding:
    limit = rule.limit if rule.limit is not None else 1.0
    return Finding(rule, measured=1.5 * limit, spans=(Span(1.0, 1.04, 1.5 * limit), Span(3.0, 3.5, 1.2 * limit)))
