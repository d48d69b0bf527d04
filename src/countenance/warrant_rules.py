"""What can stand between a clearance and the training that it allows."""

from __future__ import annotations

from countenance.errors import Rule

WARRANT_DAMAGED = Rule(
    id="clearance.warrant_damaged",
    title="What the check left for the training is missing or damaged.",
    remedy="Check the material again; the training may then begin.",
)
OTHER_FILE = Rule(
    id="clearance.other_file",
    title="This is not the file that was checked.",
    remedy="Train from the very file that was checked, or check this one.",
    how="SHA-256 of the file against the one that was taken when it was checked",
)
NOT_REVIEWED = Rule(
    id="clearance.not_reviewed",
    title="A human has to look first, and nobody has.",
    remedy="Compare the recordings as the findings of the check say, and confirm.",
)

RULES = (WARRANT_DAMAGED, OTHER_FILE, NOT_REVIEWED)
"""The part of the error catalogue that is owned here."""
