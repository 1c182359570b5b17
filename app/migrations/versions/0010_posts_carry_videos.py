"""Posts carry videos"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("posts", sa.Column("video_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_posts_videos",
        "posts",
        ["video_id", "id"],
        unique=False,
        postgresql_where=sa.text("video_id IS NOT NULL"),
    )
