"""A webhook: what happened, as Tavus posts it, signed as Standard Webhooks has it."""

from __future__ import annotations

import json
from typing import Any

from countenance import __version__
from countenance.service.address import address
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import OutboxEvent, Video
from countenance.service.fetch.posting import Answer, post
from countenance.service.notify.signing import signed_headers, workspace_secret
from countenance.service.objects.links import sign_link

_TIMEOUT_S = 15.0
_LINK_S = 7 * 24 * 3600
_LINKS = ("download_url", "stream_url")


def post_webhook(service: Service, event: OutboxEvent, url: str, secret: str | None) -> Answer:
    """Post an event to a receiver; `secret` is its own, or else the workspace's is used.

    Raises:
        CountenanceError: service.url_refused, service.url_unreachable, service.url_timeout.
    """
    body = json.dumps(payload_of(service, event), ensure_ascii=False, separators=(",", ":")).encode()
    key = secret or workspace_secret(event.workspace_id, service.settings)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"countenance/{__version__}",
        **signed_headers(key, event.id, now(), body),
    }
    return post(service.settings, url, body, headers, timeout_s=_TIMEOUT_S)


def payload_of(service: Service, event: OutboxEvent) -> dict[str, Any]:
    """What is posted: what the event holds, and for a video its page, and links to its file that are good for a week,
    or null where there is none."""
    told = {**event.payload, "event_type": event.type, "event_id": event.id}
    if event.subject_kind != "video":
        return told
    with service.database.reading() as session:
        video = session.get(Video, event.subject_id)
    link = None
    if video is not None and video.video_key is not None and video.deleted_at is None:
        link = _link(service, video.video_key)
    page = address(service.settings, f"videos/{event.subject_id}")
    return {**told, **dict.fromkeys(_LINKS, link), "hosted_url": page}


def _link(service: Service, key: str) -> str:
    settings = service.settings
    kind = "video/webm" if key.endswith(".webm") else "video/mp4"
    token = sign_link(settings, key, key.rpartition("/")[2], kind, _LINK_S)
    return address(settings, f"v2/media/{token}")
