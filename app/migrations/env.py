"""Alembic's entry: runs the revisions on the configured database, or the environment's."""

import os

from alembic import context
from sqlalchemy import create_engine, text

from app.kernel.database import sqlalchemy_url
from app.migrations import load_models

_LOCK = 0x_CA_51_1A_11
"""Advisory lock: two web processes that start together migrate one after the other."""


def run() -> None:
    """Every pending revision in one transaction, under the lock."""
    url = context.config.attributes.get("url")
    if url is None:
        owner = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
        url = sqlalchemy_url(owner)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        context.configure(
            connection=connection,
            target_metadata=load_models() if context.config.attributes.get("compares") else None,
            include_name=_ours,
            compare_server_default=True,
        )
        context.run_migrations()
    engine.dispose()


def _ours(name: str | None, kind: str, parents: object) -> bool:
    """Procrastinate's tables come from its own script, partitions from their parents."""
    return not (kind == "table" and name is not None and _foreign(name))


def _foreign(name: str) -> bool:
    return name.startswith("procrastinate_") or "_part_" in name


run()
