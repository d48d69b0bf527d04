"""Fixtures that every room's tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real recordings. Users do not have it: skipped there, required where the variable says so."""
    if _DATA.is_dir():
        return _DATA
    message = f"real recordings are not at {_DATA}"
    if os.environ.get("COUNTENANCE_REQUIRE_REAL_DATA") == "1":
        pytest.fail(message)
    pytest.skip(message)
