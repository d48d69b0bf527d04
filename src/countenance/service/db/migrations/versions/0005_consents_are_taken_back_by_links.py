"""People take their consents back by their links."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consent_requests", sa.Column("revoked_at", sa.DateTime(), nullable=True))
    op.add_column("consent_requests", sa.Column("receipt_id", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("consent_requests", "receipt_id")
    op.drop_column("consent_requests", "revoked_at")
