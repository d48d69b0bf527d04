"""Mouths that follow speech less well and are learned in a quarter of the time: for tests about something else."""

from __future__ import annotations

import pytest

from countenance.engine import motion

COMPONENTS = 24

PROGRAM = f"""
from countenance.engine import motion
motion.FEATURE_COMPONENTS, motion._SPEEDS = {COMPONENTS}, ()
"""
"""What a process of its own does first for it."""


def learn_roughly(patch: pytest.MonkeyPatch) -> None:
    """Fewer features of speech, and each recording is heard at its own speed only."""
    patch.setattr(motion, "FEATURE_COMPONENTS", COMPONENTS)
    patch.setattr(motion, "_SPEEDS", ())
