"""Check a picture that is to become a replica: findings, and what was measured."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from countenance.errors import Finding, Severity
from countenance.footage.judge_portrait import judge_portrait
from countenance.footage.portrait_view import Portrait, measure_portrait
from countenance.media.image import Image, read_image
from countenance.media.limits import limits_from
from countenance.settings import Settings


@dataclass(frozen=True, slots=True)
class PortraitReport:
    """What was found in one picture."""

    file: Path
    image: Image
    portrait: Portrait
    findings: tuple[Finding, ...]
    """Errors first, then warnings, then hints."""

    @property
    def ok(self) -> bool:
        """Whether it may become a replica: nothing found is an error."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; the shape is part of the public interface."""
        return {
            "file": str(self.file),
            "ok": self.ok,
            "format": self.image.format,
            "width": self.portrait.width,
            "height": self.portrait.height,
            "has_alpha": self.portrait.has_alpha,
            "metadata": dict(self.image.metadata),
            "faces": [_face(face.x, face.y, face.width, face.height, face.score) for face in self.portrait.faces],
            "measured": _measured(self.portrait),
            "findings": [finding.as_dict() for finding in self.findings],
        }


def check_image(path: Path, settings: Settings) -> PortraitReport:
    """Look at a picture and judge it. Nothing is stored and nothing raised for a poor picture.

    Raises:
        CountenanceError: if the file cannot be read as a picture (ids that begin with `media.`) or a model is missing.
    """
    image = read_image(path, limits_from(settings))
    portrait = measure_portrait(image, settings)
    return PortraitReport(path, image, portrait, judge_portrait(portrait, path, image.format))


def _face(x: float, y: float, width: float, height: float, score: float) -> dict[str, float]:
    return {name: round(value, 3) for name, value in zip(_FACE, (x, y, width, height, score), strict=True)}


_FACE = ("x", "y", "width", "height", "score")


def _measured(portrait: Portrait) -> dict[str, dict[str, float] | None]:
    parts = {
        "framing": portrait.framing,
        "expression": portrait.expression,
        "surface": portrait.surface,
        "cover": portrait.cover,
    }
    return {
        name: None if part is None else {field: round(value, 3) for field, value in asdict(part).items()}
        for name, part in parts.items()
    }
