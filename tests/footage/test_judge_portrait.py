"""A portrait's numbers against the table of rules, each rule at its limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from countenance.errors import Rule, Severity
from countenance.footage import portrait_picture_rules as picture
from countenance.footage import portrait_rules as rules
from countenance.footage.judge_portrait import judge_portrait
from countenance.footage.portrait_cover import Cover
from countenance.footage.portrait_surface import Surface
from countenance.footage.portrait_view import Expression, Framing, Portrait
from countenance.people.face import FaceBox

FRONTAL = np.array([[10, 20], [30, 20], [20, 30], [12, 40], [28, 40]], np.float32)
FACE = FaceBox(0, 0, 200, 250, 0.95, FRONTAL)
FRAMING = Framing(width_px=220, share=0.3, off_centre=0.02, outside=0.0, above=0.3, below=1.5)
EXPRESSION = Expression(yaw_deg=2, pitch_deg=-3, roll_deg=1, gaze_deg=3, eyes_closed=0.1, mouth_open=0.02)
SURFACE = Surface(
    light=65,
    chroma=18,
    hue_deg=55,
    side_stops=0.5,
    clipped=0.0,
    sharpness=80,
    blockiness=5,
    texture=0.1,
    peakedness=3.2,
    outlines=40,
    flat=0.0,
)
COVER = Cover(forehead_edges=5, cheek_edges=10, bridge_edges=5, forehead_colour=3, lower_colour=3, eyes_light=0.95)
GOOD = Portrait(
    width=1024,
    height=1024,
    faces=(FACE,),
    stands_at_deg=0,
    disagreement=0.1,
    in_profile=False,
    framing=FRAMING,
    expression=EXPRESSION,
    surface=SURFACE,
    cover=COVER,
    has_alpha=False,
    transparent=0.0,
    transparent_face=0.0,
    seams=0,
)


def raised(portrait: Portrait, kind: str = "png") -> set[str]:
    return {finding.rule.id.removeprefix("portrait.") for finding in judge_portrait(portrait, Path("a.png"), kind)}


def framed(**change: float) -> Portrait:
    return replace(GOOD, framing=replace(FRAMING, **change))


def posed(**change: float) -> Portrait:
    return replace(GOOD, expression=replace(EXPRESSION, **change))


def made(**change: float) -> Portrait:
    return replace(GOOD, surface=replace(SURFACE, **change))


def worn(score: float = 0.95, **change: float) -> Portrait:
    return replace(GOOD, faces=(replace(FACE, score=score),), cover=replace(COVER, **change))


def with_another(width: float, score: float) -> Portrait:
    return replace(GOOD, faces=(FACE, replace(FACE, width=width, score=score)))


def test_nothing_is_wrong_with_a_good_portrait() -> None:
    assert judge_portrait(GOOD, Path("a.png"), "jpeg") == ()


@pytest.mark.parametrize(
    ("build", "passes", "breaks", "expected"),
    [
        (lambda v: replace(GOOD, width=int(v)), 512, 511, "too_small"),
        (lambda v: replace(GOOD, seams=int(v)), 1, 2, "framed"),
        (lambda v: replace(GOOD, has_alpha=True, transparent=v), None, 0.06, "transparent"),
        (lambda v: replace(GOOD, transparent_face=v), 0.01, 0.03, "face_transparent"),
        (lambda v: with_another(v, 0.9), None, 60, "several_people"),
        (lambda v: with_another(v, 0.9), None, 40, "face_behind"),
        (lambda v: framed(width_px=v), 130, 120, "face_small"),
        (lambda v: framed(width_px=v), None, 60, "face_too_small"),
        (lambda v: framed(share=v), 0.16, 0.14, "face_far"),
        (lambda v: framed(off_centre=v), 0.19, 0.21, "off_centre"),
        (lambda v: framed(outside=v), 0.01, 0.03, "head_cut"),
        (lambda v: framed(above=v), 0.01, -0.01, "crown_cut"),
        (lambda v: framed(below=v), 0.21, 0.19, "shoulders_cut"),
        (lambda v: posed(yaw_deg=v), -14, -16, "turned"),
        (lambda v: posed(pitch_deg=v), 14, 16, "turned"),
        (lambda v: posed(yaw_deg=v), None, 31, "turned_away"),
        (lambda v: posed(roll_deg=v), -14, -16, "leaning"),
        (lambda v: posed(roll_deg=v), None, 46, "lying"),
        (lambda v: posed(gaze_deg=v), 19, 21, "looks_away"),
        (lambda v: posed(eyes_closed=v), 0.45, 0.55, "eyes_closed"),
        (lambda v: posed(mouth_open=v), 0.07, 0.09, "mouth_open"),
        (lambda v: made(light=v), 26, 24, "dim"),
        (lambda v: made(light=v), None, 11, "too_dark"),
        (lambda v: made(clipped=v), 0.09, 0.11, "too_bright"),
        (lambda v: made(side_stops=v), 1.6, 1.8, "side_light"),
        (lambda v: made(sharpness=v), 37, 35, "blurred"),
        (lambda v: made(sharpness=v), None, 24, "too_blurred"),
        (lambda v: made(blockiness=v), 109, 111, "blocky"),
        (lambda v: made(texture=v), 0.6, 0.8, "painted"),
        (lambda v: made(outlines=v), 64, 66, "drawn"),
        (lambda v: made(flat=v), 0.04, 0.06, "drawn"),
        (lambda v: worn(eyes_light=v), 0.6, 0.5, "sunglasses"),
        (lambda v: worn(bridge_edges=v), 29, 31, "glasses"),
        (lambda v: worn(forehead_edges=v), 24, 26, "forehead_covered"),
        (lambda v: worn(forehead_colour=v), 15, 17, "forehead_covered"),
        (lambda v: worn(cheek_edges=v), 44, 46, "cheek_covered"),
        (lambda v: worn(lower_colour=v), 21, 23, "mouth_covered"),
    ],
)
def test_a_rule_at_its_limit(
    build: Callable[[float], Portrait], passes: float | None, breaks: float, expected: str
) -> None:
    if passes is not None:
        assert raised(build(passes)) == set()
    assert raised(build(breaks)) == {expected}


def test_without_a_face() -> None:
    assert raised(replace(GOOD, faces=())) == {"no_face"}
    assert raised(replace(GOOD, faces=(), stands_at_deg=90)) == {"on_its_side"}


def test_animals_are_told_from_people_seen_from_the_side() -> None:
    unsure = replace(GOOD, faces=(replace(FACE, score=0.75),))
    unmeasured: dict[str, Any] = {"framing": None, "expression": None, "surface": None, "cover": None}
    assert raised(replace(unsure, disagreement=0.31)) == {"not_human"}
    assert raised(replace(unsure, disagreement=0.2)) == set()
    assert raised(replace(unsure, disagreement=None, **unmeasured)) == {"not_human"}
    assert raised(replace(unsure, disagreement=None, in_profile=True, **unmeasured)) == {"face_unclear"}
    assert raised(replace(GOOD, disagreement=None, **unmeasured)) == {"face_unclear"}


def test_a_doubtful_second_face_only_warns() -> None:
    assert raised(with_another(100, 0.75)) == {"face_behind"}


def test_two_signals_of_a_cover_stop_the_picture() -> None:
    assert raised(worn(0.89, forehead_edges=30)) == {"forehead_covered", "covered"}
    assert raised(worn(0.89)) == set()


def test_two_signals_of_a_painting_or_of_a_drawing_stop_the_picture() -> None:
    assert raised(made(texture=0.9, peakedness=3.9)) == {"painted"}
    assert raised(made(texture=0.9, peakedness=4.1)) == {"not_a_photo"}
    assert raised(made(texture=0.9, hue_deg=80, chroma=40)) == {"not_a_photo"}
    assert raised(made(hue_deg=80, chroma=40)) == set()
    assert raised(made(outlines=70, flat=0.1)) == {"not_a_photo"}
    assert raised(made(outlines=70, light=95, chroma=1)) == {"not_a_photo"}
    drawn = made(flat=0.1)
    assert raised(replace(drawn, faces=(replace(FACE, score=0.87),))) == {"not_a_photo"}


def test_wrong_exposure_is_not_taken_for_a_drawing() -> None:
    assert raised(made(flat=0.3, light=99, chroma=1, clipped=0.5)) == {"too_bright"}
    assert raised(made(flat=0.3, light=20)) == {"dim"}


def test_glasses_are_not_taken_for_a_drawing() -> None:
    lenses = replace(worn(eyes_light=0.1), surface=replace(SURFACE, flat=0.1))
    assert raised(lenses) == {"sunglasses"}


def test_the_cheek_of_a_turned_head_is_left_alone() -> None:
    turned = replace(posed(yaw_deg=25), cover=replace(COVER, cheek_edges=100))
    assert raised(turned) == {"turned"}


def test_formats() -> None:
    assert raised(GOOD, "webp") == {"format"}
    assert raised(replace(GOOD, has_alpha=True)) == {"alpha_channel"}


def test_errors_come_first_and_name_the_file() -> None:
    bad = posed(mouth_open=0.2, yaw_deg=40, roll_deg=20)
    found = judge_portrait(bad, Path("/x/me.png"), "png")
    assert [finding.severity for finding in found] == [Severity.ERROR, Severity.WARNING, Severity.HINT]
    assert found[0].message().startswith("me.png: The head is turned away from the camera. Measured 40 degrees")


def test_every_rule_is_in_the_table_and_explained() -> None:
    table = {rule.id for rule in rules.RULES}
    named = [rule for module in (rules, picture) for rule in vars(module).values() if isinstance(rule, Rule)]
    assert {rule.id for rule in named} == table
    assert len(rules.RULES) == len(table)
    assert all(rule.how and rule.id.startswith("portrait.") for rule in rules.RULES)


# From the page on replicas from an image of Tavus's documentation.
TAVUS_CODES = {
    "LookingStraightAtCameraError", "HeadNotFullyInFrameError", "ImageQualityError", "PoseNotSuitableError",
    "Phx4NonHumanLikeSubjectError", "Phx4MultipleForegroundPeopleError", "Phx4FaceObscuredError",
    "Phx4CenterFaceNotVisibleError",
}  # fmt: skip


def test_every_measurable_code_of_tavus_has_a_rule() -> None:
    assert {rule.tavus_type for rule in rules.RULES if rule.tavus_type} == TAVUS_CODES
