"""Files that a request names: a URL, or an upload."""

from __future__ import annotations

from countenance.service.tasks.sources import MediaRef


def ref(url: str | None, upload_id: str | None = None) -> MediaRef | None:
    """The file; None where neither is named (Tavus's clients send empty texts for nothing)."""
    if not url and not upload_id:
        return None
    return MediaRef(url=url or None, upload_id=upload_id or None)
