"""A way past the quarantine"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "packet_dismissals",
        sa.Column("packet_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claims", sa.BigInteger(), nullable=False),
        sa.Column("granted_minor", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("packet_id", "order", name=op.f("pk_packet_dismissals")),
    )
    for column in (
        sa.Column("resolution", sa.String(length=16), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("resolved_by", sa.BigInteger(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("quarantined_decisions", column)
