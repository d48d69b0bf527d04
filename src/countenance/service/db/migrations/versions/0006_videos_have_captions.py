"""Videos have captions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("videos", sa.Column("captions_key", sa.String(length=255), nullable=True))


def downgrade() -> None:
    op.drop_column("videos", "captions_key")
