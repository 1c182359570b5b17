"""Videos are deleted, and films that were replaced are let go"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("videos", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "video_films",
        sa.Column("released", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
