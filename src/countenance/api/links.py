"""URLs of stored objects, which are good for a while."""

from __future__ import annotations

from countenance.api.call import Call
from countenance.api.shown.progress import Link


def link_of(call: Call) -> Link:
    """From an object's key to its URL."""

    def link(key: str | None) -> str | None:
        return f"{call.base_url}/{key}" if key else None

    return link
