"""An installation: database, objects and queues, opened together and closed together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from countenance.service.context import Service
from countenance.service.db.database import open_database
from countenance.service.db.migrate import migrate
from countenance.service.jobs.dbos_queue import DbosQueue, migrate_queues
from countenance.service.objects.open import open_objects
from countenance.settings import Settings


@contextmanager
def installation(settings: Settings, *, migrated: bool = True) -> Iterator[Service]:
    """What the settings describe, with its tables as they should be.

    Raises:
        CountenanceError: service.database_too_new, service.store_setting.
        OSError: for a data folder that cannot be made.
    """
    database = open_database(settings)
    try:
        if migrated:
            migrate(database)
            migrate_queues(database)
        queue = DbosQueue(database)
        try:
            yield Service(settings, database, open_objects(settings), queue)
        finally:
            queue.close()
    finally:
        database.dispose()
