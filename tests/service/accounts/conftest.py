"""A workspace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from countenance.service.accounts.workspaces import create
from countenance.service.db.database import Database, open_database
from countenance.service.db.migrate import migrate
from countenance.settings import Settings


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(Settings(data_dir=tmp_path / "data"))
    migrate(database)
    yield database
    database.dispose()


@pytest.fixture
def workspace(database: Database) -> str:
    with database.transaction() as session:
        return create(session, Settings(), "Harbour Films").id
