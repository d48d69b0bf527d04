"""Videos."""

from __future__ import annotations

from countenance.client import call
from countenance.client.call import Call, path
from countenance.wire.message import Page
from countenance.wire.videos import CreatedVideo, CreateVideo, RenameVideo, VideoBody

_PLACE = ("v2", "videos")


def create(wanted: CreateVideo, idempotency_key: str | None = None) -> Call[CreatedVideo]:
    """Let a replica speak."""
    return call.create(CreatedVideo, path(*_PLACE), wanted, idempotency_key)


def listed(
    limit: int = 10, page: int = 1, *, replica_id: str | None = None, status: str | None = None
) -> Call[Page[VideoBody]]:
    """The workspace's videos, newest first."""
    return call.get(Page[VideoBody], path(*_PLACE, limit=limit, page=page, replica_id=replica_id, status=status))


def get(video_id: str) -> Call[VideoBody]:
    """One video, and how far it is."""
    return call.get(VideoBody, path(*_PLACE, video_id))


def rename(video_id: str, name: str) -> Call[None]:
    """Give it another name."""
    return call.patch(path(*_PLACE, video_id, "name"), RenameVideo(video_name=name))


def delete(video_id: str, *, hard: bool = False) -> Call[None]:
    """Take it away at once; `hard` also erases its files, script and sound."""
    return call.delete(path(*_PLACE, video_id, hard=hard or None))
