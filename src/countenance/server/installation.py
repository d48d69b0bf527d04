"""An installation: database, objects and queues, opened together and closed together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import ArgumentError, DBAPIError

from countenance.errors import CountenanceError, Finding
from countenance.server.errors import DATABASE_SETTING, DATABASE_UNREACHABLE
from countenance.service.context import Service
from countenance.service.db.database import Database, open_database
from countenance.service.db.migrate import migrate
from countenance.service.errors import refused
from countenance.service.jobs.dbos_queue import DbosQueue, migrate_queues
from countenance.service.jobs.errors import DATA_UNUSABLE
from countenance.service.objects.open import open_objects
from countenance.service.objects.store import Objects
from countenance.settings import Settings

_POSTGRESQL = ("postgresql://", "postgresql+psycopg://", "postgres://")


@contextmanager
def installation(settings: Settings, *, migrated: bool = True) -> Iterator[Service]:
    """What the settings describe, with its tables as they should be.

    Raises:
        CountenanceError: server.database_setting, server.database_unreachable, service.data_unusable,
            service.database_too_new, service.store_setting.
    """
    _check_setting(settings)
    database = _opened(settings)
    try:
        _check_reached(database)
        if migrated:
            migrate(database)
            migrate_queues(database)
        queue = DbosQueue(database)
        try:
            yield Service(settings, database, _objects(settings), queue)
        finally:
            queue.close()
    finally:
        database.dispose()


def _check_setting(settings: Settings) -> None:
    """An SQLite file elsewhere could be worked on by two processes that know nothing of each other."""
    url = settings.database_url
    if url is not None and not url.get_secret_value().startswith(_POSTGRESQL):
        raise CountenanceError(Finding(DATABASE_SETTING))


def _opened(settings: Settings) -> Database:
    try:
        return open_database(settings)
    except OSError as error:
        raise _unusable(settings, error) from error
    except (ArgumentError, ValueError):
        # Without the cause, which quotes the setting with its password.
        raise CountenanceError(Finding(DATABASE_SETTING)) from None


def _objects(settings: Settings) -> Objects:
    try:
        return open_objects(settings)
    except OSError as error:
        raise _unusable(settings, error) from error


def _check_reached(database: Database) -> None:
    """The first connection tells whether there is a database at all, before anything is asked of it."""
    try:
        with database.engine.connect():
            pass
    except DBAPIError as error:
        said = str(error.orig).partition("\n")[0]
        if database.is_sqlite:
            raise refused(DATA_UNUSABLE, f"{database.engine.url.database}: {said}.") from error
        raise CountenanceError(Finding(DATABASE_UNREACHABLE, detail=f"{_place(database)}: {said}.")) from error


def _place(database: Database) -> str:
    url = database.engine.url
    return f"{url.host or 'this machine'}, port {url.port or 5432}"


def _unusable(settings: Settings, error: OSError) -> CountenanceError:
    return refused(DATA_UNUSABLE, f"{settings.data_dir}: {error.strerror}.")
