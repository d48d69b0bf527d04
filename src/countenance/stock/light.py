"""The lamps of the studio."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from countenance.stock.mesh import Array
from countenance.stock.person import Colour


@dataclass(frozen=True, slots=True)
class Lamp:
    """A wide light far away: `direction` towards it, half angle of its disc in degrees, radiant colour."""

    direction: tuple[float, float, float]
    spread_deg: float
    colour: Colour

    @property
    def unit(self) -> Array:
        """The direction with length 1."""
        return np.asarray(np.asarray(self.direction) / np.linalg.norm(self.direction))


KEY = Lamp((-0.58, 0.50, 0.66), 14, (2.25, 2.08, 1.85))
FILL = Lamp((0.80, 0.12, 0.62), 22, (0.42, 0.46, 0.52))
RIM = Lamp((0.62, 0.45, -0.62), 10, (1.9, 1.75, 1.55))
WINDOW = Lamp((-0.75, 0.30, -0.55), 12, (0.75, 0.85, 1.05))
LAMPS = (KEY, FILL, RIM, WINDOW)
SKY: Colour = (0.34, 0.35, 0.38)
GROUND: Colour = (0.18, 0.15, 0.125)
