"""URLs of stored objects: signed, good for a while, and as good for whoever has them."""

from __future__ import annotations

import mimetypes
from pathlib import PurePosixPath

from countenance.api.call import Call
from countenance.api.shown.progress import Link
from countenance.service.objects.links import sign_link

VALID_S = 24 * 3600.0
"""A day, so that whoever is told of a video by a webhook can still fetch it."""


def link_of(call: Call) -> Link:
    """From an object's key to its URL."""
    settings, base_url = call.service.settings, call.base_url

    def link(key: str | None) -> str | None:
        if not key:
            return None
        name = PurePosixPath(key).name
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return f"{base_url}/v2/media/{sign_link(settings, key, name, kind, VALID_S)}"

    return link
