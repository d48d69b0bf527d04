"""Hard deletions are remembered until they are done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = ("lipsyncs", "replicas", "videos")


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(table, sa.Column("purge_asked_at", sa.DateTime(), nullable=True))
    # What people have taken back by their links was to be erased, and is the only thing that is known to have been.
    op.execute(
        "UPDATE replicas SET purge_asked_at = deleted_at WHERE purged_at IS NULL AND id IN "
        "(SELECT replica_id FROM consent_requests WHERE revoked_at IS NOT NULL)"
    )


def downgrade() -> None:
    for table in _TABLES:
        op.drop_column(table, "purge_asked_at")
