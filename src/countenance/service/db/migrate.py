"""Bring the tables of a database up to what this software needs."""

from __future__ import annotations

from countenance.service.db import tables  # noqa: F401 - makes the metadata complete
from countenance.service.db.base import Base
from countenance.service.db.database import Database


def migrate(database: Database) -> None:
    """Make or change tables; nothing happens where they are as they should be."""
    Base.metadata.create_all(database.engine)
