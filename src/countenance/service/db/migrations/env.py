"""What Alembic runs: always on the connection that `migrate` gives, in its transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from countenance.service.db import tables  # noqa: F401 - makes the metadata complete
from countenance.service.db.base import Base, UtcDateTime


def is_ours(name: str | None, kind: str, _: Any) -> bool:
    """The durable queues keep tables of their own in the same database."""
    return kind != "table" or name in Base.metadata.tables


def rendered(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Migrations stay readable when the types of today are gone."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=is_ours,
    render_item=rendered,
    # Not as a batch: that makes SQLite drop a table for another one, and with it what refers to its rows.
    render_as_batch=False,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
