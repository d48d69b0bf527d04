"""Videos."""

from __future__ import annotations

from countenance.client import call
from countenance.client.call import Call, path
from countenance.wire.message import Page
from countenance.wire.videos import CreatedVideo, CreateVideo, RenameVideo, ShareBody, ShareVideo, VideoBody

_PLACE = ("v2", "videos")


def create(wanted: CreateVideo, idempotency_key: str | None = None) -> Call[CreatedVideo]:
    """Let a replica speak."""
    return call.create(CreatedVideo, path(*_PLACE), wanted, idempotency_key)


def listed(
    limit: int = 10,
    page: int = 1,
    *,
    replica_id: str | None = None,
    status: str | None = None,
    search: str | None = None,
) -> Call[Page[VideoBody]]:
    """The workspace's videos, newest first; `search` is a part of the name, or the id."""
    asked = {"limit": limit, "page": page, "replica_id": replica_id, "status": status, "search": search}
    return call.get(Page[VideoBody], path(*_PLACE, **asked))


def get(video_id: str) -> Call[VideoBody]:
    """One video, and how far it is."""
    return call.get(VideoBody, path(*_PLACE, video_id))


def rename(video_id: str, name: str) -> Call[None]:
    """Give it another name."""
    return call.patch(path(*_PLACE, video_id, "name"), RenameVideo(video_name=name))


def delete(video_id: str, *, hard: bool = False) -> Call[None]:
    """Take it away at once; `hard` also erases its files, script and sound."""
    return call.delete(path(*_PLACE, video_id, hard=hard or None))


def share(video_id: str, wanted: ShareVideo | None = None, idempotency_key: str | None = None) -> Call[ShareBody]:
    """A link by which anybody sees the video, without a key, until it ends."""
    return call.create(ShareBody, path(*_PLACE, video_id, "shares"), wanted or ShareVideo(), idempotency_key)


def shares(video_id: str) -> Call[Page[ShareBody]]:
    """The video's links, newest first, also those that have ended."""
    return call.get(Page[ShareBody], path(*_PLACE, video_id, "shares"))


def unshare(video_id: str, share_id: str) -> Call[None]:
    """End a link at once."""
    return call.delete(path(*_PLACE, video_id, "shares", share_id))
