"""Draw the pictures beside the guidelines, and those of pages that tell of a problem.

In `src/countenance/portal/static`: `guide-<subject>-<good|bad>.svg`, and `state-<what>.svg`.

`python scripts/draw_guidelines.py` writes them, `--check` only says whether they are up to date (exit code 1 if not).
Each is 320 by 180; those of the guidelines show what a camera sees (or camera and person from the side), and bear a
tick or a cross. The ground is part of the drawing, so that it looks the same on light and dark cards. No styles, no
scripts: the portal's policy for content forbids both.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "src" / "countenance" / "portal" / "static"

WALL, SHADE, PALE, INK = "#cbd9dc", "#b4c7cb", "#e4edee", "#2f3a44"
GOOD, BAD, GLOW = "#23785c", "#b5473a", "#fff3d1"
_WHITE_LINE = 'fill="none" stroke="#fff" stroke-linecap="round" stroke-linejoin="round"'


@dataclass(frozen=True, slots=True)
class Look:
    """Whom to draw: colours of skin, of its shadow, of hair and clothes, and one of the kinds of hair below."""

    skin: str
    shadow: str
    hair: str
    clothes: str
    style: str


ANA = Look("#d9a17c", "#bf855f", "#4a352f", "#2f7480", "long")
BEN = Look("#a86f4c", "#8c5738", "#26262e", "#d09a4a", "short")
CLEO = Look("#7d4f38", "#653d2a", "#1f1d24", "#7a6aa0", "curls")
DIM = Look("#54484a", "#453b3e", "#2b2a31", "#31444d", "long")
PASSER = Look("#9aabb0", "#8a9ca2", "#7d9097", "#88a0a6", "short")

_BEHIND = {
    "long": "M-35 42C-42-10-35-43 0-43S42-10 35 42C28 48 18 46 18 46H-18S-28 48-35 42Z",
    "short": "",
    "curls": "M-34 10C-46 0-46-20-36-28C-32-46-12-52 0-48C14-52 34-44 37-27C46-18 46 2 34 10Z",
}
_BEFORE = {
    "long": "M-30 2C-32-30-16-44 0-44S32-30 30 2C22-4 9-16 5-30C-2-18-16-6-30 2Z",
    "short": "M-28-1C-33-34-14-43 2-42C24-42 33-26 28-1C27-11 23-18 17-21C5-15-13-16-21-20C-26-13-27-8-28-1Z",
    "curls": "M-30 0C-36-20-22-46 0-46S36-20 30 0C27-14 20-21 10-21C4-25-4-25-10-21C-20-21-27-14-30 0Z",
}
_ASIDE = {
    "long": "M24-14C18-22 10-18 6-10C4-2 0 2 2 12C4 26 0 40-4 46C-16 52-30 48-36 42C-38 20-40-4-34-20C-28-38-10-46 6-44"
    "C22-42 28-28 24-14Z",
    "short": "M24-14C18-22 8-20 2-14C0-6-8-8-8 2C-12 8-12 18-16 24C-32 18-36-2-32-18C-28-38-10-46 6-44"
    "C22-42 28-28 24-14Z",
}
_MOUTHS = {
    "closed": '<path d="M-8 17q8 4 16 0" fill="none" stroke="{lip}" stroke-width="2.4" stroke-linecap="round"/>',
    "open": '<ellipse cy="18" rx="7.5" ry="5.5" fill="#5d2a2c"/><path d="M-5.5 15.6h11" stroke="#fff" '
    'stroke-width="2.4"/>',
    "none": "",
}


def person(
    look: Look,
    x: float = 160,
    y: float = 76,
    scale: float = 1,
    mouth: str = "closed",
    gaze: tuple[float, float] = (0, 0),
    features: bool = True,
) -> str:
    """Head and shoulders from the front; `x`, `y` is the middle of the face, `gaze` shifts the pupils."""
    body = (
        f'<path d="M-78 190V112C-78 74-54 65-32 59L-12 50H12L32 59C54 65 78 74 78 112V190Z" fill="{look.clothes}"/>'
        f'<path d="M-12 20V50C-12 66 12 66 12 50V20Z" fill="{look.shadow}"/>'
    )
    behind = _BEHIND[look.style] and f'<path d="{_BEHIND[look.style]}" fill="{look.hair}"/>'
    head = (
        f'<circle cx="-27" cy="3" r="5.5" fill="{look.shadow}"/><circle cx="27" cy="3" r="5.5" fill="{look.shadow}"/>'
        f'<path d="M-27-6C-27-50 27-50 27-6C27 16 16 34 0 34S-27 16-27-6Z" fill="{look.skin}"/>'
        f'<path d="{_BEFORE[look.style]}" fill="{look.hair}"/>'
    )
    face = _face(look, mouth, gaze) if features else ""
    return f'<g transform="translate({x:g} {y:g}) scale({scale:g})">{behind}{body}{head}{face}</g>'


def _face(look: Look, mouth: str, gaze: tuple[float, float]) -> str:
    brow = f'fill="none" stroke="{look.hair}" stroke-width="2.2" stroke-linecap="round"'
    eyes = "".join(
        f'<ellipse cx="{side}" cy="-1" rx="5" ry="3" fill="#fff"/>'
        f'<circle cx="{side + gaze[0]:g}" cy="{-1.2 + gaze[1]:g}" r="2.7" fill="{INK}"/>'
        for side in (-11, 11)
    )
    lines = f'<path d="M-17-10q6-4 11-1M6-11q6-3 11 1M-16.5-2q5.5-4.5 11 0M5.5-2q5.5-4.5 11 0" {brow}/>'
    nose = f'<path d="M0 1q-4 8 1.5 9" fill="none" stroke="{look.shadow}" stroke-width="2" stroke-linecap="round"/>'
    return eyes + lines + nose + _MOUTHS[mouth].format(lip="#8a4a45" if look is not CLEO else "#4d2420")


def profile(look: Look, x: float, y: float, scale: float = 1, mirrored: bool = False, tilt: float = 0) -> str:
    """Head and shoulders from the side, looking to the right or, mirrored, to the left; `tilt` raises the chin."""
    body = (
        f'<path d="M-58 190V108C-58 72-40 62-18 52H14C34 60 44 76 44 108V190Z" fill="{look.clothes}"/>'
        f'<path d="M-20 14C-16 30-18 44-24 56C-12 66 12 64 16 54C12 46 10 34 11 20Z" fill="{look.shadow}"/>'
    )
    head = (
        f'<path d="M4-35C18-34 25-22 25-9L32 5C32 8 29 8 26 8.5L27.5 13L25.5 16L27 19.5L24 22C26 30 20 34 12 34'
        f'C4 34-2 31-8 27C-24 24-29 8-28-6C-26-24-12-36 4-35Z" fill="{look.skin}"/>'
        f'<circle cx="-4" cy="5" r="5.5" fill="{look.shadow}"/>'
        f'<path d="{_ASIDE[look.style]}" fill="{look.hair}"/>'
        f'<circle cx="16" cy="-3" r="2.6" fill="{INK}"/><path d="M13-11q5-3 9 0" fill="none" stroke="{look.hair}" '
        f'stroke-width="2.2" stroke-linecap="round"/>'
    )
    flip = " scale(-1 1)" if mirrored else ""
    turn = f'<g transform="rotate({-tilt:g})">{head}</g>' if tilt else head
    return f'<g transform="translate({x:g} {y:g}) scale({scale:g}){flip}">{body}{turn}</g>'


def room(wall: str = WALL, plant: bool = True) -> str:
    """A wall, and in front of it at most a plant."""
    green = (
        '<path d="M44 150C30 128 28 108 36 96C44 112 46 130 44 150ZM44 150C46 128 56 112 70 106C70 124 60 140 44 150Z'
        'M44 150C36 138 24 130 12 130C16 142 28 150 44 150Z" fill="#8fb0a2"/>'
        '<path d="M30 148H58L54 180H34Z" fill="#b99a86"/>'
    )
    return f'<path d="M0 0H320V180H0Z" fill="{wall}"/>' + (green if plant else "")


def finder() -> str:
    """The four corners that a camera shows."""
    return f'<path d="M14 34V14H34M286 14H306V34M306 146V166M14 146V166H34" {_WHITE_LINE} stroke-width="3"/>'


def camera(x: float, y: float, turn: float = 0) -> str:
    """A camera from the side, looking to the left; `turn` degrees point it upwards."""
    return (
        f'<g transform="translate({x:g} {y:g}) rotate({turn:g})" fill="{INK}"><rect x="-10" y="-13" width="38" '
        f'height="26" rx="5"/><path d="M-10-7L-22-10V10L-10 7Z"/><circle cx="18" cy="-5" r="2.5" fill="{BAD}"/></g>'
    )


def bars(heights: tuple[int, ...], colour: str) -> str:
    """A strip of sound: one stroke for each height in pixels, along the lower edge."""
    step = 220 / len(heights)
    strokes = "".join(f"M{40 + step * (i + 0.5):.0f} {158 - h / 2:g}v{h}" for i, h in enumerate(heights))
    return (
        f'<rect x="30" y="140" width="236" height="36" rx="10" fill="{PALE}"/>'
        f'<path d="{strokes}" stroke="{colour}" stroke-width="4" stroke-linecap="round"/>'
    )


def marker(good: bool) -> str:
    """A tick or a cross, in the lower right corner."""
    sign = "M-6 .5L-1.5 5L6.5-4.5" if good else "M-5-5L5 5M5-5L-5 5"
    return (
        f'<g transform="translate(294 154)"><circle r="17" fill="#fff"/><circle r="14" fill="{GOOD if good else BAD}"/>'
        f'<path d="{sign}" {_WHITE_LINE} stroke-width="3.2"/></g>'
    )


def drawing(content: str, good: bool | None, framed: bool = True) -> str:
    """A whole file; with None it is neither good nor bad."""
    sign = "" if good is None else marker(good)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 180" width="320" height="180">'
        '<clipPath id="c"><rect width="320" height="180" rx="14"/></clipPath>'
        f'<g clip-path="url(#c)">{content}{finder() if framed else ""}</g>{sign}</svg>\n'
    )


def light() -> tuple[str, str]:
    lamp = (
        f'<path d="M50 20L160 36V190H120L30 106Z" fill="{GLOW}" opacity=".5"/>'
        f'<path d="M36 66L16 180" stroke="{INK}" stroke-width="5"/>'
        f'<path d="M44 16L22 104L8 94L26 20Z" fill="{INK}"/><path d="M44 16L52 18L30 108L22 104Z" fill="{GLOW}"/>'
    )
    window = (
        f'<path d="M0 0H320V180H0Z" fill="#6f838a"/><rect x="84" y="8" width="152" height="134" rx="4" fill="{GLOW}"/>'
        '<path d="M160 8V142M84 74H236" stroke="#6f838a" stroke-width="6"/>'
    )
    return drawing(room(plant=False) + lamp + person(ANA), True), drawing(window + person(DIM, features=False), False)


def framing() -> tuple[str, str]:
    return drawing(room() + person(BEN), True), drawing(room() + person(BEN, 262, 22, 1.15), False)


def distance() -> tuple[str, str]:
    floor = f'<path d="M0 136H320V180H0Z" fill="{SHADE}"/>'
    far = (
        '<clipPath id="f"><path d="M0 0H320V128H0Z"/></clipPath><g clip-path="url(#f)">'
        + person(CLEO, 160, 80, 0.27)
        + "</g>"
    )
    legs = '<path d="M143 118H177L175 162H163L160 134L157 162H145Z" fill="#4a4f63"/>'
    return drawing(room() + person(CLEO), True), drawing(room(plant=False) + floor + legs + far, False)


def eye_level() -> tuple[str, str]:
    table = f'<path d="M176 180V168H320V180Z" fill="{SHADE}"/>'
    line = 'stroke="#fff" stroke-width="3" stroke-dasharray="2 8" stroke-linecap="round"'
    legs = "M262 86V180M262 120L238 180M262 120L286 180"
    stand = f'<path d="{legs}" stroke="{INK}" stroke-width="5" stroke-linecap="round"/>'
    good = room(plant=False) + profile(BEN, 92, 76) + f'<path d="M132 72H226" {line}/>' + stand + camera(254, 72)
    low = f'<path d="M130 66L208 128" {line}/>'
    bad = room(plant=False) + profile(BEN, 92, 76, tilt=8) + low + table + camera(234, 148, 38)
    return drawing(good, True, framed=False), drawing(bad, False, framed=False)


def uncovered() -> tuple[str, str]:
    hand = (
        f'<path d="M206 190C226 160 214 128 190 112L172 124C186 140 182 162 172 190Z" fill="#65578b"/>'
        f'<rect x="144" y="86" width="34" height="34" rx="5" fill="{PALE}"/><path d="M144 96H178" stroke="{SHADE}" '
        f'stroke-width="4"/><path d="M170 92C182 88 194 98 194 112C190 122 178 126 168 122Z" fill="{CLEO.skin}"/>'
        f'<path d="M168 100H184M168 108H186M168 116H184" stroke="{CLEO.shadow}" stroke-width="2"/>'
    )
    return drawing(room() + person(CLEO), True), drawing(room() + person(CLEO, mouth="none") + hand, False)


def background() -> tuple[str, str]:
    books = '<path d="M236 44H246V70H236ZM250 50H258V70H250ZM262 46H274V70H262Z" fill="#9fb5ba"/>'
    shelf = f'<path d="M226 70H300V76H226Z" fill="{SHADE}"/>{books}'
    people = person(PASSER, 50, 66, 0.62, features=False) + person(PASSER, 268, 62, 0.66, features=False)
    moves = f'<path d="M6 50H22M2 66H20M6 82H22M228 44H212M224 60H206" {_WHITE_LINE} stroke-width="3"/>'
    moves += f'<path d="M300 48H316M302 64H318" {_WHITE_LINE} stroke-width="3"/>'
    return (
        drawing(room() + shelf + person(ANA), True),
        drawing(room(plant=False) + people + moves + person(ANA), False),
    )


def sound() -> tuple[str, str]:
    calm = bars((3, 8, 18, 24, 14, 20, 8, 3, 3, 3, 3, 10, 22, 16, 24, 12, 3, 3, 3, 3), GOOD)
    loud = bars((18, 24, 14, 26, 20, 26, 16, 22, 26, 18, 24, 14, 26, 20, 26, 22, 16, 26, 20, 24), BAD)
    note = "M{0} {1}v-24l16-4v22"
    heads = "".join(f'<ellipse cx="{x}" cy="{y}" rx="6" ry="4.5" fill="{INK}"/>' for x, y in ((52, 64), (68, 58)))
    music = f'<path d="{note.format(58, 64)}" fill="none" stroke="{INK}" stroke-width="3.5"/>' + heads
    drill = (
        f'<path d="M238 52L252 40L250 58L268 50L262 66L284 66L268 78L282 92L262 88L260 104L250 90L238 98L242 82'
        f'L226 78L240 68Z" fill="{GLOW}" stroke="{BAD}" stroke-width="2.5" stroke-linejoin="round"/>'
    )
    return (
        drawing(room() + person(BEN, y=70, mouth="open") + calm, True),
        drawing(room(plant=False) + music + drill + person(BEN, y=70, mouth="open") + loud, False),
    )


def alone() -> tuple[str, str]:
    two = person(ANA, 214, 78, 0.94) + person(BEN, 112, 74)
    return drawing(room() + person(BEN), True), drawing(room(plant=False) + two, False)


def _halves(left: str, right: str) -> str:
    """Two moments, side by side."""
    return (
        '<clipPath id="l"><path d="M0 0H157V180H0Z"/></clipPath><clipPath id="r"><path d="M163 0H320V180H163Z"/>'
        f'</clipPath>{room(plant=False)}<g clip-path="url(#l)">{left}</g><g clip-path="url(#r)">{right}</g>'
        '<path d="M160 0V180" stroke="#fff" stroke-width="6"/>'
    )


def speaking() -> tuple[str, str]:
    waves = f'fill="none" stroke="{GOOD}" stroke-width="3.5" stroke-linecap="round"'
    said = f'<path d="M112 84q8 9 0 18M121 77q15 16 0 32" {waves}/>'
    good = person(ANA, 74, 76, 0.9, mouth="open") + said
    chewed = (
        '<circle cx="268" cy="104" r="17" fill="#a3b56b"/><path d="M268 88q2-8 8-9" fill="none" stroke="#6d5a48" '
        'stroke-width="3" stroke-linecap="round"/>'
        f'<path d="M250 190C262 160 258 140 262 118L280 112C290 130 292 160 284 190Z" fill="{ANA.clothes}"/>'
        f'<ellipse cx="272" cy="116" rx="14" ry="9" fill="{ANA.skin}"/>'
    )
    bad = (
        person(ANA, 242, 76, 0.9, mouth="open")
        + f'<ellipse cx="226" cy="92" rx="7" ry="8" fill="{ANA.skin}"/>'
        + chewed
    )
    return (
        drawing(_halves(good, person(ANA, 242, 76, 0.9)), True, framed=False),
        drawing(_halves(profile(ANA, 80, 76, 0.9, mirrored=True), bad), False, framed=False),
    )


def eyes() -> tuple[str, str]:
    lines = f'd="M24 114L62 106M27 126L66 118M30 138L58 132" stroke="{SHADE}" stroke-width="4" stroke-linecap="round"'
    sheet = f'<path d="M14 104L70 92L82 148L26 160Z" fill="#fff"/><path {lines}/>'
    return (
        drawing(room() + person(CLEO, y=84, scale=1.12), True),
        drawing(room(plant=False) + sheet + person(CLEO, 172, 84, 1.12, gaze=(-3, 1.4)), False),
    )


def picture() -> tuple[str, str]:
    def photograph(content: str) -> str:
        return (
            f'<path d="M0 0H320V180H0Z" fill="{SHADE}"/>'
            '<rect x="96" y="10" width="128" height="160" rx="6" fill="#fff"/>'
            f'<clipPath id="p"><path d="M103 17H217V163H103Z"/></clipPath><g clip-path="url(#p)">'
            f'<path d="M103 17H217V163H103Z" fill="{WALL}"/>{content}</g>'
        )

    blur = '<filter id="b"><feGaussianBlur stdDeviation="3.2"/></filter>'
    turned = f'<g filter="url(#b)">{profile(BEN, 158, 82, 0.86)}</g>'
    return (
        drawing(photograph(person(BEN, 160, 84, 0.86)), True, framed=False),
        drawing(blur + photograph(turned), False, framed=False),
    )


def statement() -> tuple[str, str]:
    text = (
        '<rect x="8" y="42" width="88" height="78" rx="8" fill="#fff"/>'
        f'<path d="M20 60H82M20 74H76M20 88H84M20 102H62" stroke="{SHADE}" stroke-width="5" stroke-linecap="round"/>'
    )
    phone = (
        f'<path d="M188 200C190 176 196 168 196 150L226 140C244 160 256 176 260 200Z" fill="{BEN.clothes}"/>'
        f'<path d="M196 156C190 130 198 92 212 96C222 98 228 128 227 146Z" fill="{BEN.skin}"/>'
        f'<rect x="112" y="20" width="96" height="140" rx="12" fill="{INK}"/><clipPath id="s"><rect x="119" y="28" '
        f'width="82" height="124" rx="5"/></clipPath><g clip-path="url(#s)">'
        f'<path d="M119 28H201V152H119Z" fill="{PALE}"/>'
        f'{person(ANA, 160, 80, 0.7)}<path d="M150 118L176 132L150 146Z" fill="#fff"/></g>'
        f'<path d="M186 116q14-10 17 4q1 10-9 12" fill="{BEN.skin}"/>'
    )
    return (
        drawing(room(plant=False) + text + person(ANA, 192, 76, mouth="open"), True),
        drawing(room(plant=False) + phone, False),
    )


def missing() -> str:
    """Nobody where a person should be."""
    outline = (
        "M82 190V166C82 140 106 131 128 125L150 116V104C138 97 133 84 133 70C133 26 187 26 187 70C187 84 182 97 170 104"
    )
    shape = f"{outline}V116L192 125C214 131 238 140 238 166V190"
    return drawing(room() + f'<path d="{shape}" {_WHITE_LINE} stroke-width="3" stroke-dasharray="3 9"/>', None)


def closed() -> str:
    """A door with a lock."""
    door = (
        f'<path d="M0 160H320V180H0Z" fill="{SHADE}"/><path d="M112 24H208V160H112Z" fill="{ANA.clothes}"/>'
        '<path d="M126 38H194V80H126ZM126 94H194V148H126Z" fill="none" stroke="#fff" stroke-width="2.5" opacity=".45"/>'
        f'<rect x="182" y="80" width="36" height="30" rx="6" fill="{BEN.clothes}"/><circle cx="200" cy="93" r="4.5" '
        f'fill="{INK}"/><path d="M200 94V102" stroke="{INK}" stroke-width="4"/><path d="M189 80V70'
        f'C189 54 211 54 211 70V80" fill="none" stroke="{INK}" stroke-width="6"/>'
    )
    return drawing(room() + door, None, framed=False)


def broken() -> str:
    """A camera that fell down with its stand."""
    stand = (
        f'<path d="M186 142H40M88 142L30 112M88 142L30 162" stroke="{INK}" stroke-width="5" stroke-linecap="round"/>'
    )
    sparks = f'<path d="M232 92L240 76M254 100L268 88M214 94L206 80" {_WHITE_LINE} stroke-width="3.5"/>'
    floor = f'<path d="M0 156H320V180H0Z" fill="{SHADE}"/>'
    return drawing(room(plant=False) + floor + stand + camera(222, 134, 200) + sparks, None, framed=False)


STATES = {"missing": missing, "closed": closed, "broken": broken}
SUBJECTS = {
    "light": light, "framing": framing, "distance": distance, "eye-level": eye_level, "uncovered": uncovered,
    "background": background, "sound": sound, "alone": alone, "speaking": speaking, "eyes": eyes,
    "picture": picture, "statement": statement,
}  # fmt: skip


def drawings() -> dict[str, str]:
    """Every file by its name."""
    states = {f"state-{name}.svg": draw() for name, draw in STATES.items()}
    return states | {
        f"guide-{subject}-{name}.svg": text
        for subject, draw in SUBJECTS.items()
        for name, text in zip(("good", "bad"), draw(), strict=True)
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a drawing is out of date")
    check = parser.parse_args().check
    for name, text in drawings().items():
        path = TARGET / name
        if check and not (path.is_file() and path.read_text(encoding="utf-8") == text):
            return 1
        if not check:
            path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
