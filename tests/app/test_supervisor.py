"""`up` as people meet it: a real instance in a folder of its own."""

import asyncio
import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import httpx
import psycopg
import pytest

from app.local import HOME
from tests.bases import Base
from tests.waiting import until

_READY_SECONDS = 240


class Instance:
    """A running `carnival up`, with its output in a file."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._base = Base()
        self.port = self._base.port
        self.url = f"http://127.0.0.1:{self.port}"
        self.output = data.parent / f"{data.name}.out"
        self.process = self.spawn()

    def spawn(self, *, demo: bool = False) -> subprocess.Popen[bytes]:
        """One more `up` on the same folder and port."""
        command = [*CARNIVAL, "up", "--data", str(self.data), "--port", str(self.port)]
        with self.output.open("ab") as output:
            return subprocess.Popen(
                command if demo else [*command, "--no-demo"],
                env=ENVIRONMENT,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait_ready(self) -> None:
        """Until the doors are open, and the transcoder has come after them."""
        until(lambda: self._complete() or self.process.poll() is not None, _READY_SECONDS)
        assert self.process.poll() is None, self.output.read_text()

    def _complete(self) -> bool:
        return self.ready() and "transcoder" in self.children()

    def ready(self) -> bool:
        """Whether every dependency answers."""
        try:
            return _HTTP.get(f"{self.url}/health/ready").status_code == 200
        except httpx.HTTPError:
            return False

    def said(self, text: str) -> bool:
        """Whether the terminal shows a text."""
        return text in self.output.read_text()

    def children(self) -> dict[str, int]:
        """Process ids of the direct children by the name of the child."""
        found: dict[str, int] = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(path.read_text().rpartition(")")[2].split()[1])
                line = (path.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if parent == self.process.pid:
                found[_name(line, self.port)] = int(path.parent.name)
        return found

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


ENVIRONMENT = {**os.environ, "PYTHONPATH": str(HOME), "COLUMNS": "250"}
_HTTP = httpx.Client(timeout=5, verify=False, limits=httpx.Limits(max_keepalive_connections=0))
"""Asked twenty times a second: plain HTTP, and certificates are not read each time."""
CARNIVAL = [sys.executable, "-P", "-m", "app.cli"]


def _name(line: str, port: int) -> str:
    if "valkey-server" in line:
        return "live" if f":{port + 1}" in line else "cache"
    for name in ("web", "worker", "transcoder"):
        if f"app.cli {name}" in line:
            return name
    return "postgres" if "postgres" in line else line


def _metrics(port: int) -> str:
    return httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    running = Instance(tmp_path_factory.mktemp("up") / "data")
    try:
        running.wait_ready()
        yield running
    finally:
        running.stop()


class TestUp:
    def test_answers_and_says_where(self, instance: Instance) -> None:
        until(lambda: instance.said("is open"))
        assert instance.said(f"{instance.url}/")
        assert instance.said("/docs")

    def test_runs_every_part_as_a_child(self, instance: Instance) -> None:
        assert set(instance.children()) == {
            "live",
            "cache",
            "postgres",
            "web",
            "worker",
            "transcoder",
        }

    def test_a_code_appears_on_the_terminal_and_in_a_file(self, instance: Instance) -> None:
        asked = httpx.post(f"{instance.url}/v1/auth/codes", json={"phone": "13800000001"})
        assert asked.status_code == 202
        until(lambda: instance.said("One-time code for"))
        written = json.loads((instance.data / "codes.log").read_text().splitlines()[-1])
        assert instance.said(written["code"])
        for name in ("log", "codes.log"):
            assert stat.S_IMODE((instance.data / name).stat().st_mode) & 0o077 == 0

    def test_metrics_have_ports_of_their_own(self, instance: Instance) -> None:
        httpx.get(f"{instance.url}/v1/time")
        until(lambda: "carnival_http_requests_total{" in _metrics(instance.port + 4))
        assert "carnival_settled_decisions" in _metrics(instance.port + 5)
        assert "carnival_http_requests" not in _metrics(instance.port)

    def test_secrets_are_the_owners_only(self, instance: Instance) -> None:
        for name in ("secret", "instance"):
            assert stat.S_IMODE((instance.data / name).stat().st_mode) == 0o600

    def test_no_secret_in_the_list_of_processes(self, instance: Instance) -> None:
        kept = json.loads((instance.data / "instance").read_text())
        passwords = set(re.findall(r"://[^@]*:([^@:]+)@", " ".join(kept.values())))
        passwords.add(kept["CARNIVAL_SECRET"])
        assert len(passwords) == 5
        for pid in instance.children().values():
            line = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
            assert not any(password in line for password in passwords)

    def test_web_and_worker_cannot_change_tables(self, instance: Instance) -> None:
        for name in ("web", "worker"):
            environment = Path(f"/proc/{instance.children()[name]}/environ").read_text()
            assert "DATABASE_URL=" in environment
            assert "DATABASE_OWNER_URL" not in environment

    def test_a_second_instance_on_the_folder_is_refused(self, instance: Instance) -> None:
        second = instance.spawn()
        assert second.wait(30) == 1
        assert instance.said(f"Another instance (process {instance.process.pid}) runs on")
        assert instance.ready()

    def test_a_port_in_use_is_refused(self, instance: Instance, tmp_path: Path) -> None:
        again = subprocess.run(
            [*CARNIVAL, "up", "--data", str(tmp_path), "--port", str(instance.port)],
            capture_output=True,
            text=True,
            env=ENVIRONMENT,
        )
        assert again.returncode == 1
        assert f"Port {instance.port}" in again.stderr
        assert "--port" in again.stderr

    def test_doctor_finds_a_running_instance_well(self, instance: Instance) -> None:
        done = subprocess.run(
            [*CARNIVAL, "doctor", "--data", str(instance.data)],
            capture_output=True,
            text=True,
            env=ENVIRONMENT,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "acknowledged means durable" in done.stdout

    @pytest.mark.parametrize("name", ["worker", "transcoder", "cache", "live", "postgres"])
    def test_a_killed_child_comes_back(self, instance: Instance, name: str) -> None:
        before = instance.children()[name]
        os.kill(before, signal.SIGKILL)
        until(lambda: instance.children().get(name, before) != before)
        until(instance.ready, 60)

    def test_no_web_process_outlives_its_parent_which_comes_back(self, instance: Instance) -> None:
        parent = instance.children()["web"]
        orphans = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        assert orphans
        os.kill(parent, signal.SIGKILL)
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in orphans))
        until(lambda: instance.children().get("web", parent) != parent)
        until(instance.ready, 60)

    def test_says_what_died(self, instance: Instance) -> None:
        assert instance.said("ended (signal SIGKILL), starting again in 0.2 s")


class TestUnsafe:
    async def test_start_up_refuses_and_doctor_says_what_to_do(self, instance: Instance) -> None:
        kept = json.loads((instance.data / "instance").read_text())
        admin = kept["DATABASE_OWNER_URL"]
        environment = {**ENVIRONMENT, **kept}
        with psycopg.connect(admin, autocommit=True) as owner:
            owner.execute("ALTER DATABASE carnival SET synchronous_commit = off")
        try:
            worker = await asyncio.create_subprocess_exec(
                *CARNIVAL, "worker", env=environment, stderr=asyncio.subprocess.PIPE
            )
            doctor = await asyncio.create_subprocess_exec(
                *CARNIVAL, "doctor", env=environment, stdout=asyncio.subprocess.PIPE
            )
            (_, errors), (output, _) = await asyncio.wait_for(
                asyncio.gather(worker.communicate(), doctor.communicate()), 120
            )
            assert worker.returncode != 0
            assert "refusing to start on unsafe servers" in errors.decode()
            assert doctor.returncode == 1
            assert "synchronous_commit is off; ALTER SYSTEM SET" in output.decode()
        finally:
            with psycopg.connect(admin, autocommit=True) as owner:
                owner.execute("ALTER DATABASE carnival RESET synchronous_commit")


class TestStop:
    """Last of this module: it ends the instance."""

    def test_a_killed_supervisor_leaves_nothing_running(self, instance: Instance) -> None:
        pids = instance.children()
        instance.process.kill()
        instance.process.wait()
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids.values()), 180)
        instance.process = instance.spawn()
        instance.wait_ready()

    def test_sigterm_stops_whoever_writes_before_who_keeps(self, instance: Instance) -> None:
        pids = instance.children()
        assert instance.stop() == 0
        output = instance.output.read_text()
        turns = (("web",), ("worker", "transcoder"), ("postgres",), ("valkey-cache", "valkey-live"))
        places = [[output.rindex(f"Stopped {name}") for name in turn] for turn in turns]
        for turn, following in pairwise(places):
            assert max(turn) < min(following)
        assert not any(Path(f"/proc/{pid}").exists() for pid in pids.values())
        log = (instance.data / "log" / "postgres.log").read_text()
        assert log.rstrip().endswith("database system is shut down")

    def test_starts_again_on_what_it_kept_and_stops_while_the_demo_loads(
        self, instance: Instance
    ) -> None:
        before = len(instance.output.read_text())
        instance.process = instance.spawn(demo=True)
        instance.wait_ready()
        until(lambda: any("demo" in name for name in instance.children()), _READY_SECONDS)
        pids = instance.children()
        assert pids["postgres"]
        assert instance.stop() == 0
        assert not any(Path(f"/proc/{pid}").exists() for pid in pids.values())
        assert "Stopped valkey-live" in instance.output.read_text()[before:]
