"""Files that a request names: a URL, or an upload."""

from __future__ import annotations

from collections.abc import Callable

from countenance.service.fetch.given import check_media, check_postable
from countenance.service.tasks.sources import MediaRef
from countenance.settings import Settings


def ref(url: str | None, upload_id: str | None = None) -> MediaRef | None:
    """The file; None where neither is named (Tavus's clients send empty texts for nothing)."""
    if not url and not upload_id:
        return None
    return MediaRef(url=url or None, upload_id=upload_id or None)


def checked(settings: Settings, callback_url: str | None, **urls: str | None) -> Callable[[], None]:
    """Look at the URLs of a request, by their fields.

    What is returned raises CountenanceError service.url_refused.
    """

    def check() -> None:
        check_media(settings, urls)
        check_postable(settings, {"callback_url": callback_url})

    return check
