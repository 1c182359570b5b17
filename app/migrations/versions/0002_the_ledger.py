"""The ledger"""

import sqlalchemy as sa
from alembic import op

from app.migrations import take_away

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_accounts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "balance_minor >= 0 OR kind IN ('platform', 'loss')",
            name=op.f("ck_ledger_accounts_never_below_zero"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_accounts")),
        sa.UniqueConstraint(
            "kind", "owner_id", "currency", name=op.f("uq_ledger_accounts_kind_owner_id_currency")
        ),
    )
    op.create_table(
        "ledger_corrections",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("transfer_sequence", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reversed_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by",
            name=op.f("ck_ledger_corrections_four_eyes"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_corrections")),
    )
    op.create_index(
        "uq_ledger_corrections_standing",
        "ledger_corrections",
        ["transfer_sequence"],
        unique=True,
        postgresql_where=sa.text("status <> 'refused'"),
    )
    op.create_table(
        "ledger_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("after_sequence", sa.BigInteger(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.Column("transfers", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_ledger_days")),
    )
    op.create_table(
        "ledger_drops",
        sa.Column("drop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("brand_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("funded_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("corrected_minor", sa.BigInteger(), nullable=False),
        sa.Column("returned_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "funded_minor >= 0 AND paid_minor >= 0 AND corrected_minor >= 0 AND returned_minor >= 0 AND funded_minor + corrected_minor >= paid_minor + returned_minor",
            name=op.f("ck_ledger_drops_figures"),
        ),
        sa.PrimaryKeyConstraint("drop_id", name=op.f("pk_ledger_drops")),
    )
    op.create_index("ix_ledger_drops_brand", "ledger_drops", ["brand_id", "drop_id"], unique=False)
    op.create_table(
        "ledger_top_ups",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("brand_id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("operator_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_ledger_top_ups")),
        sa.UniqueConstraint(
            "brand_id", "reference", name=op.f("uq_ledger_top_ups_brand_id_reference")
        ),
    )
    op.create_table(
        "ledger_transfers",
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("drop_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_after_minor", sa.BigInteger(), nullable=False),
        sa.Column("target_after_minor", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_ledger_transfers_amount")),
        sa.CheckConstraint("source_id <> target_id", name=op.f("ck_ledger_transfers_two_accounts")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_ledger_transfers")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_transfers_key")),
    )
    op.create_index(
        "ix_ledger_transfers_source", "ledger_transfers", ["source_id", "sequence"], unique=False
    )
    op.create_index(
        "ix_ledger_transfers_target", "ledger_transfers", ["target_id", "sequence"], unique=False
    )
    connection = op.get_bind()
    # money is appended, never changed: not by the application, whatever hole it may have
    for table in ("ledger_transfers", "ledger_days", "ledger_top_ups"):
        take_away(connection, table, "UPDATE, DELETE, TRUNCATE")
    balance = "UPDATE (balance_minor)"
    take_away(connection, "ledger_accounts", "UPDATE, DELETE, TRUNCATE", leave=balance)
    take_away(connection, "ledger_drops", "DELETE, TRUNCATE")
    take_away(connection, "ledger_corrections", "DELETE, TRUNCATE")
