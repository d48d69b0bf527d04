"""Bring the tables of a database up to what this software needs."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from countenance.service.db.database import Database
from countenance.service.db.errors import DATABASE_TOO_NEW
from countenance.service.errors import refused

_LOCK = 0x636E746E  # any number that is ours
_STEPS = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Make or change our tables; nothing happens where they are as they should be. Of several who try, one works.

    Raises:
        CountenanceError: service.database_too_new.
    """
    with database.engine.begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config = configuration(connection)
        present = MigrationContext.configure(connection).get_current_revision()
        steps = ScriptDirectory.from_config(config)
        if present == steps.get_current_head():
            return
        if present is not None and present not in {step.revision for step in steps.walk_revisions()}:
            raise refused(DATABASE_TOO_NEW, measured=present)
        command.upgrade(config, "head")


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for work on this connection."""
    config = Config()
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
