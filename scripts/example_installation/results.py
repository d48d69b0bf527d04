"""What real tasks have left of the stock clips, in `recorded`: verdicts with their pictures, portraits, a video."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).with_name("recorded")
GOOD, REFUSED, PICTURE = "good", "refused", "picture"
"""The checks: of the presenter with her consent, of poor footage, of a poor picture."""


@cache
def check(name: str) -> dict[str, Any]:
    """What a check said; its pictures lie in `report(name)`."""
    return dict(json.loads((RECORDED / name / "result.json").read_text("utf-8")))


def report(name: str) -> Path:
    """The folder with the pictures of a check."""
    return RECORDED / name / "report"


@cache
def faces() -> tuple[str, ...]:
    """People who do not exist, and of whom there is a portrait."""
    return tuple(sorted(path.stem for path in (RECORDED / "people").glob("*.jpg")))


def portrait(face: str) -> Path:
    return RECORDED / "people" / f"{face}.jpg"


def moving_portrait(face: str) -> Path:
    """Two seconds of somebody; of the presenter where there are none."""
    path = RECORDED / "people" / f"{face}.mp4"
    return path if path.is_file() else RECORDED / "thumbnail.mp4"
