"""The stream of watching"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watch_events",
        sa.Column("video_id", sa.BigInteger(), nullable=False),
        sa.Column("session", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "heard_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("quartile", sa.SmallInteger(), nullable=True),
        sa.Column("cue_id", sa.BigInteger(), nullable=True),
        sa.Column("product_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("video_id", "session", "digest", name=op.f("pk_watch_events")),
    )
    op.create_index(
        op.f("ix_watch_events_owner_id_live_heard_at_id"),
        "watch_events",
        ["owner_id", "live", "heard_at", "id"],
    )
    op.create_index(
        op.f("ix_watch_events_heard_at"), "watch_events", ["heard_at"], postgresql_using="brin"
    )
