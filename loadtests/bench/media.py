"""`carnival bench media`: what encoding a ladder costs beside plain ffmpeg, how soon a film can be
watched, and how fast its segments are served.

ladder_cpu             CPU time of our ladder over that of one encoding a rung, same settings, whole
chunk_overhead         time of our pieces, a worker a core, over one unchunked ffmpeg on all cores
chunk_overhead_hevc    the same of a 10-bit HEVC source
two_workers            speed of two workers over one, each pinned to its half of the cores
first_playable_60s_s   from the last byte of a minute's film until its first segments can be played,
                       by the running web, worker and transcoder
first_playable_1h_s    the same of an hour's film
segment_serve          segments of 1 MiB a second to 64 clients, over nginx
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import Progress, TaskID

from loadtests.bench import harness
from loadtests.bench.films import hevc_film, phone_film, plain_film, repeated
from loadtests.bench.harness import Row
from loadtests.bench.programs import missing_tools
from loadtests.bench.screening import first_playable_seconds, ready, segment_serve
from loadtests.bench.stage import Stage, stage

_ROOT = Path(__file__).parents[2]
_ROWS = {
    "encoding": ("ladder_cpu", "chunk_overhead", "chunk_overhead_hevc", "two_workers"),
    "playing": ("first_playable_60s_s", "first_playable_1h_s", "segment_serve"),
}
_SERVE_ROUNDS, _SERVE_SECONDS = harness.ROUNDS_MIN, 3.0


_QUEUE: Final = object()
"""Stands for a folder from which workers of one film take its pieces, anew each time."""
_Way = tuple[Sequence[Sequence[object]], Sequence[frozenset[int] | None]]
"""What runs at once, and on which cores each."""


class Encoder:
    """Encodes a film in several ways, a few rounds of each."""

    def __init__(self, rounds: int, progress: Progress, task: TaskID) -> None:
        self._rounds, self._progress, self._task = rounds, progress, task
        self._halves = _halves()

    def rows(self, film: Path, hevc: Path) -> list[Row]:
        """All rows about encoding. Each way has its turn in every round, so that a machine that
        slows down does so for all of them."""
        one, all_ = self._halves[:1], [None]
        ways: Mapping[str, _Way] = {
            "ladder": ([("ladder", film)], one),
            "separate": ([("separate", film)], one),
            "two": ([("ladder", film, _QUEUE)] * len(self._halves), self._halves),
            "whole": ([("whole", film)], all_),
            "two_hevc": ([("ladder", hevc, _QUEUE)] * len(self._halves), self._halves),
            "whole_hevc": ([("whole", hevc)], all_),
        }
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        for _ in range(self._rounds):
            for name, (each, cores) in ways.items():
                taken[name].append(self._timed(each, cores))
        wall = {name: statistics.median(wall for wall, _ in taken[name]) for name in ways}
        cpu = {name: statistics.median(cpu for _, cpu in taken[name]) for name in ways}
        speed = round(wall["ladder"] / wall["two"], 3)
        once, most = "≤ 1.10 × one ffmpeg", 1.10
        return [
            _row(
                "ladder_cpu", cpu["ladder"], cpu["separate"], "CPU s", "≤ 0.95 × separate", 0.95
            ),
            _row("chunk_overhead", wall["two"], wall["whole"], "s", once, most),
            _row("chunk_overhead_hevc", wall["two_hevc"], wall["whole_hevc"], "s", once, most),
            Row(
                "two_workers", speed, "× one", round(wall["ladder"], 1), speed,
                "≥ 1.75", speed >= 1.75,
            ),
        ]  # fmt: skip

    def _timed(
        self, each: Sequence[Sequence[object]], cores: Sequence[frozenset[int] | None]
    ) -> tuple[float, float]:
        """Seconds until all of these are done, and their CPU seconds."""
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        with tempfile.TemporaryDirectory() as queue:
            named = [[queue if word is _QUEUE else word for word in words] for words in each]
            running = [_start(words, mine) for words, mine in zip(named, cores, strict=True)]
            codes = [process.wait() for process in running]
        if any(codes):
            raise RuntimeError("an encoding failed")
        wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
        self._progress.advance(self._task)
        return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def playing(folder: Path, film: Path, notes: list[str]) -> list[Row]:
    """The rows about what a viewer waits for: each film comes to a stage that is idle."""
    rows: list[Row] = []
    for name, seconds, most in (
        ("first_playable_1h_s", 3600, 20.0),
        ("first_playable_60s_s", 60, 6.0),
    ):
        home = folder / name
        home.mkdir(mode=0o755)
        mine = repeated(film, home / f"{seconds}.mp4", seconds)
        with stage("film", home) as on:
            taken, video = first_playable_seconds(on, mine)
            row = Row(name, round(taken, 2), "s", None, None, f"≤ {most:g} s", taken <= most)
            rows.insert(0, row)
            mine.unlink()
            if seconds == 60:
                rows += _serving(on, video, home, notes)
    return rows


def _serving(on: Stage, video: str, folder: Path, notes: list[str]) -> list[Row]:
    missing = [each for each in missing_tools() if each in ("wrk", "nginx")]
    if missing:
        notes.append(f"segment_serve: not measured, install {' '.join(missing)} (Debian)")
        return []
    ready(on, video)
    duel = segment_serve(on, video, folder, _SERVE_ROUNDS, _SERVE_SECONDS)
    notes.append(harness.cpu_note("segment_serve", "segment", duel))
    return [harness.against("segment_serve", "segments/s", duel, 0.5)]


def main() -> int:
    """Measure, show, save. Returns 0 when every row was measured and holds."""
    parser = argparse.ArgumentParser(prog="carnival bench media", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="of each way to encode")
    parser.add_argument("--seconds", type=int, default=24, help="of the film that is encoded")
    parser.add_argument("--only", choices=sorted(_ROWS), help="half of the rows")
    parser.add_argument("--json", type=Path, help="write rows and machine here")
    options = parser.parse_args()
    console = Console()
    wanted = [options.only] if options.only else sorted(_ROWS)
    rows: list[Row] = []
    notes = [f"films: 1080 lines, {options.seconds} s, four rungs; {options.rounds} round(s)"]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="carnival-bench-")))
        folder.chmod(0o755)
        progress = stack.enter_context(Progress(console=console, transient=True))
        task = progress.add_task("Filming", total=None)
        if "encoding" in wanted:
            film = phone_film(folder / "phone.mp4", options.seconds)
            hevc = hevc_film(film, folder / "hevc.mp4")
            progress.update(task, description="Encoding", total=6 * options.rounds)
            rows += Encoder(options.rounds, progress, task).rows(film, hevc)
        if "playing" in wanted:
            progress.update(task, description="Filming", total=None)
            film = plain_film(folder / "film.mp4", options.seconds)
            progress.update(task, description="Playing")
            rows += playing(folder, film, notes)
    harness.show(console, "bench media", rows, notes)
    if options.json:
        harness.save(options.json, rows)
    measured = {row.name for row in rows} == {name for each in wanted for name in _ROWS[each]}
    return 0 if measured and all(row.holds for row in rows) else 1


def _row(name: str, ours: float, baseline: float, unit: str, goal: str, most: float) -> Row:
    ratio = ours / baseline
    return Row(name, round(ours, 1), unit, round(baseline, 1), round(ratio, 3), goal, ratio <= most)


def _halves() -> list[frozenset[int]]:
    cores = sorted(os.sched_getaffinity(0))
    middle = max(1, len(cores) // 2)
    return [frozenset(cores[:middle]), frozenset(cores[middle:] or cores)]


def _start(arguments: Sequence[object], cores: frozenset[int] | None) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "app.stage.media", *map(str, arguments)]
    if cores is not None:
        command = ["taskset", "-c", ",".join(map(str, sorted(cores))), *command]
    return subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.DEVNULL)
