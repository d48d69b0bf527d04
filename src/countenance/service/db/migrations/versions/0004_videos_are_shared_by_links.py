"""Videos are shared by links."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "video_shares",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("workspace_id", sa.String(length=24), nullable=False),
        sa.Column("video_id", sa.String(length=40), nullable=False),
        sa.Column("shows_name", sa.Boolean(), nullable=False),
        sa.Column("may_download", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["video_id"], ["videos.id"], name=op.f("fk_video_shares_video_id_videos")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_video_shares_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_shares")),
    )
    with op.batch_alter_table("video_shares", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_video_shares_video_id"), ["video_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("video_shares", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_video_shares_video_id"))

    op.drop_table("video_shares")
