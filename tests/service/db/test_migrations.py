"""The migrations make exactly the tables that the code has, and say so when the database is newer."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, select, text

from countenance.errors import CountenanceError
from countenance.service.accounts import workspaces
from countenance.service.clock import now
from countenance.service.consent_requests import ask
from countenance.service.context import Service
from countenance.service.db.base import Base
from countenance.service.db.database import Database
from countenance.service.db.migrate import configuration, migrate
from countenance.service.db.tables import ConsentRequest, Replica, UploadPart, Workspace
from countenance.service.replicas import life as replicas
from countenance.service.replicas.wanted import NewReplica
from countenance.service.tasks.sources import MediaRef
from countenance.service.uploads import begin


def test_migrations_make_the_tables_that_the_code_has(database: Database) -> None:
    migrate(database)
    with database.engine.connect() as connection:
        options = {
            "compare_type": True,
            "include_name": lambda name, kind, _: kind != "table" or name in Base.metadata.tables,
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_a_newer_database_is_left_alone(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CountenanceError, match="newer version"):
        migrate(database)


@pytest.fixture
def asked(service: Service) -> list[str]:
    """Two replicas that wait for somebody who was sent a link."""
    wanted = NewReplica(full_name="Grace Hopper", footage=MediaRef(url="https://f.example/f.mp4"), consent_by_link=True)
    with service.database.transaction() as session:
        workspace = workspaces.create(session, service.settings, "Harbour Films").id
        made = [replicas.create(session, service, workspace, wanted).id for _ in range(2)]
        for replica in made:
            ask.create(session, service, workspace, replica)
    return made


def _back_and_forth(service: Service, step: str) -> None:
    with service.database.engine.begin() as connection:
        command.downgrade(configuration(connection), step)
    migrate(service.database)


def test_what_people_had_taken_back_is_remembered_as_to_be_erased(service: Service, asked: list[str]) -> None:
    with service.database.transaction() as session:
        session.query(ConsentRequest).filter_by(replica_id=asked[0]).one().revoked_at = now()
        session.get_one(Replica, asked[0]).deleted_at = now()
    _back_and_forth(service, "0006")
    with service.database.reading() as session:
        assert [session.get_one(Replica, each).purge_asked_at is not None for each in asked] == [True, False]


def test_a_step_back_keeps_every_row(service: Service, asked: list[str]) -> None:
    with service.database.transaction() as session:
        workspace = session.query(Workspace).one().id
        upload = begin.create(session, service, workspace, "footage.mp4", bytes=2_000_000)
        session.add(UploadPart(upload_id=upload.id, number=1, bytes=2_000_000, etag="0" * 64, created_at=now()))

    def rows() -> dict[str, int]:
        with service.database.engine.connect() as connection:
            counts = {
                table: connection.scalar(select(func.count()).select_from(table))
                for table in Base.metadata.sorted_tables
            }
        return {table.name: count or 0 for table, count in counts.items()}

    before = rows()
    assert (
        min(before[each] for each in ("replicas", "consent_requests", "media_sources", "uploads", "upload_parts")) > 0
    )
    _back_and_forth(service, "0002")
    assert rows() == before
