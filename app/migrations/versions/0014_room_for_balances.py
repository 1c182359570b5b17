"""Balances change in their place: a page keeps room for the next one"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # pages that are full already keep as they are; accounts that come find the room
    op.execute("ALTER TABLE ledger_accounts SET (fillfactor = 70)")
