"""One installation on one machine: its data folder, lock, secret, ports and addresses.

<data>/secret      the master secret, mode 0600; every password derives from it
<data>/lock        held while `up` runs
<data>/instance    the environment of the running or last instance, for the other commands
<data>/live cache postgres objects log
"""

import fcntl
import os
import secrets
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import msgspec

from app.kernel.embedded.postgres import PostgresServer
from app.kernel.embedded.process import port_is_open
from app.kernel.embedded.valkey import ValkeyServer
from app.kernel.secrets import derive

HOME = Path(__file__).parent.parent
DATA = HOME / "var"
_EXTERNAL = ("VALKEY_URL", "VALKEY_CACHE_URL", "DATABASE_URL", "OBJECT_STORE_URL")


class Refused(Exception):
    """This installation cannot run here and now; the message says what to do."""


class Local(msgspec.Struct, frozen=True, kw_only=True):
    """What `up` was asked for, and everything that follows from it."""

    data: Path
    secret: str
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    demo: bool = True

    def live(self) -> ValkeyServer | None:
        """The embedded durable Valkey; None when VALKEY_URL names another."""
        return self._valkey("live", self.port + 1, "VALKEY_URL")

    def cache(self) -> ValkeyServer | None:
        """The embedded cache Valkey; None when VALKEY_CACHE_URL names another."""
        return self._valkey("cache", self.port + 2, "VALKEY_CACHE_URL")

    def _valkey(self, kind: str, port: int, variable: str) -> ValkeyServer | None:
        if variable in os.environ:
            return None
        return ValkeyServer(
            kind="live" if kind == "live" else "cache",
            folder=self.data / kind,
            port=port,
            password=self._password(kind),
        )

    def postgres(self) -> PostgresServer | None:
        """The embedded PostgreSQL; None when DATABASE_URL names another."""
        if "DATABASE_URL" in os.environ:
            return None
        return PostgresServer(
            folder=self.data / "postgres",
            port=self.port + 3,
            admin_password=self._password("postgres-admin"),
            owner_password=self._password("postgres-owner"),
            app_password=self._password("postgres-app"),
        )

    def _password(self, purpose: str) -> str:
        return derive(self.secret, f"password {purpose}").hex()

    @property
    def codes(self) -> Path:
        """Where the console sender writes one-time codes."""
        return self.data / "codes.log"

    @property
    def url(self) -> str:
        """The address of the pages on this machine."""
        return f"http://{'127.0.0.1' if self.host == '0.0.0.0' else self.host}:{self.port}"  # noqa: S104

    def environment(self) -> dict[str, str]:
        """What our processes read. What the caller set in his own environment wins."""
        values = {
            "CARNIVAL_SECRET": self.secret,
            "OBJECT_STORE_URL": f"file://{self.data / 'objects'}",
            "CARNIVAL_HOST": self.host,
            "CARNIVAL_PORT": str(self.port),
            "CARNIVAL_PUBLIC_URL": self.url,
            "CARNIVAL_WEB_WORKERS": str(self.workers),
            "CARNIVAL_OTP_CONSOLE_FILE": str(self.codes),
            "CARNIVAL_DEMO": str(self.demo).lower(),
        }
        live, cache, postgres = self.live(), self.cache(), self.postgres()
        if live:
            values["VALKEY_URL"] = live.url
        if cache:
            values["VALKEY_CACHE_URL"] = cache.url
        if postgres:
            values["DATABASE_URL"] = postgres.url
        return values | {key: value for key, value in os.environ.items() if _ours(key)}

    def owner_environment(self) -> dict[str, str]:
        """For `migrate` only: nothing else needs the right to change tables."""
        postgres = self.postgres()
        return self.environment() | ({"DATABASE_OWNER_URL": postgres.owner_url} if postgres else {})

    def check_ports(self) -> None:
        """Refuse when somebody listens where we want to, before anything is started."""
        servers = {"--port": self.port}
        for name, server in (("live Valkey", self.live()), ("cache Valkey", self.cache())):
            servers |= {name: server.port} if server else {}
        postgres = self.postgres()
        servers |= {"PostgreSQL": postgres.port} if postgres else {}
        for name, port in servers.items():
            if port_is_open(port):
                raise Refused(
                    f"Port {port} ({name}) is taken by another program. Stop it, or choose another "
                    f"base with `--port`: ports {self.port} to {self.port + 3} are used."
                )

    def remember(self) -> None:
        """Keep the environment for commands that run beside `up`, readable by the owner only."""
        write_private(self.data / "instance", msgspec.json.encode(self.owner_environment()))


def prepare_data(data: Path) -> str:
    """Make the data folder and its secret where they are missing. Returns the secret."""
    data.mkdir(parents=True, exist_ok=True)
    # the web process prints one-time codes in a demo, and what it prints is logged
    for name in ("log", "objects"):
        (data / name).mkdir(exist_ok=True, mode=0o700)
    path = data / "secret"
    if not path.exists():
        write_private(path, secrets.token_hex(32).encode())
    return path.read_text().strip()


def write_private(path: Path, content: bytes) -> None:
    """Replace a file by one that only its owner can read, never half written."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)


def lock_data(data: Path) -> IO[str]:
    """Take the data folder for this process; keep the result open. Raises `Refused`."""
    file = (data / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise Refused(
            f"Another instance (process {holder}) runs on {data}. Stop it first, "
            "or give this one a folder of its own: --data DIR --port PORT."
        ) from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def runs(data: Path) -> bool:
    """Whether an instance holds this data folder now."""
    if not data.exists():
        return False
    try:
        lock_data(data).close()
    except Refused:
        return True
    return False


def adopt_instance(data: Path) -> None:
    """Let this process work on the local instance, unless the environment names servers itself."""
    path = data / "instance"
    if "DATABASE_URL" in os.environ or not path.exists():
        return
    for key, value in msgspec.json.decode(path.read_bytes(), type=dict[str, str]).items():
        os.environ.setdefault(key, value)


def lan_addresses(port: int) -> list[str]:
    """Addresses under which a phone in the same network finds us."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # nothing is sent: connecting a datagram socket only chooses the route
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return []
        return [f"http://{probe.getsockname()[0]}:{port}"]


def _ours(variable: str) -> bool:
    return variable.startswith(("CARNIVAL_", "AWS_")) or variable in _EXTERNAL


def environment_of(values: Mapping[str, str]) -> dict[str, str]:
    """Our own environment with `values` on top, and our code found from any folder."""
    return {**os.environ, **values, "PYTHONPATH": str(HOME), "PYTHONUNBUFFERED": "1"}
