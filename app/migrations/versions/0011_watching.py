"""Watching"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "viewed_cues",
        sa.Column("video_id", sa.BigInteger(), nullable=False),
        sa.Column("session", sa.String(length=32), nullable=False),
        sa.Column("cue_id", sa.BigInteger(), nullable=False),
        sa.Column("marks", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("video_id", "session", "cue_id", name=op.f("pk_viewed_cues")),
    )
    op.create_table(
        "viewings",
        sa.Column("video_id", sa.BigInteger(), nullable=False),
        sa.Column("session", sa.String(length=32), nullable=False),
        sa.Column("marks", sa.SmallInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("seen_low", sa.BigInteger(), nullable=False),
        sa.Column("seen_high", sa.BigInteger(), nullable=False),
        sa.Column(
            "begun_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("video_id", "session", name=op.f("pk_viewings")),
    )
    op.create_table(
        "watch_credits",
        sa.Column("shopper_id", sa.BigInteger(), nullable=False),
        sa.Column("video_id", sa.BigInteger(), nullable=False),
        sa.Column("credit_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shopper_id", "video_id", name=op.f("pk_watch_credits")),
    )
    op.create_table(
        "watchers",
        sa.Column("shopper_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("video_id", sa.BigInteger(), nullable=False),
        sa.Column("session", sa.String(length=32), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("shopper_id", name=op.f("pk_watchers")),
    )
