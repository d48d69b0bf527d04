"""May this recording train a replica? The report, with all findings and the parts that can be used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countenance.errors import Finding, Severity, Span
from countenance.footage.judge import judge, usable_spans
from countenance.footage.measure import measure
from countenance.footage.spans import total_s, usable_speech_s
from countenance.footage.timeline import Timeline
from countenance.media.errors import NO_VIDEO, problem
from countenance.media.limits import limits_from
from countenance.media.probe import MediaInfo, probe
from countenance.progress import ProgressCallback, StageProgress
from countenance.settings import Settings

_STAGE = "check footage"


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in one recording."""

    file: Path
    info: MediaInfo
    timeline: Timeline
    findings: tuple[Finding, ...]
    """Errors first, then warnings, then hints."""
    usable: tuple[Span, ...]
    """Stretches with one face that is turned to the camera and can be seen."""
    speech_s: float
    """Seconds of speech inside `usable`."""

    @property
    def remaining_s(self) -> float:
        """Seconds of the recording that a replica can learn from: all of `usable` together."""
        return total_s(self.usable)

    @property
    def ok(self) -> bool:
        """Whether it may train a replica: nothing found is an error."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; the shape is part of the public interface."""
        return {
            "file": str(self.file),
            "ok": self.ok,
            "container": self.info.container,
            "size_bytes": self.info.size_bytes,
            "duration_s": round(self.info.duration_s, 3),
            "video": _video(self.info),
            "audio": _audio(self.info),
            "speech_s": round(self.speech_s, 2),
            "remaining_s": round(self.remaining_s, 2),
            "usable": [[round(span.start_s, 2), round(span.end_s, 2)] for span in self.usable],
            "findings": [finding.as_dict() for finding in self.findings],
        }


def check(path: Path, settings: Settings, progress: ProgressCallback | None = None) -> Report:
    """Look at the whole recording and judge it. Nothing is stored and nothing raised for poor footage.

    Raises:
        CountenanceError: if the file cannot be read as a video (ids that begin with `media.`) or a model is missing.
    """
    info = probe(path, limits_from(settings))
    if info.video is None:
        raise problem(NO_VIDEO, path)
    stage = StageProgress({_STAGE: 1.0}, progress)
    timeline = measure(info, settings, lambda share: stage.update(_STAGE, share))
    usable = usable_spans(timeline)
    stage.update(_STAGE, 1.0)
    return Report(
        file=path,
        info=info,
        timeline=timeline,
        findings=judge(info, timeline, usable),
        usable=usable,
        speech_s=usable_speech_s(timeline, usable),
    )


def _video(info: MediaInfo) -> dict[str, Any] | None:
    if info.video is None:
        return None
    return {
        "width": info.video.width,
        "height": info.video.height,
        "rotation_deg": info.video.rotation_deg,
        "fps": round(info.video.fps, 3),
        "constant_rate": info.video.constant_rate,
        "codec": info.video.codec,
    }


def _audio(info: MediaInfo) -> dict[str, Any] | None:
    if info.audio is None:
        return None
    return {"codec": info.audio.codec, "sample_rate": info.audio.sample_rate, "channels": info.audio.channels}
