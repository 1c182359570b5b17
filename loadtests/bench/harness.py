"""What every benchmark shares: rounds, pinning, CPU time, the table and the JSON.

Rates of one machine in one minute are comparable, those of two machines are not: so ours and the
baseline take turns, at least five times, and medians are compared. What serves is pinned to one
core and what generates load to another, so that neither starves the other unseen. Beside every
rate stands the CPU time that the serving processes spent on one request: it is what a faster
machine cannot hide.
"""

import json
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROUNDS_MIN = 5
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_CORES = sorted(os.sched_getaffinity(0))
"""As this process was given them, before it is pinned itself."""


@dataclass(frozen=True)
class Row:
    """A result. `baseline` and `ratio` are None where the goal is absolute."""

    name: str
    value: float
    unit: str
    baseline: float | None
    ratio: float | None
    goal: str
    holds: bool


@dataclass(frozen=True)
class Sample:
    """One round of one contestant: a rate, and CPU-µs a request of each serving process."""

    rate: float
    cpu_us: Mapping[str, float] = field(default_factory=dict[str, float])


@dataclass
class Duel:
    """Ours beside a baseline, over all rounds."""

    ours: list[Sample]
    baseline: list[Sample]

    @property
    def ratio(self) -> float:
        """The median of ours over the median of the baseline."""
        return median(self.ours) / median(self.baseline)


def median(samples: Iterable[Sample]) -> float:
    """The median rate."""
    return statistics.median(sample.rate for sample in samples)


def cpu_medians(samples: Sequence[Sample]) -> dict[str, float]:
    """The median CPU-µs a request of each process."""
    names = samples[0].cpu_us
    return {name: statistics.median(each.cpu_us[name] for each in samples) for name in names}


def duel(ours: Callable[[], Sample], baseline: Callable[[], Sample], rounds: int) -> Duel:
    """Take turns; who begins alternates, so that neither always runs on a warm machine."""
    assert rounds >= ROUNDS_MIN
    result = Duel([], [])
    for turn in range(rounds):
        if turn % 2:
            result.baseline.append(baseline())
        result.ours.append(ours())
        if not turn % 2:
            result.baseline.append(baseline())
    return result


def against(name: str, unit: str, result: Duel, goal_ratio: float) -> Row:
    """A row whose goal is a share of the baseline."""
    return Row(
        name=name,
        value=round(median(result.ours), 1),
        unit=unit,
        baseline=round(median(result.baseline), 1),
        ratio=round(result.ratio, 3),
        goal=f"≥ {goal_ratio} × baseline",
        holds=result.ratio >= goal_ratio,
    )


def serving_core() -> int:
    """The core of what serves."""
    return _CORES[0]


def loading_core() -> int:
    """The core of what generates load; the same one where there is only one."""
    return _CORES[-1]


def pin(pid: int, core: int) -> None:
    """Keep every thread of a process, and of its children, on one core."""
    for each in family(pid):
        for thread in Path(f"/proc/{each}/task").iterdir():
            try:
                os.sched_setaffinity(int(thread.name), {core})
            except ProcessLookupError:
                continue


def pin_one(pid: int, core: int) -> None:
    """The same without the children."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), {core})


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    found = [pid]
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in path.read_text().split():
            found += family(int(child))
    return found


def cpu_seconds(pid: int, *, alone: bool = False) -> float:
    """CPU time that a process and its present descendants have used."""
    total = 0
    for each in [pid] if alone else family(pid):
        words = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        total += int(words[11]) + int(words[12])
    return total / _TICKS_A_SECOND


class Meter:
    """CPU time of named processes over a stretch of time; of those in `alone` without the
    children."""

    def __init__(self, pids: Mapping[str, int], alone: Collection[str] = ()) -> None:
        self._pids = dict(pids)
        self._alone = alone
        self._before = self._now()

    def per(self, requests: float) -> dict[str, float]:
        """CPU-µs a request of each process since the start."""
        now = self._now()
        return {name: (now[name] - self._before[name]) / max(requests, 1) * 1e6 for name in now}

    def _now(self) -> dict[str, float]:
        return {n: cpu_seconds(pid, alone=n in self._alone) for n, pid in self._pids.items()}


def wrk(
    url: str, pids: Mapping[str, int], *, script: Path, seconds: float, connections: int = 64
) -> Sample:
    """One round of wrk with a Lua script. Raises RuntimeError when any answer was not 2xx."""
    meter = Meter(pids)
    done = subprocess.run(
        [
            *("taskset", "-c", str(loading_core()), "wrk", "-t1", f"-c{connections}"),
            *(f"-d{seconds:g}s", "-s", str(script), url),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    words = done.stdout.rpartition("RESULT ")[2].split()
    if len(words) < 3:
        raise RuntimeError(f"wrk said: {done.stdout}\n{done.stderr}")
    requests, microseconds, failed = float(words[0]), float(words[1]), int(words[2])
    if failed:
        raise RuntimeError(f"{failed} of {requests:g} requests failed at {url}:\n{done.stdout}")
    return Sample(requests / microseconds * 1e6, meter.per(requests))


WRK_DONE = """
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('RESULT %d %d %d\\n', summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""
"""The end of every wrk script: what `wrk` reads."""


def cpu_note(name: str, unit: str, result: Duel) -> str:
    """CPU-µs of ours and of the baseline, by process, in words."""
    sides: list[str] = []
    for side, samples in (("ours", result.ours), ("baseline", result.baseline)):
        parts = [f"{process} {value:.1f}" for process, value in cpu_medians(samples).items()]
        sides.append(f"{side} {' + '.join(parts)}")
    return f"{name}: CPU-µs a {unit}: {'; '.join(sides)}"


def wait_until(ready: Callable[[], bool], seconds: float = 60.0) -> None:
    """Poll. Raises RuntimeError when it takes longer."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise RuntimeError("a process of the benchmark did not become ready")
        time.sleep(0.05)


def machine() -> dict[str, str | int]:
    """Where the figures were taken."""
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return {
        "cpu": model,
        "cores": len(_CORES),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "taken": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def show(console: Console, title: str, rows: Sequence[Row], notes: Sequence[str]) -> None:
    """The table for people."""
    table = Table(title=title)
    table.add_column("row")
    for name in ("value", "baseline", "ratio"):
        table.add_column(name, justify="right")
    table.add_column("unit")
    table.add_column("goal")
    table.add_column("holds")
    for row in rows:
        table.add_row(
            row.name,
            f"{row.value:,.1f}",
            "" if row.baseline is None else f"{row.baseline:,.1f}",
            "" if row.ratio is None else f"{row.ratio:.2f}",
            row.unit,
            row.goal,
            "[green]yes[/]" if row.holds else "[red]no[/]",
        )
    console.print(table)
    for note in notes:
        console.print(f"  {note}")


def save(path: Path, rows: Sequence[Row]) -> None:
    """The JSON for machines."""
    document = {"rows": [asdict(row) for row in rows], "machine": machine()}
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
