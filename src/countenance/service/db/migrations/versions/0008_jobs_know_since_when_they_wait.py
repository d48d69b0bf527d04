"""Jobs know since when they wait for a worker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("queued_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("jobs", "queued_at")
