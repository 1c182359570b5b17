"""Writes the next revision: `python -m app.migrations.revise "what changes"`.

Starts a PostgreSQL of its own, brings it to the newest revision and lets alembic compare it with
the models. What it writes is a draft: read it, and see that it expands before it contracts.
"""

import secrets
import sys
import tempfile
from pathlib import Path

from alembic import command

from app.kernel.embedded.postgres import PostgresServer
from app.kernel.embedded.process import free_ports
from app.migrations import FOLDER, configuration


def main() -> None:
    """Write the revision named by the only argument."""
    message = sys.argv[1]
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
            config = configuration(server.owner_url)
            if any((FOLDER / "versions").glob("*.py")):
                command.upgrade(config, "head")
            command.revision(config, message, autogenerate=True)
        finally:
            running.stop()


if __name__ == "__main__":
    main()
