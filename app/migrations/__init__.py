"""The schema's history: one line of revisions for the whole house.

Slices declare tables in their `models.py`; revisions are generated from them and reviewed
(`python -m app.migrations.revise "what changes"`). A release expands before
it contracts, so that two releases can run on one database.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, text

from app.kernel.database import Base, sqlalchemy_url

FOLDER = Path(__file__).parent
_ROOT = FOLDER.parent.parent
_DOMAINS = ("app/identity", "app/realtime", "media", "campaigns", "games", "feeds", "app/demo")
_KERNEL_MODELS = (
    "app.kernel.nodes",
    "app.kernel.valkey.quarantine",
    "app.kernel.http.idempotency",
)


def load_models() -> MetaData:
    """Import every `models.py` of the house; returns what they declare."""
    for name in _KERNEL_MODELS:
        import_module(name)
    for domain in _DOMAINS:
        for path in sorted((_ROOT / domain).rglob("models.py")):
            import_module(".".join(path.relative_to(_ROOT).with_suffix("").parts))
    return Base.metadata


def configuration(owner_url: str, *, compares: bool = False) -> Config:
    """Alembic's configuration for one database, read by `env.py`. Who `compares` it with what the
    slices declare needs all of them; whoever only upgrades is done sooner without."""
    config = Config(str(FOLDER / "alembic.ini"))
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["url"] = sqlalchemy_url(owner_url)
    config.attributes["compares"] = compares
    return config


def upgrade(owner_url: str) -> None:
    """Bring a database to the newest revision, as its owner. Safe to run twice at a time."""
    command.upgrade(configuration(owner_url), "head")


def run_script(connection: Connection, script: str) -> None:
    """Run many statements as one; SQLAlchemy itself would prepare, which takes only one."""
    driver: Any = connection.connection.driver_connection
    driver.execute(script)


_OTHERS = """
SELECT DISTINCT a.grantee::regrole::text FROM pg_class c, aclexplode(c.relacl) a
WHERE c.oid = CAST(:table AS regclass) AND a.grantee NOT IN (0, c.relowner)
"""


def take_away(connection: Connection, table: str, rights: str, *, leave: str | None = None) -> None:
    """Take rights on a table, such as `UPDATE, DELETE`, from every role but its owner, whatever
    the application's role is called; `leave` is given back, such as `UPDATE (balance)`."""
    for (role,) in connection.execute(text(_OTHERS), {"table": table}).all():
        connection.execute(text(f"REVOKE {rights} ON {table} FROM {role}"))
        if leave is not None:
            connection.execute(text(f"GRANT {leave} ON {table} TO {role}"))
