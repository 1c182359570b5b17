"""`carnival test`: every check there is, shown and timed.

What reads the sources runs side by side, then come the suites, one after the other: each of them
keeps all cores busy by itself, with as many workers of pytest. Here and in continuous integration
it is the same; nothing else decides whether a change is good. It ends with `N passed, N failed`,
and with a status other than zero when anything failed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import msgspec
from rich.console import Console
from rich.markup import escape

from app.local import HOME
from app.web import build

_BIN = Path(sys.executable).parent
_SHELL_SCRIPTS = ("carnival", ".ci/run", "scripts/install", "scripts/lock", "scripts/healthcheck")
_OUTPUT_LINES_MAX = 80
_INSTALLATIONS = ("tests/faults", "tests/app")
"""Suites that start whole installations."""
_LONGEST = (
    "tests/app/test_supervisor.py",
    "tests/faults/test_money_kills.py",
    "tests/app/test_image.py",
    "tests/faults/test_kills.py",
)
"""Of their files: begun first, so that no lane is left alone with one of them at the end."""
_SOURCES = ("app", "campaigns", "feeds", "games", "loadtests", "media")
_WORKERS_MAX = 4


class Outcome(msgspec.Struct, frozen=True):
    """What a step showed: how many of its checks passed and failed, and what to read."""

    passed: int
    failed: int
    output: str = ""
    note: str = ""


Step = tuple[str, Callable[[], Outcome]]


class Checks:
    """The steps in the order of how soon they fail: seconds first, minutes last."""

    def __init__(self, console: Console, *, faults: bool) -> None:
        self._console = console
        self._faults = faults

    def run(self) -> int:
        """Run all; a failure does not keep the next from running. Returns the exit status."""
        begun = time.monotonic()
        outcomes: list[tuple[str, Outcome, float]] = []
        for title, outcome, seconds in self._run_steps():
            outcomes.append((title, outcome, seconds))
            self._show(title, outcome, seconds)
        self._console.rule("Summary", align="left")
        for title, outcome, seconds in outcomes:
            self._show(title, msgspec.structs.replace(outcome, output=""), seconds)
        passed = sum(outcome.passed for _, outcome, _ in outcomes)
        failed = sum(outcome.failed for _, outcome, _ in outcomes)
        self._console.print(f"[dim]{time.monotonic() - begun:.0f} s in all[/]")
        self._console.print(f"{passed} passed, {failed} failed")
        return 1 if failed else 0

    def _run_steps(self) -> Iterator[tuple[str, Outcome, float]]:
        """What every step showed, and its seconds, as soon as it ends."""
        self._console.rule("Sources", align="left", style="dim")
        with ThreadPoolExecutor(os.cpu_count() or 1) as lanes:
            running = {lanes.submit(_timed, step): title for title, step in self._quiet_steps()}
            for ended in as_completed(running):
                yield running[ended], *ended.result()
        for title, step in self._steps():
            self._console.rule(title, align="left", style="dim")
            yield title, *_timed(step)

    def _show(self, title: str, outcome: Outcome, seconds: float) -> None:
        if outcome.output:
            tail = "\n".join(outcome.output.splitlines()[-_OUTPUT_LINES_MAX:])
            self._console.print(escape(tail), soft_wrap=True)
        sign = "[red]✗[/]" if outcome.failed else "[green]✓[/]"
        note = f" [yellow]{escape(outcome.note)}[/]" if outcome.note else ""
        counts = f"{outcome.passed} passed, {outcome.failed} failed"
        self._console.print(f"{sign} {title} [dim]{counts}, {seconds:.0f} s[/]{note}")

    def _quiet_steps(self) -> list[Step]:
        """They keep one core busy, show nothing before they end, and disturb nobody; the longest
        first."""
        return [
            ("Types", lambda: _command(_BIN / "pyright", "--pythonpath", sys.executable)),
            ("Pages", _pages),
            ("House rules", lambda: _pytest("tests/house", shown=False)),
            ("Lint", lambda: _command(_BIN / "ruff", "check", ".")),
            ("Format", lambda: _command(_BIN / "ruff", "format", "--check", ".")),
            ("Shell scripts", lambda: _command(_BIN / "shellcheck", *_SHELL_SCRIPTS)),
            ("Dockerfile", lambda: _command(_BIN / "hadolint", "Dockerfile")),
            ("Compose file", lambda: _command(_BIN / "compose-lint", "check", "compose.yaml")),
            ("Import contracts", lambda: _command(_BIN / "lint-imports", "--no-cache")),
        ]

    def _steps(self) -> list[Step]:
        steps: list[Step] = [
            ("Tests", _tests),
            ("Installations", _installations),
            ("Browser tests", self._browser),
            ("Rehearsal", _rehearsal),
        ]
        if self._faults:
            steps.append(("Long fault tests", lambda: _pytest("-m", "faults")))
        return steps

    def _browser(self) -> Outcome:
        chromium = _chromium(self._console)
        if chromium is not None:
            os.environ["CARNIVAL_CHROMIUM"] = chromium
            lanes = [*_in_parallel(2), "--dist", "loadgroup", "--no-loadscope-reorder"]
            return _pytest("-m", "browser", "tests/browser", *lanes)
        note = "NOT RUN: there is no Chromium; as root on Debian it would be installed"
        return Outcome(0, 1 if os.environ.get("CI") == "true" else 0, note=note)


def _timed(step: Callable[[], Outcome]) -> tuple[Outcome, float]:
    begun = time.monotonic()
    outcome = step()
    return outcome, time.monotonic() - begun


def _command(program: Path, *arguments: str) -> Outcome:
    """A tool that passes or fails as a whole; its output matters only when it fails."""
    done = subprocess.run(
        [str(program), *arguments], cwd=HOME, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return Outcome(1, 0)
    return Outcome(0, 1, done.stdout + done.stderr)


def _pytest(*arguments: str, shown: bool = True) -> Outcome:
    """A run of pytest, counted test by test; shown as it goes, or afterwards when it failed."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *arguments]
        output = None if shown else subprocess.PIPE
        done = subprocess.run(
            command, cwd=HOME, stdout=output, stderr=subprocess.STDOUT, text=True, check=False
        )
        if not report.exists():
            note = f"pytest ended with status {done.returncode}"
            return Outcome(0, 1, done.stdout or "", note)
        outcome = _counted(report, done.returncode)
        said = done.stdout or "" if outcome.failed else ""
        return msgspec.structs.replace(outcome, output=said)


