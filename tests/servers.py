"""Real servers for tests: started once a run, emptied between tests.

Emptying deletes from the tables that have rows, instead of TRUNCATE, which makes new files for
every table and costs a hundred times as much.
"""

import secrets
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psycopg
import redis
from psycopg import sql

from app.kernel.embedded.cluster import ValkeyCluster, start_cluster
from app.kernel.embedded.postgres import PostgresServer
from app.kernel.embedded.process import Running, ServerFailed, free_ports
from app.kernel.embedded.valkey import Kind, ValkeyServer
from app.kernel.settings import Settings
from app.migrations import upgrade

_ATTEMPTS = 3
_EMPTY = """
DO $$
DECLARE name text;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND c.relname <> 'alembic_version'
    LOOP
        EXECUTE 'DELETE FROM ' || name;
    END LOOP;
END $$
"""


class Valkeys(NamedTuple):
    """Addresses of a live and a cache Valkey."""

    live: str
    cache: str


class Servers:
    """The embedded live and cache Valkey and PostgreSQL of one test run, in a temporary folder."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="carnival-tests-"))
        live, cache, postgres = free_ports(3)
        password = secrets.token_hex(16)
        self.live = ValkeyServer(
            kind="live", folder=self.folder / "live", port=live, password=password
        )
        self.cache = ValkeyServer(
            kind="cache", folder=self.folder / "cache", port=cache, password=password
        )
        self.postgres = PostgresServer(
            folder=self.folder / "postgres",
            port=postgres,
            admin_password=password,
            owner_password=password,
            app_password=password,
        )
        self.running: dict[str, Running] = {}
        self._clusters: dict[Kind, ValkeyCluster] = {}
        self._admin: psycopg.Connection | None = None
        self._valkeys: list[redis.Redis] = []

    @classmethod
    def begun(cls) -> "Servers":
        """Started, with the schema. A port that was free when it was chosen may be taken by the
        time a server wants it: then others are chosen."""
        for attempt in range(_ATTEMPTS):
            servers = cls()
            try:
                servers.start()
            except ServerFailed:
                servers.stop()
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                return servers
        raise AssertionError

    def start(self) -> None:
        """Start all three and make the schema."""
        for name in ("live", "cache", "postgres"):
            self.start_one(name)
        upgrade(self.postgres.owner_url)
        self._valkeys = [self.live.connect(), self.cache.connect()]

    def start_one(self, name: str) -> None:
        """Start, or start again after a kill, one of `live`, `cache`, `postgres`."""
        server: ValkeyServer | PostgresServer = getattr(self, name)
        if name == "postgres" and self._admin is not None:
            self._admin.close()  # of the server before a kill: it would only fail later
            self._admin = None
        self.running[name] = server.start(self.folder / f"{name}.log")

    @property
    def singles(self) -> Valkeys:
        """The single servers."""
        return Valkeys(self.live.url, self.cache.url)

    @property
    def clusters(self) -> Valkeys:
        """Two clusters instead, for what wipes the cache must not wipe decisions."""
        return Valkeys(self.cluster("live").url, self.cluster("cache").url)

    def cluster(self, kind: Kind = "cache") -> ValkeyCluster:
        """A cluster of six nodes, started at first use."""
        if kind not in self._clusters:
            folder = self.folder / f"{kind}-cluster"
            cluster = start_cluster(folder, secrets.token_hex(16), kind)
            self._valkeys += [node.connect() for node in cluster.nodes]
            self._clusters[kind] = cluster
        return self._clusters[kind]

    def settings(self, valkeys: Valkeys) -> Settings:
        """Settings of a process that works against these servers."""
        objects = self.folder / "objects"
        objects.mkdir(exist_ok=True)
        return Settings(
            secret="a secret of tests, long enough to be one",
            valkey_url=valkeys.live,
            valkey_cache_url=valkeys.cache,
            database_url=self.postgres.url,
            database_owner_url=self.postgres.owner_url,
            object_store_url=f"file://{objects}",
            public_url="http://testserver",
            otp_console_file=str(self.folder / "codes.log"),
            database_pool_size=4,
        )

    def empty(self) -> None:
        """No row, no key on any server: what every test starts from."""
        for valkey in self._valkeys:
            with suppress(redis.ReadOnlyError):  # a replica follows its primary
                valkey.flushall()
        if self._admin is None or self._admin.closed:
            url = self.postgres.admin_url.rpartition("/")[0] + "/" + self.postgres.database
            self._admin = psycopg.connect(url, autocommit=True)
        self._admin.execute(sql.SQL(_EMPTY))

    def stop(self) -> None:
        """Stop everything and forget the data."""
        if self._admin is not None:
            self._admin.close()
        for cluster in self._clusters.values():
            cluster.stop()
        for running in self.running.values():
            running.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
