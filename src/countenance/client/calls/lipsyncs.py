"""Lip-synced films."""

from __future__ import annotations

from countenance.client import call
from countenance.client.call import Call, path
from countenance.wire.message import Page
from countenance.wire.works import CreateLipsync, LipsyncBody

_PLACE = ("v2", "lipsync")


def create(wanted: CreateLipsync, idempotency_key: str | None = None) -> Call[LipsyncBody]:
    """Move the lips in a film to another sound."""
    return call.create(LipsyncBody, path(*_PLACE), wanted, idempotency_key)


def listed(limit: int = 10, page: int = 1) -> Call[Page[LipsyncBody]]:
    """The workspace's lip-synced films, newest first."""
    return call.get(Page[LipsyncBody], path(*_PLACE, limit=limit, page=page))


def get(lipsync_id: str) -> Call[LipsyncBody]:
    """One film, and how far it is."""
    return call.get(LipsyncBody, path(*_PLACE, lipsync_id))


def delete(lipsync_id: str, *, hard: bool = False) -> Call[None]:
    """Take it away at once; `hard` also erases its files."""
    return call.delete(path(*_PLACE, lipsync_id, hard=hard or None))
