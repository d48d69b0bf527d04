"""Who the synthetic people are: the parameters from which their looks follow."""

from __future__ import annotations

from dataclasses import dataclass, field

Colour = tuple[float, float, float]
"""Linear-light RGB in [0, 1]."""


@dataclass(frozen=True, slots=True)
class HairStyle:
    """How the hair grows: lengths in decimetres.

    No strand is longer than `length` or hangs below the height `cut_y`; `short_sides` shortens sides and back (0 to 1).
    `part_x` is where the parting lies, `clump` how strongly strands join into locks (0 to 1), `curl` the amplitude of
    waves, `volume` the thickness of the hair on the head.
    """

    strands: int
    length: float
    short_sides: float
    part_x: float
    cut_y: float = -3.0
    clump: float = 0.6
    curl: float = 0.02
    volume: float = 0.10


@dataclass(frozen=True, slots=True)
class Person:
    """A synthetic person. `shapes` are weights of the head's shapes (see `Head.shaped`); colours are linear light."""

    name: str
    shapes: dict[str, float]
    skin: Colour
    lips: Colour
    iris: Colour
    hair: Colour
    brows: Colour
    clothes: Colour
    style: HairStyle
    lashes: float = 1.0
    freckles: float = 0.55
    blush: float = 1.0
    beard: float = 0.0
    """0 none, 0.5 a shaved one's shadow, 1 a short dark one."""
    brow_weight: float = 1.0
    brow_lift: float = 0.0
    """Height of the brows above their usual place, in decimetres."""
    asymmetry: dict[str, float] = field(default_factory=dict)
    """Shapes that apply to one side only, by their full name (`l-eye-scale-incr`)."""
    seed: int = 1


PRESENTER = Person(
    name="presenter",
    shapes={
        "caucasian-female-young": 0.85,
        "asian-female-young": 0.08,
        "eye-scale-incr": 0.7,
        "mouth-angles-up": 0.35,
        "eye-corner2-up": 0.25,
        "eye-bag-decr": 0.5,
        "mouth-scale-horiz-incr": 0.25,
        "mouth-upperlip-height-incr": 0.2,
        "mouth-upperlip-volume-incr": 0.35,
        "mouth-lowerlip-volume-incr": 0.1,
        "cheek-bones-incr": 0.3,
        "cheek-inner-incr": 0.1,
        "head-oval": 0.5,
        "head-scale-horiz-decr": 0.35,
        "cheek-volume-decr": 0.25,
        "chin-width-decr": 0.25,
        "nose-width2-decr": 0.2,
        "nose-point-up": 0.25,
        "nose-scale-depth-decr": 0.1,
        "neck-scale-horiz-decr": 0.3,
        "ear-wing-decr": 0.6,
        "forehead-scale-vert-decr": 0.15,
    },
    asymmetry={"l-eye-corner2-up": 0.12, "r-cheek-volume-incr": 0.10, "l-eye-height2-incr": -0.08},
    skin=(0.53, 0.315, 0.225),
    lips=(0.42, 0.135, 0.12),
    iris=(0.060, 0.080, 0.060),
    hair=(0.050, 0.026, 0.015),
    brows=(0.085, 0.05, 0.032),
    clothes=(0.035, 0.105, 0.125),
    style=HairStyle(strands=10500, length=3.6, short_sides=0.0, part_x=0.26, cut_y=-1.28),
)

OTHER = Person(
    name="other",
    shapes={
        "asian-male-old": 0.9,
        "african-male-old": 0.4,
        "head-round": 1.0,
        "head-fat-incr": 1.0,
        "nose-width3-incr": 1.0,
        "nose-scale-vert-decr": 0.6,
        "eye-trans-out": 1.0,
        "eye-scale-decr": 0.8,
        "eyebrows-trans-up": 0.8,
        "mouth-scale-horiz-decr": 0.9,
        "chin-height-decr": 0.6,
        "forehead-scale-vert-incr": 0.5,
        "ear-wing-decr": 0.4,
    },
    asymmetry={"l-eye-corner2-down": 0.2},
    skin=(0.36, 0.22, 0.14),
    lips=(0.30, 0.13, 0.11),
    iris=(0.06, 0.035, 0.02),
    hair=(0.30, 0.29, 0.28),
    brows=(0.20, 0.19, 0.18),
    clothes=(0.11, 0.11, 0.12),
    style=HairStyle(strands=7000, length=0.45, short_sides=0.8, part_x=-0.2, clump=0.35, volume=0.05),
    lashes=0.5,
    freckles=0.0,
    blush=0.5,
    brow_weight=2.0,
    brow_lift=0.03,
    seed=2,
)
"""An old man: what the presenter is not, for the tests that need another face."""
