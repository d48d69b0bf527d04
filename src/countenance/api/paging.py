"""Which part of a list is asked for: `page=0` and `page=1` are both the first, since Tavus's clients send either."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

MOST = 1000
MOST_LARGE = 100
"""Of entries that each hold what somebody wrote or said, at whatever length."""
_FARTHEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Paging:
    """A part of a list."""

    limit: int
    page: int
    """from 1"""

    @property
    def offset(self) -> int:
        """How many come before it."""
        return (min(self.page, _FARTHEST) - 1) * self.limit


def _paging(
    limit: Annotated[int, Query(description=f"Entries of a page, 1 to {MOST}.")] = 10,
    page: Annotated[int, Query(description="0 and 1 are both the first.")] = 1,
) -> Paging:
    return Paging(min(max(limit, 1), MOST), min(max(page, 1), _FARTHEST))


def _paging_large(
    limit: Annotated[int, Query(description=f"Entries of a page, 1 to {MOST_LARGE}.")] = 10,
    page: Annotated[int, Query(description="0 and 1 are both the first.")] = 1,
) -> Paging:
    return Paging(min(max(limit, 1), MOST_LARGE), min(max(page, 1), _FARTHEST))


Part = Annotated[Paging, Depends(_paging)]
LargePart = Annotated[Paging, Depends(_paging_large)]
