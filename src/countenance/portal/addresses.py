"""Addresses of pages, with what they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode


def listing(path: str, wishes: Mapping[str, str], page: int = 1) -> str:
    """A list with these wishes, of which empty ones are left out, and its part if that is not the first."""
    query = urlencode({name: value for name, value in wishes.items() if value} | ({"page": page} if page > 1 else {}))
    return f"{path}?{query}" if query else path


def parts(path: str, wishes: Mapping[str, str]) -> str:
    """What the number of a part is put behind, as `page=2`."""
    address = listing(path, wishes)
    return f"{address}&" if "?" in address else f"{address}?"


def telling(path: str, said: str) -> str:
    """A page that says first what was done."""
    return f"{path}{'&' if '?' in path else '?'}said={said}"
