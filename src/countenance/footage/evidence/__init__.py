"""Pictures that prove findings: the worst moment of each, with the measurement drawn on it."""

from countenance.footage.evidence.draw import draw_best, draw_evidence

__all__ = ["draw_best", "draw_evidence"]
