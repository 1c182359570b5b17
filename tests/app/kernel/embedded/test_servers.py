"""The embedded servers keep what the architecture asks of them."""

from pathlib import Path

import msgspec
import psycopg
import pytest
import redis

from app.kernel.embedded.cluster import ValkeyCluster
from app.kernel.embedded.process import free_ports
from app.kernel.embedded.valkey import ValkeyServer
from tests.servers import Servers


class TestLive:
    def test_fsyncs_every_append_and_never_evicts(self, servers: Servers) -> None:
        wanted = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"}
        for name, value in wanted.items():
            assert servers.live.call("CONFIG", "GET", name) == {name.encode(): value.encode()}

    def test_keeps_an_acknowledged_write_through_kill_9(self, tmp_path: Path) -> None:
        server = ValkeyServer(kind="live", folder=tmp_path, port=free_ports(1)[0], password="p")
        running = server.start(tmp_path / "log")
        server.call("SET", "decided", "yes")
        running.kill()
        running = server.start(tmp_path / "log")
        assert server.call("GET", "decided") == b"yes"
        running.stop()

    def test_is_closed_to_those_without_the_password(self, servers: Servers) -> None:
        stranger = msgspec.structs.replace(servers.live, password="guess").connect()
        with stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()

    def test_its_configuration_is_readable_by_its_owner_only(self, servers: Servers) -> None:
        mode = (servers.live.folder / "valkey.conf").stat().st_mode
        assert mode & 0o077 == 0


class TestCache:
    def test_evicts_and_keeps_nothing_on_disk(self, servers: Servers) -> None:
        wanted = {"appendonly": "no", "save": "", "maxmemory-policy": "allkeys-lru"}
        for name, value in wanted.items():
            assert servers.cache.call("CONFIG", "GET", name) == {name.encode(): value.encode()}


class TestPostgres:
    def test_is_version_18_with_safe_settings(self, servers: Servers) -> None:
        with psycopg.connect(servers.postgres.url) as connection:
            assert connection.info.server_version // 10_000 == 18
            for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
                row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
                assert row == ("on",)

    @pytest.mark.parametrize(
        "statement",
        [
            "CREATE TABLE mine (id int)",
            "DROP TABLE node_leases",
            "ALTER TABLE node_leases ADD COLUMN x int",
            "TRUNCATE node_leases",
            "CREATE TEMP TABLE mine (id int)",
        ],
    )
    def test_the_application_cannot_change_the_schema(
        self, servers: Servers, statement: str
    ) -> None:
        with (
            psycopg.connect(servers.postgres.url) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement)  # pyright: ignore[reportCallIssue, reportArgumentType]

    def test_runs_as_an_ordinary_user(self, servers: Servers) -> None:
        pid = servers.running["postgres"].pid
        assert Path(f"/proc/{pid}").stat().st_uid != 0


class TestCluster:
    def test_three_primaries_share_all_slots_and_each_has_a_replica(
        self, cluster: ValkeyCluster
    ) -> None:
        roles = [node.call("ROLE")[0] for node in cluster.nodes]
        assert sorted(roles) == [b"master"] * 3 + [b"slave"] * 3
        info = cluster.nodes[0].call("CLUSTER", "INFO")
        text = info if isinstance(info, str) else str(info)
        assert "16384" in text


class TestEmpty:
    def test_leaves_no_row_and_no_key(self, servers: Servers) -> None:
        servers.live.call("SET", "left", "over")
        with psycopg.connect(servers.postgres.url) as connection:
            connection.execute("INSERT INTO node_leases VALUES (1, 'left over', 0, 0)")
        servers.empty()
        assert servers.live.call("DBSIZE") == 0
        with psycopg.connect(servers.postgres.url) as connection:
            assert connection.execute("SELECT count(*) FROM node_leases").fetchone() == (0,)
