"""Why a film is refused, in a stable word"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("videos", sa.Column("refusal_reason", sa.String(length=40), nullable=True))
