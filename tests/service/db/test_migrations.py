"""The migrations make exactly the tables that the code has, and say so when the database is newer."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from countenance.errors import CountenanceError
from countenance.service.db.base import Base
from countenance.service.db.database import Database
from countenance.service.db.migrate import migrate


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
