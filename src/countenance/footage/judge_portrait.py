"""Hold a portrait's measurements against the table of rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from countenance.errors import Finding, Rule, Severity
from countenance.footage import portrait_picture_rules as picture
from countenance.footage import portrait_rules as rules
from countenance.footage.portrait_cover import Cover
from countenance.footage.portrait_surface import Surface
from countenance.footage.portrait_view import Expression, Framing, Portrait
from countenance.footage.wording import turning
from countenance.people.face import FaceBox

_BARE_FACE_SCORE = 0.9
"""The face detector's score of bare faces is 0.92 to 0.95; of covered, drawn and animal ones 0.70 to 0.89."""
_SURE_SCORE = 0.85
_FURTHER_FACE_SCORE = 0.8
_DISAGREEMENT = 0.27  # up to 0.23 on people, profiles included; 0.31 on a dog
_TURNED_CHEEK_DEG = 20.0  # from here on the mesh's further cheek lies partly on the background
_FOREIGN_COLOUR = 16.0
_OUTLINES, _FLAT = 65.0, 0.05
_PAPER_LIGHT, _PAPER_CHROMA = 92.0, 3.0
_PEAKED = 4.0  # noise that is strong enough to count as texture has up to 3.8, paintings have 4.1 and more
_VARNISH_HUE_DEG, _VARNISH_CHROMA = 76.0, 38.0


def judge_portrait(portrait: Portrait, file: Path, format: str) -> tuple[Finding, ...]:
    """Everything that is wrong with the picture, errors first."""
    found = list(_picture(portrait, format))
    if portrait.stands_at_deg or not portrait.faces:
        found += _nobody(portrait)
    elif _is_not_human(portrait):
        found.append(Finding(rules.NOT_HUMAN))
    else:
        found += _company(portrait.faces)
        found += _person(portrait)
    named = [Finding(f.rule, str(file), f.detail, f.measured, f.limit) for f in found]
    return tuple(sorted(named, key=lambda finding: list(Severity).index(finding.severity)))


def _picture(portrait: Portrait, format: str) -> Iterator[Finding]:
    if format not in ("jpeg", "png"):
        yield Finding(picture.FORMAT, measured=format)
    shorter = min(portrait.width, portrait.height)
    if shorter < _limit(picture.TOO_SMALL):
        size = f"It is {portrait.width} x {portrait.height}."
        yield Finding(picture.TOO_SMALL, detail=size, measured=shorter)
    clear = list(_above(picture.TRANSPARENT, 100 * portrait.transparent))
    yield from clear
    if portrait.has_alpha and not clear:
        yield Finding(picture.ALPHA_CHANNEL)
    yield from _above(picture.FACE_TRANSPARENT, 100 * portrait.transparent_face)
    yield from _above(picture.FRAMED, portrait.seams)


def _nobody(portrait: Portrait) -> Iterator[Finding]:
    if portrait.stands_at_deg:
        turn = portrait.stands_at_deg
        yield Finding(rules.ON_ITS_SIDE, detail=turning(turn), measured=float(turn))
    else:
        yield Finding(rules.NO_FACE)


def _is_not_human(portrait: Portrait) -> bool:
    if portrait.faces[0].score >= _SURE_SCORE or portrait.in_profile:
        return False
    return portrait.disagreement is None or portrait.disagreement > _DISAGREEMENT


def _company(faces: tuple[FaceBox, ...]) -> Iterator[Finding]:
    main, others = faces[0], faces[1:]
    shares = [100 * face.width / main.width for face in others]
    sure = [s for s, f in zip(shares, others, strict=True) if f.score >= _FURTHER_FACE_SCORE]
    if sure and max(sure) >= _limit(rules.SEVERAL_PEOPLE):
        yield Finding(rules.SEVERAL_PEOPLE, detail=f"{len(faces)} faces are seen.", measured=max(sure))
    elif shares:
        yield Finding(rules.FACE_BEHIND, measured=max(shares))


def _person(portrait: Portrait) -> Iterator[Finding]:
    framing, expression, surface, cover = portrait.framing, portrait.expression, portrait.surface, portrait.cover
    if framing is None or expression is None or surface is None or cover is None:
        yield Finding(rules.FACE_UNCLEAR)
        return
    score = portrait.faces[0].score
    yield from _framing(framing)
    yield from _pose(expression)
    covered = list(_covered(cover, expression))
    if score < _BARE_FACE_SCORE and covered:
        what = "It is over " + " and ".join(_PLACES[finding.rule.id] for finding in covered) + "."
        yield Finding(rules.COVERED, detail=what)
    yield from covered
    yield from _light(surface, expression)
    # Lenses and masks are flat and have outlines, as drawings do.
    worn = any(finding.rule in (rules.SUNGLASSES, rules.GLASSES, rules.MOUTH_COVERED) for finding in covered)
    yield from _making(surface, score, worn)


