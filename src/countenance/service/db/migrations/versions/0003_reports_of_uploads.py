"""Uploads have reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("uploads", sa.Column("report_job_id", sa.String(length=40), nullable=True))
    op.add_column("uploads", sa.Column("report", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("uploads", "report")
    op.drop_column("uploads", "report_job_id")
