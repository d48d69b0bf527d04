"""Uploads end by themselves: those that nobody completes, those from which nothing is made, and what came by a link
that is closed and is not its recording."""

from __future__ import annotations

import time
from datetime import timedelta

import structlog
from sqlalchemy import exists, or_, select

from countenance.errors import CountenanceError
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import ConsentRequest, Upload
from countenance.service.uploads import begin, folder
from countenance.service.uploads.drop import forget, mark_deleted, unused

_UNUSED = timedelta(days=7)
_LEFT_OVER_S = 3600.0
"""A folder of an upload that is not open, and so old, was left by a request that died."""
_AT_ONCE = 500

_log = structlog.get_logger(__name__)


def sweep(service: Service) -> int:
    """Delete uploads whose time is over; how many. Opens transactions of its own."""
    deleted = 0
    for upload in _over(service):
        with service.database.transaction() as session:
            if not mark_deleted(session, upload):
                continue
        try:
            forget(service, upload)
        except CountenanceError as error:  # the store's own rules for what is left over come after ours
            _log.warning("upload not forgotten", upload_id=upload.id, rule=error.finding.rule.id)
        deleted += 1
    _clear_left_over(service)
    return deleted


def _over(service: Service) -> list[Upload]:
    at = now()
    lapsed = (Upload.state == begin.OPEN) & (Upload.expires_at <= at)
    link = select(ConsentRequest.id).where(
        ConsentRequest.id == Upload.consent_request_id,
        or_(ConsentRequest.state != "open", ConsentRequest.expires_at <= at),
    )
    closed = Upload.state.in_((begin.OPEN, begin.COMPLETE)) & exists(link) & unused()
    idle = (Upload.state == begin.COMPLETE) & (Upload.completed_at <= at - _UNUSED) & unused()
    with service.database.reading() as session:
        return list(session.scalars(select(Upload).where(or_(lapsed, idle, closed)).limit(_AT_ONCE)))


def _clear_left_over(service: Service) -> None:
    for path in folder.folders(service.settings):
        if time.time() - path.stat().st_mtime < _LEFT_OVER_S:
            continue
        with service.database.reading() as session:
            upload = session.get(Upload, path.name)
        if upload is None or upload.state != begin.OPEN:
            folder.drop(service.settings, path.name)
