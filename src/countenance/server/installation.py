"""An installation: database, objects and queues, opened together and closed together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from countenance.errors import CountenanceError, Finding
from countenance.server.errors import DATABASE_SETTING
from countenance.service.context import Service
from countenance.service.db.database import open_database
from countenance.service.db.migrate import migrate
from countenance.service.jobs.dbos_queue import DbosQueue, migrate_queues
from countenance.service.objects.open import open_objects
from countenance.settings import Settings

_POSTGRESQL = ("postgresql://", "postgresql+psycopg://", "postgres://")


@contextmanager
def installation(settings: Settings, *, migrated: bool = True) -> Iterator[Service]:
    """What the settings describe, with its tables as they should be.

    Raises:
        CountenanceError: server.database_setting, service.database_too_new, service.store_setting.
        OSError: for a data folder that cannot be made.
    """
    _check_setting(settings)
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


def _check_setting(settings: Settings) -> None:
    """An SQLite file elsewhere could be worked on by two processes that know nothing of each other."""
    url = settings.database_url
    if url is not None and not url.get_secret_value().startswith(_POSTGRESQL):
        raise CountenanceError(Finding(DATABASE_SETTING))
