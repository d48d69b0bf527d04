"""Where people reach this server."""

from __future__ import annotations

from countenance.settings import Settings


def address(settings: Settings, path: str) -> str:
    """The URL of a page or of an object: `path` without a slash at its beginning."""
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    return f"{base.rstrip('/')}/{path}"