def _apart(option: str) -> list[str]:
    """The suites that have a step of their own."""
    return [f"{option}={folder}" for folder in (*_INSTALLATIONS, "tests/house")]


def _in_parallel(workers: int = 0) -> list[str]:
    """Each of pytest's workers has servers of its own, so tests share nothing. One more than
    there are cores, unless told: whoever waits for a disk or for a moment leaves its core."""
    workers = workers or (os.cpu_count() or 1) + 1
    return ["-n", str(min(_WORKERS_MAX, workers)), "--dist", "worksteal"]


def _tests() -> Outcome:
    """Here and in the suites behind it dozens of processes start, and where Python keeps no
    bytecode by itself, each would compile all that it imports: a quarter of what its start costs.
    """
    subprocess.run([sys.executable, "-m", "compileall", "-q", *_SOURCES], cwd=HOME, check=False)
    what = ("-m", "not browser and not faults", *_apart("--ignore"))
    return _pytest(*what, *_in_parallel())


def _installations() -> Outcome:
    """Two at a time: more would starve each other, and one alone waits half of its time for
    processes to start and for others to notice that they ended. A file's tests stay together."""
    lanes = [*_in_parallel(2), "--dist", "loadfile", "--no-loadscope-reorder"]
    return _pytest("-m", "not faults", *_LONGEST, *_INSTALLATIONS, *lanes)


def _counted(report: Path, status: int) -> Outcome:
    # the report is written by our own pytest
    suite = next(ElementTree.parse(report).getroot().iter("testsuite"))  # noqa: S314
    total, skipped = int(suite.get("tests", "0")), int(suite.get("skipped", "0"))
    failed = int(suite.get("failures", "0")) + int(suite.get("errors", "0"))
    if status != 0 and failed == 0:
        return Outcome(total - skipped, 1, note=f"pytest ended with status {status}")
    note = f"{skipped} skipped" if skipped else ""
    return Outcome(total - skipped - failed, failed, note=note)


def _pages() -> Outcome:
    """Types, unit tests and build of every page."""
    passed, outputs = 0, list[str]()
    for page in build.pages():
        scripts = msgspec.json.decode((page / "package.json").read_bytes())["scripts"]
        steps: Sequence[str] = [name for name in ("check", "test", "build") if name in scripts]
        try:
            build.install(page)
            for name in steps:
                if name == "build":
                    build.build(page)
                else:
                    build.run_npm(page, "run", name)
                passed += 1
        except build.BuildFailed as error:
            outputs.append(str(error))
    return Outcome(passed, len(outputs), "\n".join(outputs))


def _chromium(console: Console) -> str | None:
    """The browser's path; Debian's package is installed where it is missing and root allows."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return None
    console.print("Installing Chromium from Debian")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = ("chromium", "fonts-noto-cjk")
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run([apt, "-q", *arguments], env=environment, check=False)
        if done.returncode != 0:
            return None
    return shutil.which("chromium")


def _rehearsal() -> Outcome:
    """A minute of load on a fresh `up`, judged by what it acknowledged."""
    with tempfile.TemporaryDirectory(prefix="carnival-rehearsal-") as folder:
        command = [sys.executable, "-m", "app.cli", "festival", "--profile", "smoke", "--fresh"]
        done = subprocess.run([*command, "--data", folder], cwd=HOME, check=False)
    return Outcome(1, 0) if done.returncode == 0 else Outcome(0, 1)
