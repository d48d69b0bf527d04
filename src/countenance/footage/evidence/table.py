"""Which picture proves which rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL.Image import Image

from countenance.errors import Finding
from countenance.footage.evidence import moments, person, picture
from countenance.footage.evidence.moments import Value
from countenance.footage.evidence.scene import Case
from countenance.footage.timeline import Timeline

Sketch = Callable[[Case], Image | None]
Times = Callable[[Finding, Timeline, Value | None], list[float]]


@dataclass(frozen=True, slots=True)
class Shown:
    """How a rule is shown: what is drawn, what was measured, and when."""

    sketch: Sketch
    value: Value | None = None
    times: Times | None = moments.middle
    """None where no picture of the recording is needed."""


_ANYTHING = Shown(person.whole)

TABLE: dict[str, Shown] = {
    "footage.no_face": Shown(person.no_face, moments.faces),
    "footage.face_missing": Shown(person.no_face),
    "footage.face_leaves": Shown(person.no_face),
    "footage.second_person": Shown(person.several_faces, moments.faces),
    "footage.someone_passes": Shown(person.several_faces),
    "footage.face_too_small": Shown(person.width_px, moments.of_face("width_px")),
    "footage.face_small": Shown(person.width_px, moments.of_face("width_px")),
    "footage.face_far": Shown(person.height_share, moments.of_face("frame_share", 100)),
    "footage.face_turned": Shown(person.direction, moments.turn),
    "footage.too_dark": Shown(picture.brightness, moments.brightness),
    "footage.dim": Shown(picture.brightness, moments.brightness),
    "footage.resolution_low": Shown(picture.close_up),
}


def shown(finding: Finding) -> Shown | None:
    """How to show it; None where there is nothing to see."""
    return TABLE.get(finding.rule.id) or (_ANYTHING if finding.spans else None)
