"""What a machine still has of replicas and videos that were purged by another one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import structlog
from sqlalchemy import or_, select

from countenance.consent import register
from countenance.errors import CountenanceError
from countenance.service.context import Service
from countenance.service.db.tables import Job, Lipsync, Replica, Video
from countenance.service.purge.files import owners
from countenance.service.purge.purge import purge
from countenance.service.purge.traces import LIPSYNC, REPLICA, VIDEO
from countenance.settings import Settings

_ROOMS = ("cache", "work")
_AT_ONCE = 500
_log = structlog.get_logger(__name__)


def delete_leftovers(service: Service) -> int:
    """Delete what the data folder of this machine has of what is purged: copies, and what its register holds under
    consents, stored faces included; of how many. For every worker, hourly.
    """
    here = {*_noted(service.settings)}.union(*(owners(service.settings.data_dir / room) for room in _ROOMS))
    ids = sorted(here)
    gone = {each for start in range(0, len(ids), _AT_ONCE) for each in _purged(service, ids[start : start + _AT_ONCE])}
    return sum(again(service, kind, subject_id) for kind, subject_id in sorted(gone))


def _noted(settings: Settings) -> Iterator[str]:
    """The names on the ways to what the register holds: ids are among them."""
    data_dir = settings.data_dir.resolve()
    for receipt_id in register.held_ids(settings):
        with suppress(CountenanceError):
            for row in register.holdings(receipt_id, settings):
                path = Path(row.path)
                yield from path.relative_to(data_dir).parts if path.is_relative_to(data_dir) else ()


def _purged(service: Service, ids: Sequence[str]) -> set[tuple[str, str]]:
    """What is purged and goes by one of these ids, its own or that of its job."""
    found: set[tuple[str, str]] = set()
    with service.database.reading() as session:
        for kind, table in ((REPLICA, Replica), (VIDEO, Video), (LIPSYNC, Lipsync)):
            jobs = select(Job.subject_id).where(Job.id.in_(ids), Job.subject_kind == kind)
            rows = select(table.id).where(or_(table.id.in_(ids), table.id.in_(jobs)), table.purged_at.is_not(None))
            found.update((kind, subject_id) for subject_id in session.scalars(rows))
    return found


def again(service: Service, kind: str, subject_id: str) -> bool:
    """Purge what was deleted, here and now; False where that failed, which is tried another time."""
    try:
        purge(service, kind, subject_id)
    except (CountenanceError, OSError) as error:
        _log.warning("not purged", kind=kind, id=subject_id, error=type(error).__name__)
        return False
    return True
