"""What is asked of the picture of footage: light, sharpness, stillness, one unbroken take."""

from __future__ import annotations

from countenance.errors import Rule, Severity

TOO_DARK = Rule(
    id="footage.too_dark",
    title="The picture is too dark to see anyone.",
    remedy="Face a window or a lamp; the light should come from the front.",
    limit=35.0,
    unit="of 255",
    tavus_type="poor_lighting",
)
DIM = Rule(
    id="footage.dim",
    title="The light on the face is dim.",
    remedy="Face a window or a lamp; the light should come from the front.",
    severity=Severity.WARNING,
    limit=45.0,  # dark skin in good light is above it
    unit="of 255",
    tavus_type="poor_lighting",
)

RULES: tuple[Rule, ...] = (
    TOO_DARK,
    DIM,
)
