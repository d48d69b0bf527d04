"""What can be wrong with the database."""

from __future__ import annotations

from countenance.errors import Rule

DATABASE_TOO_NEW = Rule(
    id="service.database_too_new",
    title="The database was made by a newer version of Countenance.",
    remedy="Install the newer version again; nothing was changed.",
)
RULES = (DATABASE_TOO_NEW,)
