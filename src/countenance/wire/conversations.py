"""Live conversations, which are not part of this product: shapes that let Tavus's clients say so plainly."""

from __future__ import annotations

from typing import Any

from countenance.wire.message import Page


class NothingHere(Page[dict[str, Any]]):
    """An empty list."""
