"""Evidence of how a person is framed: how large, where in the picture, at what distance."""

from __future__ import annotations

from PIL.Image import Image

from countenance.footage.evidence.canvas import ALLOWED, MEASURED, QUIET, WRONG, Box, Canvas, beside
from countenance.footage.evidence.person import no_face
from countenance.footage.evidence.scene import Case
from countenance.footage.wording import limit_of, quantity


def width_px(case: Case) -> Image:
    """The face with its width, and a frame as wide as the limit."""
    scene = case.scenes[0]
    canvas = Canvas(scene.rgb)
    if scene.face:
        wanted = (limit_of(case.finding) or 0.0) / scene.grown
        canvas.box(_grown(scene.face, wanted), ALLOWED, dashed=True, label=_limit(case), below=True)
        canvas.box(scene.face, WRONG)
        _above(canvas, scene.face, _grown(scene.face, wanted), _value(case) or f"{scene.face[2] * scene.grown:.0f} px")
    return canvas.drawn()


def height_share(case: Case) -> Image:
    """The face with its height as a share of the shorter side, and a frame as high as the limit."""
    scene = case.scenes[0]
    canvas = Canvas(scene.rgb)
    if scene.face:
        shorter = min(scene.width, scene.height)
        wanted = (limit_of(case.finding) or 0.0) / 100 * shorter
        ghost = _grown(scene.face, scene.face[2] / scene.face[3] * wanted)
        canvas.box(ghost, ALLOWED, dashed=True, label=_limit(case), below=True)
        canvas.box(scene.face, WRONG)
        _above(canvas, scene.face, ghost, _value(case) or f"{100 * scene.face[3] / shorter:.0f} % of the shorter side")
    return canvas.drawn()


def distances(case: Case) -> Image:
    """The face where it is smallest beside where it is largest, each with its width."""
    halves = []
    for scene in case.scenes:
        canvas = Canvas(scene.rgb, widest=477)
        if scene.face:
            canvas.box(scene.face, MEASURED, label=f"{scene.face[2] * scene.grown:.0f} px")
        halves.append(canvas.drawn())
    return beside(halves)


def moved(case: Case) -> Image:
    """Where the face is at two moments."""
    first, last = case.scenes[0], case.scenes[-1]
    canvas = Canvas(last.rgb)
    if first.face and last.face:
        canvas.box(first.face, ALLOWED, dashed=True)
        canvas.box(last.face, WRONG)
        canvas.arrow(_middle(first.face), _middle(last.face), WRONG)
    return canvas.drawn()


def headroom(case: Case) -> Image:
    """The room above the head, in percent of the picture's height."""
    scene = case.scenes[0]
    canvas = Canvas(scene.rgb)
    if not scene.face:
        return no_face(case)
    x, top, width, height = scene.face
    crown = max(0.0, top - height / 3)  # as the check takes it
    middle = x + width / 2
    canvas.box(scene.face, MEASURED)
    canvas.dashed((0, crown), (scene.width, crown), ALLOWED)
    canvas.arrow((middle, crown), (middle, 0), WRONG)
    label = _value(case) or f"{100 * crown / scene.height:.0f} %"
    canvas.label(label, (middle + width, crown / 2 + 12 / canvas.scale), WRONG, size=20)
    return canvas.drawn()


def nearest_edge(case: Case) -> Image:
    """The face and the edge of the picture that it is nearest to."""
    scene = case.scenes[0]
    canvas = Canvas(scene.rgb)
    if not scene.face:
        return no_face(case)
    x, top, width, height = scene.face
    middle = _middle(scene.face)
    ways = {
        top: ((middle[0], top), (middle[0], 0.0)),
        x: ((x, middle[1]), (0.0, middle[1])),
        scene.width - x - width: ((x + width, middle[1]), (float(scene.width), middle[1])),
        scene.height - top - height: ((middle[0], top + height), (middle[0], float(scene.height))),
    }
    start, end = ways[min(ways)]
    canvas.box(scene.face, WRONG)
    if end[0] == middle[0]:
        canvas.line([(0, end[1]), (scene.width, end[1])], WRONG, width=8)
    else:
        canvas.line([(end[0], 0), (end[0], scene.height)], WRONG, width=8)
    canvas.arrow(start, end, WRONG)
    return canvas.drawn()


def margins(case: Case) -> Image:
    """The face in the picture with lines through the middle of both."""
    scene = case.scenes[0]
    canvas = Canvas(scene.rgb)
    if not scene.face:
        return no_face(case)
    x, top, width, height = scene.face
    centre = scene.width / 2
    canvas.dashed((centre, 0), (centre, scene.height), ALLOWED)
    canvas.box(scene.face, MEASURED)
    at = (x + width / 2, top + height / 2)
    canvas.arrow((centre, at[1]), at, WRONG)
    if _value(case):
        canvas.label(_value(case), (at[0], top + height + 8 / canvas.scale), WRONG, anchor="top", size=20)
    return canvas.drawn()


def shoulders(case: Case) -> Image:
    """The face and what a head-and-shoulders picture would hold around it."""
    scene = case.scenes[0]
    canvas = Canvas(scene.rgb)
    if not scene.face:
        return no_face(case)
    x, top, width, height = scene.face
    canvas.box(scene.face, MEASURED)
    around = (x - width, top - 0.5 * height, 3 * width, 2.9 * height)
    canvas.box(around, ALLOWED, dashed=True)
    canvas.label("head and shoulders", (x + width / 2, top + height), QUIET, anchor="top")
    return canvas.drawn()


def _middle(box: Box) -> tuple[float, float]:
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def _grown(face: Box, width: float) -> Box:
    x, top, old, height = face
    scale = width / max(old, 1e-6)
    return x + (old - width) / 2, top + height * (1 - scale) / 2, width, height * scale


def _above(canvas: Canvas, face: Box, ghost: Box, text: str) -> None:
    """Words above both frames."""
    canvas.label(text, (face[0] + face[2] / 2, min(face[1], ghost[1]) - 6 / canvas.scale), WRONG, anchor="bottom")


def _value(case: Case) -> str:
    return "" if case.value is None else quantity(case.value, case.finding.rule.unit)


def _limit(case: Case) -> str:
    limit = limit_of(case.finding)
    return "" if limit is None else f"limit {quantity(limit, case.finding.rule.unit)}"
