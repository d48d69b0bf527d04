"""Pictures that prove findings: the worst moment of each, with the measurement drawn on it."""

from countenance.footage.evidence.draw import draw_best, draw_evidence
from countenance.footage.evidence.portrait import draw_portrait

__all__ = ["draw_best", "draw_evidence", "draw_portrait"]
