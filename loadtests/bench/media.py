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
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.progress import Progress

from loadtests.bench import harness
from loadtests.bench.films import hevc_film, phone_film, plain_film, repeated
from loadtests.bench.harness import Row
from loadtests.bench.programs import missing_tools
from loadtests.bench.screening import first_playable_seconds, ready, segment_serve
from loadtests.bench.stage import Stage, stage
from loadtests.bench.turns import Command, Spent, take_turns

_ROOT = Path(__file__).parents[2]
_ROWS = {
    "encoding": ("ladder_cpu", "chunk_overhead", "chunk_overhead_hevc", "two_workers"),
    "playing": ("first_playable_60s_s", "first_playable_1h_s", "segment_serve"),
}
_SERVE_ROUNDS, _SERVE_SECONDS = harness.ROUNDS_MIN, 3.0


class Films(NamedTuple):
    """The same film as two kinds of phones write it."""

    phone: Path
    hevc: Path


def encoding(films: Films, rounds: int, step: Callable[[], None]) -> list[Row]:
    """The rows about encoding. In every round, whoever is compared takes short turns."""
    halves = _halves()
    medians: dict[str, Spent] = {}
    for film, suffix in ((films.phone, ""), (films.hevc, "_hevc")):
        rounds_ = [_round(film, suffix, halves, step) for _ in range(rounds)]
        for name in rounds_[0]:
            wall = statistics.median(each[name].wall for each in rounds_)
            medians[name] = Spent(wall, statistics.median(each[name].cpu for each in rounds_))
    ladder, two = medians["ladder"], medians["two"]
    speed = round(ladder.wall / two.wall, 3)
    once, most = "≤ 1.10 × one ffmpeg", 1.10
    return [
        _row("ladder_cpu", ladder.cpu, medians["separate"].cpu, "CPU s", "≤ 0.95 × separate", 0.95),
        _row("chunk_overhead", two.wall, medians["whole"].wall, "s", once, most),
        _row(
            "chunk_overhead_hevc", medians["two_hevc"].wall, medians["whole_hevc"].wall,
            "s", once, most,
        ),
        Row(
            "two_workers", speed, "× one", round(ladder.wall, 1), speed, "≥ 1.75", speed >= 1.75,
        ),
    ]  # fmt: skip


def _round(
    film: Path, suffix: str, halves: Sequence[frozenset[int]], step: Callable[[], None]
) -> dict[str, Spent]:
    with tempfile.TemporaryDirectory() as queue:
        ways: dict[str, Sequence[Command]] = {
            f"two{suffix}": [_command("ladder", film, queue, cores=half) for half in halves],
            f"whole{suffix}": [_command("whole", film)],
        }
        if not suffix:
            one = halves[0]
            ways["ladder"] = [_command("ladder", film, cores=one)]
            ways["separate"] = [_command("separate", film, cores=one)]
        return take_turns(ways, _ROOT, step)


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
    parser.add_argument("--rounds", type=int, default=1, help="of each way to encode")
    parser.add_argument("--seconds", type=int, default=60, help="of the film that is encoded")
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
            phone = phone_film(folder / "phone.mp4", options.seconds)
            films = Films(phone, hevc_film(phone, folder / "hevc.mp4"))
            progress.update(task, description="Encoding", total=6 * options.rounds)
            rows += encoding(films, options.rounds, lambda: progress.advance(task))
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


def _command(*arguments: object, cores: frozenset[int] | None = None) -> Command:
    command = [sys.executable, "-m", "app.stage.media", *map(str, arguments)]
    if cores is not None:
        command = ["taskset", "-c", ",".join(map(str, sorted(cores))), *command]
    return command
