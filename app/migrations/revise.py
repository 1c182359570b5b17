"""Drafts revisions on a PostgreSQL of its own.

    python -m app.migrations.revise "what changes"   the next revision, from the models
    python -m app.migrations.revise --baseline       the first one again; only before a release

What it writes is a draft: read it, and see that it expands before it contracts. There are no
downgrades: a release that has run is left forwards.
"""

import secrets
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config

from app.kernel.embedded.postgres import PostgresServer
from app.kernel.embedded.process import free_ports
from app.migrations import FOLDER, configuration

_VERSIONS = FOLDER / "versions"
_JOBS = "    run_script(op.get_bind(), (FOLDER / 'sql' / 'jobs_3_10_0.sql').read_text())\n"


def main() -> None:
    """Write the revision that the only argument names."""
    (what,) = sys.argv[1:]
    with _empty_database() as config:
        if what == "--baseline":
            _baseline(config)
        else:
            command.upgrade(config, "head")
            command.revision(config, what, autogenerate=True)


def _baseline(config: Config) -> None:
    """The whole schema as one revision; Procrastinate's comes from its own script."""
    for old in _VERSIONS.glob("*.py"):
        old.unlink()
    command.revision(config, "baseline", autogenerate=True, rev_id="0001")
    (path,) = _VERSIONS.glob("*.py")
    draft = path.read_text()
    draft = draft.replace("def upgrade() -> None:\n", f"def upgrade() -> None:\n{_JOBS}")
    draft = draft.replace(
        "from alembic import op\n",
        "from alembic import op\n\nfrom app.migrations import FOLDER, run_script\n",
    )
    path.write_text(draft)
    # a generated draft is excluded from the checks; formatted by name, it is at least readable
    for words in (("check", "--select=I", "--fix", "-q"), ("format", "-q")):
        subprocess.run([str(Path(sys.executable).with_name("ruff")), *words, str(path)], check=True)


@contextmanager
def _empty_database() -> Generator[Config]:
    with tempfile.TemporaryDirectory(prefix="carnival-revise-") as name:
        folder = Path(name)
        password = secrets.token_hex(16)
        server = PostgresServer(
            folder=folder / "postgres",
            port=free_ports(1)[0],
            admin_password=password,
            owner_password=password,
            app_password=password,
        )
        running = server.start(folder / "log")
        try:
            yield configuration(server.owner_url, compares=True)
        finally:
            running.stop()


if __name__ == "__main__":
    main()
