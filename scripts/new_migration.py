"""Write the next migration from what the tables in the code have that the migrations so far do not make.

`python scripts/new_migration.py "what changes"`; read what it wrote before you commit it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from countenance.service.db.database import open_database
from countenance.service.db.migrate import configuration
from countenance.settings import Settings


def main() -> None:
    """Make all tables in an empty database, compare, and write the step."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(Settings(data_dir=Path(folder)))
        with database.engine.begin() as connection:
            config = configuration(connection)
            number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
            command.upgrade(config, "head")
            command.revision(config, sys.argv[1], autogenerate=True, rev_id=f"{number:04d}")
        database.dispose()


if __name__ == "__main__":
    main()
