"""Long work compared in short turns, for what cannot be repeated often enough.

A machine that is shared slows down and speeds up by a tenth within minutes. So contestants that
each need minutes run as if side by side: one goes on for some seconds while all others are held
(SIGSTOP), then the next. What each took is the sum of its own turns, and all of them meet the same
weather.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from loadtests.bench.harness import family

TURN_SECONDS: Final = 2.0
_LOOK_SECONDS: Final = 0.005
Command = Sequence[str]


@dataclass
class Spent:
    """What a contestant took."""

    wall: float = 0.0
    """Seconds of its own turns until the last of its processes ended."""
    cpu: float = 0.0
    """CPU seconds of all its processes."""


@dataclass
class _Contestant:
    running: "list[subprocess.Popen[bytes]]"
    spent: Spent = field(default_factory=Spent)

    def go_on(self) -> None:
        for process in self.running:
            for pid in family(process.pid):
                _send(pid, signal.SIGCONT)

    def hold(self) -> None:
        for process in self.running:
            held = set[int]()
            # those that it starts meanwhile as well
            while fresh := [pid for pid in family(process.pid) if pid not in held]:
                for pid in fresh:
                    _send(pid, signal.SIGSTOP)
                    held.add(pid)

    def look(self) -> None:
        """Notice who ended. Raises RuntimeError when one failed."""
        for process in list(self.running):
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                process.returncode = os.waitstatus_to_exitcode(status)
                self.running.remove(process)
                self.spent.cpu += usage.ru_utime + usage.ru_stime
                if process.returncode:
                    raise RuntimeError(f"{process.args} ended with {process.returncode}")

    def end(self) -> None:
        for process in self.running:
            for pid in family(process.pid):
                _send(pid, signal.SIGKILL)
            process.wait()


def take_turns(
    contestants: Mapping[str, Sequence[Command]], folder: Path, step: Callable[[], None]
) -> dict[str, Spent]:
    """Run every contestant, which is one or more commands at once, to its end; `step` is called
    whenever one reaches it. Raises RuntimeError when a command fails."""
    with _started(contestants, folder) as all_:
        while racing := [each for each in all_.values() if each.running]:
            for each in racing:
                _turn(each)
                if not each.running:
                    step()
        return {name: each.spent for name, each in all_.items()}


def _turn(contestant: _Contestant) -> None:
    begun = time.monotonic()
    contestant.go_on()
    while contestant.running and time.monotonic() - begun < TURN_SECONDS:
        time.sleep(_LOOK_SECONDS)
        contestant.look()
    contestant.hold()
    contestant.spent.wall += time.monotonic() - begun


@contextmanager
def _started(
    contestants: Mapping[str, Sequence[Command]], folder: Path
) -> Generator[dict[str, _Contestant]]:
    """All of them, held; none outlives the context."""
    all_: dict[str, _Contestant] = {}
    try:
        for name, commands in contestants.items():
            all_[name] = _Contestant([])
            for command in commands:
                process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
                all_[name].running.append(process)
                all_[name].hold()
        yield all_
    finally:
        for each in all_.values():
            each.end()


def _send(pid: int, signal_: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal_)
