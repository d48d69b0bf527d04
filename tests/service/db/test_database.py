"""Transactions happen wholly or not at all, and readers wait for nobody."""

from __future__ import annotations

import threading
import traceback
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from countenance.service.clock import now
from countenance.service.db.database import Database, open_database
from countenance.service.db.tables import Replica, Workspace
from countenance.settings import Settings


def _add(database: Database, name: str, moment: datetime | None = None) -> None:
    with database.transaction() as session:
        session.add(Workspace(id=name, name=name, created_at=moment or now()))


def _count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Workspace)) or 0


def test_what_fails_leaves_nothing(database: Database) -> None:
    def half() -> None:
        with database.transaction() as session:
            session.add(Workspace(id="w1", name="", created_at=now()))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert _count(database) == 0


def test_errors_tell_nothing_of_what_was_stored(database: Database) -> None:
    unknown = text("INSERT INTO nowhere (name) VALUES (:name)").bindparams(name="Ada Lovelace")
    refused = insert(Replica).values(
        id="r1",
        name="Ada Lovelace",
        full_name="Ada Lovelace",
        status="dancing",
        material="footage",
        subject="self",
        declarations=[],
        model_name="",
        properties={},
        created_at=now(),
        updated_at=now(),
    )
    for statement, kind in ((unknown, DBAPIError), (refused, IntegrityError)):
        with pytest.raises(kind) as caught, database.transaction() as session:
            session.execute(statement)
        told = "".join(traceback.format_exception(caught.value))
        assert "Ada" not in told


def test_the_password_of_the_database_is_nowhere_to_be_read(tmp_path: Path) -> None:
    url = SecretStr("postgresql://ada:sesame@db.example/studio")
    settings = Settings(data_dir=tmp_path, database_url=url)
    database = open_database(settings)
    assert database.url == "postgresql+psycopg://ada:sesame@db.example/studio"
    for told in (repr(settings), str(settings.model_dump()), settings.model_dump_json(), repr(database)):
        assert "sesame" not in told
    database.dispose()


def test_a_reader_does_not_wait_for_a_writer_and_changes_nothing(database: Database) -> None:
    _add(database, "w1")
    with database.transaction() as writing:
        writing.add(Workspace(id="w2", name="", created_at=now()))
        writing.flush()
        assert _count(database) == 1
    with database.reading() as session:
        session.add(Workspace(id="w3", name="", created_at=now()))
        session.flush()
    assert _count(database) == 2


def test_writers_that_read_first_wait_for_each_other(database: Database) -> None:
    _add(database, "w0")
    threads = 4

    def grow() -> None:
        for _ in range(5):
            with database.transaction() as session:
                row = session.get_one(Workspace, "w0", with_for_update=True)
                row.keep_footage_days = (row.keep_footage_days or 0) + 1

    running = [threading.Thread(target=grow) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    with database.reading() as session:
        assert session.get_one(Workspace, "w0").keep_footage_days == 5 * threads


def test_moments_keep_their_zone(database: Database) -> None:
    moment = now()
    with database.transaction() as session:
        session.add(Workspace(id="w1", name="", created_at=moment))
    with database.reading() as session:
        assert session.get_one(Workspace, "w1").created_at == moment
    with pytest.raises(StatementError, match="zone"):
        _add(database, "w2", moment.replace(tzinfo=None))
