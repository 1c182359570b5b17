"""How long the film was that a viewing showed: films are replaced by others"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    length = sa.Column("duration_ms", sa.BigInteger(), server_default="0", nullable=False)
    op.add_column("viewings", length)
