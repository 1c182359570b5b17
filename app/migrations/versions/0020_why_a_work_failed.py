"""Why a film could not be made, in a stable word"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("studio_works", sa.Column("failure", sa.String(length=24), nullable=True))
