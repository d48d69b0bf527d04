"""A workspace."""

from __future__ import annotations

import pytest

from countenance.service.accounts.workspaces import create
from countenance.service.db.database import Database
from countenance.settings import Settings


@pytest.fixture
def workspace(database: Database, settings: Settings) -> str:
    with database.transaction() as session:
        return create(session, settings, "Harbour Films").id
