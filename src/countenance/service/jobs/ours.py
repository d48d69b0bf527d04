"""Errors that are not the user's, and may be gone when the same is tried again."""

from __future__ import annotations

from countenance.errors import CountenanceError, Rule
from countenance.service.errors import CRASHED, INTERNAL
from countenance.service.jobs.errors import CANNOT_STORE
from countenance.service.jobs.runner import Crashed
from countenance.service.objects.errors import STORE_UNREACHABLE
from countenance.work.storage import is_refused


def told_as(error: Exception) -> Rule | None:
    """What the user is told if it stays so; None for what is the user's to mend, and will not get better here."""
    if isinstance(error, Crashed):
        return CANNOT_STORE if error.for_storage else CRASHED
    if is_refused(error):
        return CANNOT_STORE
    if not isinstance(error, CountenanceError):
        return INTERNAL
    return STORE_UNREACHABLE if error.finding.rule is STORE_UNREACHABLE else None
