"""What can be wrong with the visible mark."""

from __future__ import annotations

from countenance.errors import Rule

MARK_UNUSABLE = Rule(
    id="engine.mark_unusable",
    title="The visible mark cannot be drawn.",
    remedy="Put a short text in plain letters into COUNTENANCE_VISIBLE_MARK, such as AI-generated, or the path of a "
    "PNG file with transparency.",
)

RULES: tuple[Rule, ...] = (MARK_UNUSABLE,)
"""The engine's, so far as they are about marks."""
