"""Two operators decide about the quarantine"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("proposal", sa.String(length=16), nullable=True),
        sa.Column("proposed_by", sa.BigInteger(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("quarantined_decisions", column)
    op.create_check_constraint(
        op.f("ck_quarantined_decisions_four_eyes"),
        "quarantined_decisions",
        "resolved_by IS NULL OR resolved_by <> proposed_by",
    )
