"""What a machine still has of replicas and videos that were purged by another one."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from countenance.service.context import Service
from countenance.service.db.tables import Job, Lipsync, Replica, Video
from countenance.service.purge.files import erase_named, owners

_ROOMS = ("cache", "work")
_AT_ONCE = 500


def delete_leftovers(service: Service) -> int:
    """Delete, in the data folder of this machine, copies of what is purged; of how many. For every worker, hourly."""
    here = sorted(set().union(*(owners(service.settings.data_dir / room) for room in _ROOMS)))
    gone = {
        each for start in range(0, len(here), _AT_ONCE) for each in _purged(service, here[start : start + _AT_ONCE])
    }
    erase_named(service.settings, gone)
    return len(gone)


def _purged(service: Service, ids: Collection[str]) -> set[str]:
    """Which of these are purged, or are jobs of what is."""
    found: set[str] = set()
    with service.database.reading() as session:
        for table in (Replica, Video, Lipsync):
            purged = table.purged_at.is_not(None)
            found.update(session.scalars(select(table.id).where(table.id.in_(ids), purged)))
            jobs = select(Job.id).join(table, table.id == Job.subject_id).where(Job.id.in_(ids), purged)
            found.update(session.scalars(jobs))
    return found
