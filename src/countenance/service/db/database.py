"""One engine for our tables and for the durable queues, and the transaction that everything happens in.

Functions of this wing take a `Session` and never commit: whoever opens the transaction (a request, a step of a
workflow, a command) ends it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from countenance.media.private import private_folder
from countenance.settings import Settings

_SQLITE_FILE = "countenance.sqlite"
_BUSY_MS = 30_000
_READS = "countenance_reads"


@dataclass(frozen=True, slots=True, eq=False)
class Database:
    """The database of one installation."""

    engine: Engine
    url: str = field(repr=False)
    """with the password, if it has one"""
    turn: AbstractContextManager[Any] = field(default_factory=nullcontext, repr=False)
    """held while a transaction lasts: SQLite has one writer, and whoever waits inside it sleeps longer than it must"""

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Everything inside happens wholly or not at all. Objects stay readable afterwards."""
        with self.turn, Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A view of one moment that waits for nobody who writes; whatever is changed inside is forgotten."""
        reads = self.engine.execution_options(**{_READS: True})
        with Session(reads, expire_on_commit=False, autoflush=False) as session:  # or a later look would write it
            yield session

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def is_made(settings: Settings) -> bool:
    """Whether the database is there; of one that is no file of ours, that is taken for granted."""
    return settings.database_url is not None or (settings.data_dir / _SQLITE_FILE).exists()


def open_database(settings: Settings) -> Database:
    """The database that the settings name; its tables are not made here (see `migrate`).

    Raises:
        OSError: for a data folder that cannot be made.
    """
    if settings.database_url is None:
        private_folder(settings.data_dir)
        path = settings.data_dir / _SQLITE_FILE
        if not path.exists():
            path.touch(0o600)
        return _sqlite(f"sqlite:///{path}")
    text = settings.database_url.get_secret_value()
    url = make_url(text)
    if url.get_backend_name() == "sqlite":
        return _sqlite(text)
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    engine = create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True)
    event.listen(engine, "handle_error", _tell_no_row)
    return Database(engine, url.render_as_string(hide_password=False))


def _sqlite(url: str) -> Database:
    patient = {"timeout": _BUSY_MS / 1000, "check_same_thread": False}
    engine = create_engine(url, connect_args=patient, hide_parameters=True)
    event.listen(engine, "connect", _as_ours)
    event.listen(engine, "begin", _at_once)
    return Database(engine, url, threading.RLock())


def _tell_no_row(context: ExceptionContext) -> None:
    """PostgreSQL adds to an error the row that it refuses, which may name a person: errors end in logs."""
    if isinstance(context.sqlalchemy_exception, (IntegrityError, DataError)):
        for error in (context.original_exception, context.sqlalchemy_exception):
            error.args = (str(error.args[0]).partition("\n")[0], *error.args[1:])


def _as_ours(connection: Any, _: Any) -> None:
    # The driver's own handling of transactions is switched off; `_at_once` begins them.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_BUSY_MS}", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten: there are faces' records among it
    cursor.close()
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: Any) -> Any:
    """SQLite's own knows ASCII alone; PostgreSQL's knows all letters."""
    return value.lower() if isinstance(value, str) else value


def _at_once(connection: Any) -> None:
    # A transaction that reads first and writes later would fail where another wrote in between.
    only_reads = connection.get_execution_options().get(_READS, False)
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")
