"""The table of rules for footage: what is asked of it, why it matters to a person, and what to do.

Limits marked (Tavus) are those that Tavus publishes for its replicas; the others were chosen so that recordings
which train well pass, and are explained where they are.
"""

from __future__ import annotations

from countenance.errors import Rule
from countenance.footage import face_rules, file_rules, lip_rules, picture_rules, sound_rules

RULES: tuple[Rule, ...] = (
    *file_rules.RULES,
    *face_rules.RULES,
    *picture_rules.RULES,
    *sound_rules.RULES,
    *lip_rules.RULES,
)