def _framing(framing: Framing) -> Iterator[Finding]:
    yield from _graded(framing.width_px, rules.FACE_TOO_SMALL, rules.FACE_SMALL)
    yield from _below(rules.FACE_FAR, 100 * framing.share)
    yield from _above(rules.OFF_CENTRE, 100 * framing.off_centre)
    cut = list(_above(rules.HEAD_CUT, 100 * framing.outside))
    yield from cut or _below(rules.CROWN_CUT, 100 * framing.above)
    yield from _below(rules.SHOULDERS_CUT, 100 * framing.below)


def _pose(expression: Expression) -> Iterator[Finding]:
    turned = max(abs(expression.yaw_deg), abs(expression.pitch_deg))
    away = list(_above(rules.TURNED_AWAY, turned))
    yield from away or _above(rules.TURNED, turned)
    yield from list(_above(rules.LYING, abs(expression.roll_deg))) or _above(rules.LEANING, abs(expression.roll_deg))
    closed = list(_above(rules.EYES_CLOSED, 100 * expression.eyes_closed))
    yield from closed
    if not closed and not away:
        yield from _above(rules.LOOKS_AWAY, expression.gaze_deg)
    yield from _above(rules.MOUTH_OPEN, expression.mouth_open)


_PLACES = {
    rules.FOREHEAD_COVERED.id: "the forehead",
    rules.CHEEK_COVERED.id: "a cheek",
    rules.MOUTH_COVERED.id: "the mouth",
    rules.SUNGLASSES.id: "the eyes",
    rules.GLASSES.id: "the eyes",
}


def _covered(cover: Cover, expression: Expression) -> Iterator[Finding]:
    hidden = list(_below(rules.SUNGLASSES, 100 * cover.eyes_light))
    if hidden:
        # Colours cannot be compared with those of the lenses.
        yield from hidden
    else:
        yield from _above(rules.GLASSES, cover.bridge_edges)
        if cover.forehead_colour > _FOREIGN_COLOUR:
            yield Finding(rules.FOREHEAD_COVERED, "", "Its colour is not that of the face.")
        else:
            yield from _above(rules.FOREHEAD_COVERED, cover.forehead_edges)
        yield from _above(rules.MOUTH_COVERED, cover.lower_colour)
    if abs(expression.yaw_deg) < _TURNED_CHEEK_DEG:
        yield from _above(rules.CHEEK_COVERED, cover.cheek_edges)


def _light(surface: Surface, expression: Expression) -> Iterator[Finding]:
    yield from _graded(surface.light, picture.TOO_DARK, picture.DIM)
    yield from _above(picture.TOO_BRIGHT, 100 * surface.clipped)
    if abs(expression.yaw_deg) < _TURNED_CHEEK_DEG:
        yield from _above(picture.SIDE_LIGHT, surface.side_stops)
    yield from _graded(surface.sharpness, picture.TOO_BLURRED, picture.BLURRED)
    yield from _above(picture.BLOCKY, surface.blockiness)


def _making(surface: Surface, score: float, worn: bool) -> Iterator[Finding]:
    """Whether it is a photograph. One signal may err; two of a kind stop the picture."""
    unsure = score < _BARE_FACE_SCORE
    textured = surface.texture > _limit(picture.PAINTED)
    outlined = surface.outlines > _OUTLINES
    # Too much light and too little make a photograph flat and white too.
    exposed = 100 * surface.clipped <= _limit(picture.TOO_BRIGHT) and surface.light >= _limit(picture.DIM)
    drawn = {
        "dark outlines": outlined,
        "flat colour": exposed and surface.flat > _FLAT,
        "skin as white as paper": outlined and surface.light > _PAPER_LIGHT and surface.chroma < _PAPER_CHROMA,
    }
    painted = {
        "a texture over everything": textured,
        "brush strokes, cracks or canvas": textured and surface.peakedness > _PEAKED,
        "the colour of varnish": surface.hue_deg > _VARNISH_HUE_DEG and surface.chroma > _VARNISH_CHROMA,
    }
    for signs, alone in ((painted, picture.PAINTED), (drawn, picture.DRAWN)):
        seen = [name for name, is_seen in signs.items() if is_seen]
        if not seen:
            continue
        signals = len(seen) + unsure
        words = f"Seen: {', '.join(seen)}."
        if signals >= _limit(picture.NOT_A_PHOTO):
            yield Finding(picture.NOT_A_PHOTO, "", words, float(signals))
            return
        if alone is picture.DRAWN and not worn:
            yield Finding(alone, "", words)
        elif alone is picture.PAINTED and textured:
            yield Finding(alone, measured=surface.texture)


def _graded(measured: float, error: Rule, warning: Rule) -> Iterator[Finding]:
    """The error if the value is below its limit, else the warning if it is below that one's."""
    yield from list(_below(error, measured)) or _below(warning, measured)


def _above(rule: Rule, measured: float) -> Iterator[Finding]:
    if measured > _limit(rule):
        yield Finding(rule, measured=round(measured, 3))


def _below(rule: Rule, measured: float) -> Iterator[Finding]:
    if measured < _limit(rule):
        yield Finding(rule, measured=round(measured, 3))


def _limit(rule: Rule) -> float:
    assert rule.limit is not None, rule.id  # noqa: S101 - rules without a limit are not compared
    return rule.limit
