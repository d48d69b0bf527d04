"""Which points of the face mesh mean what to a picture that is to speak (numbering of MediaPipe's canonical face)."""

from __future__ import annotations

from dataclasses import dataclass

POINTS = 468
EYE_CORNERS = (33, 263)
"""Outer eye corners; their distance is the unit of every length here."""

LIPS_INNER_UPPER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
LIPS_INNER_LOWER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
"""The edges of the opening, from the corner at the picture's left to the other; pair by pair they face each other."""
LIPS_OUTER_UPPER = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
LIPS_OUTER_LOWER = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
LIPS_OUTER = (*LIPS_OUTER_UPPER, *LIPS_OUTER_LOWER[1:-1])
UPPER_LIP = (
    *LIPS_OUTER_UPPER[1:-1],
    *(184, 74, 73, 72, 11, 302, 303, 304, 408),
    *(183, 42, 41, 38, 12, 268, 271, 272, 407),
    *LIPS_INNER_UPPER[1:-1],
)
LOWER_LIP = (
    *LIPS_OUTER_LOWER[1:-1],
    *(77, 90, 180, 85, 16, 315, 404, 320, 307),
    *(96, 89, 179, 86, 15, 316, 403, 319, 325),
    *LIPS_INNER_LOWER[1:-1],
)
"""All points of each lip but the corners, row by row from the skin to the opening."""
CHIN, NOSE_BASE, NOSE_TIP = 152, 2, 1
OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
"""The outline of the face, from the hairline clockwise as the picture shows it."""


@dataclass(frozen=True, slots=True)
class Lids:
    """The margins of one eye's lids from corner to corner, and the lower edge of its brow; left to right as seen."""

    upper: tuple[int, ...]
    lower: tuple[int, ...]
    brow: tuple[int, ...]


RIGHT_LIDS = Lids((33, 246, 161, 160, 159, 158, 157, 173, 133), (33, 7, 163, 144, 145, 153, 154, 155, 133),
                  (46, 53, 52, 65, 55))  # fmt: skip
LEFT_LIDS = Lids((362, 398, 384, 385, 386, 387, 388, 466, 263), (362, 382, 381, 380, 374, 373, 390, 249, 263),
                 (285, 295, 282, 283, 276))  # fmt: skip
"""Right and left are the person's own: the right eye is at the picture's left."""
