"""What `carnival doctor` says about the machine and its servers."""

import shutil
import socket
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from app import doctor
from app.doctor import Finding
from app.kernel.settings import Settings

SPACE = shutil.disk_usage("/")


def _full(_folder: Path) -> object:
    return SPACE._replace(free=300_000_000)


def test_a_full_disk_and_a_taken_port_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "disk_usage", _full)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = _by_subject(doctor.machine(tmp_path / "data", port))
    assert found["Disk"].state == f"0.3 GB free at {tmp_path}"
    assert "Make room" in found["Disk"].advice
    assert "TMPDIR" in found["Scratch"].advice
    assert found[f"Port {port}"].state == "taken"
    assert "`up --port`" in found[f"Port {port}"].advice
    assert found["Python"].advice == ""


async def test_servers_that_are_old_or_out_of_step_are_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    found = {each.subject: each async for each in doctor.servers(settings)}
    for subject in ("PostgreSQL", "Live Valkey", "Cache Valkey"):
        assert found[subject].advice == ""
        assert "clock" in found[subject].state
    monkeypatch.setattr(doctor, "_POSTGRES_MIN", 99)
    monkeypatch.setattr(doctor, "_CLOCK_SECONDS_MAX", -1.0)
    found = {each.subject: each async for each in doctor.servers(settings)}
    assert found["PostgreSQL"].advice == "Upgrade it to version 99 or newer."
    assert "NTP" in found["Live Valkey"].advice


async def test_a_server_that_is_away_is_told(settings: Settings):
    nowhere = msgspec.structs.replace(settings, valkey_cache_url="valkey://127.0.0.1:1")
    found = {each.subject: each async for each in doctor.servers(nowhere)}
    assert found["Cache Valkey"].state.startswith("away: ")
    assert found["Live Valkey"].advice == ""


async def test_a_replicated_installation_without_replicas_is_told_so(settings: Settings):
    wanted = msgspec.structs.replace(settings, durability="replicated")
    found = {each.subject: each async for each in doctor.servers(wanted)}
    assert found["Durability"].advice == ""
    assert found["Replication"].state == "primaries without a second disk: 1"
    assert "CARNIVAL_DURABILITY=local" in found["Replication"].advice
    found = {each.subject: each async for each in doctor.servers(settings)}
    assert "Replication" not in found


def _by_subject(findings: Iterable[Finding]) -> dict[str, Finding]:
    return {each.subject: each for each in findings}
