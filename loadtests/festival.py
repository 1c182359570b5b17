"""`carnival festival`: a load, and a verdict that can be believed.

The verdict has three parts: how many requests failed, how long they took (for information, since
machines differ), and whether the server stands by everything it acknowledged. The last is judged by
the outside log, which knows nothing of the server's own books, and by the server's audit of those.
"""

# Locust ships without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

import argparse
import json
import os
import random
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gevent
from locust.env import Environment
from locust.log import setup_logging
from locust.stats import RequestStats, StatsEntry
from rich.console import Console
from rich.table import Table

from loadtests import locustfile
from loadtests.common.asking import Asker
from loadtests.common.check import broken_promises
from loadtests.common.journey import GRABS, LOG, MONEY, WATCHED, sign_ins
from loadtests.common.money import answered_otherwise, broken_money, restored_otherwise
from loadtests.common.outside import Refused
from loadtests.common.watched import Figures
from loadtests.shapes import Evening, Smoke, Steady

PROFILES: dict[str, type[Steady]] = {"smoke": Smoke, "evening": Evening}
FAILED_SHARE_MAX = 0.001
SETTLE_SECONDS = 20.0
AGAIN_MAX = 100
"""Shares that are asked for again after the run."""
RECENT = 6
"""Packets they are of: the tickets of older ones may have ended."""


@dataclass
class Verdict:
    """What the run showed."""

    requests: int
    failed: int
    broken: list[str]

    @property
    def held(self) -> bool:
        """Whether the festival may take place."""
        few = self.failed <= max(self.requests, 1) * FAILED_SHARE_MAX
        return self.requests > 0 and few and not self.broken


def main() -> int:
    """Run a profile against a host. Returns the exit code: 0 when it held."""
    options = _options()
    os.environ["CARNIVAL_SIGN_INS"] = options.sign_ins
    console = Console()
    console.print(f"[bold]Rehearsal[/] {options.profile} against {options.host}")
    asker = Asker(options.host, sign_ins())
    before = asker.figures()
    stats = _load(options.host, PROFILES[options.profile])
    verdict = Verdict(
        requests=stats.total.num_requests,
        failed=stats.total.num_failures,
        broken=[*_promises(asker), *_film(asker, before), *_audit(options.audit)],
    )
    _show(console, stats, verdict)
    if options.log:
        LOG.save(Path(options.log), grabs=MONEY.plain())
    if options.json:
        Path(options.json).write_text(json.dumps(_plain(stats, verdict), indent=1))
    return 0 if verdict.held else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="carnival festival", description=__doc__)
    parser.add_argument("--profile", choices=sorted(PROFILES), default="smoke")
    parser.add_argument("--host", required=True)
    parser.add_argument("--sign-ins", required=True, help="made by `carnival rehearse`")
    parser.add_argument("--audit", help="a command that finds the server's books in order, or not")
    parser.add_argument("--json", help="write the figures and the verdict here")
    parser.add_argument("--log", help="write the outside log here")
    return parser.parse_args()


def _load(host: str, shape: type[Steady]) -> RequestStats:
    setup_logging("WARNING")
    journeys: list[Any] = [getattr(locustfile, name) for name in locustfile.__all__]
    environment = Environment(user_classes=journeys, shape_class=shape(), host=host)
    runner: Any = environment.create_local_runner()
    environment.events.init.fire(environment=environment, runner=runner, web_ui=None)
    runner.start_shape()
    # the shape ends by itself; a server that hangs must not keep us
    gevent.joinall([runner.shape_greenlet], timeout=shape.seconds + 60)
    runner.quit()
    return environment.stats


def _promises(asker: Asker) -> list[str]:
    """The broken promises, once settling and fan-out had time to finish."""
    brand = asker.brand
    for packet in MONEY.packets:
        asker.end(packet)
    broken = _last_look(lambda: broken_promises(LOG, asker.fetch))
    broken += _last_look(lambda: broken_money(MONEY, brand, asker.ask))
    if not MONEY.granted:
        broken.append("nobody got anything out of a packet: nothing is known about money")
    recent = list(MONEY.packets)[-RECENT:]
    some = [wish for wish in sorted(MONEY.granted) if wish[0] in recent]
    some = random.sample(some, min(AGAIN_MAX, len(some)))
    broken += _seen(lambda: restored_otherwise(MONEY, some, asker.ask))
    grabs = {wish: GRABS[wish] for wish in some}
    return [*broken, *_seen(lambda: answered_otherwise(MONEY, grabs, asker.ask))]


def _film(asker: Asker, before: Figures) -> list[str]:
    """Whether the film was watched, and every acknowledged viewing counted once."""
    if not WATCHED.seen("complete"):
        return ["nobody watched the film to its end: nothing is known about films"]
    return list(_seen(lambda: WATCHED.broken_figures(before, asker.figures())))


def _last_look(look: Callable[[], Iterator[str]]) -> list[str]:
    until = time.monotonic() + SETTLE_SECONDS
    while next(_seen(look), None) is not None:
        if time.monotonic() > until:
            return list(_seen(look))
        time.sleep(1.0)
    return []


def _seen(look: Callable[[], Iterator[str]]) -> Iterator[str]:
    """What a look finds; that it cannot even look is a finding."""
    try:
        yield from look()
    except Refused as error:
        yield str(error)


def _audit(command: str | None) -> list[str]:
    """What the server's own audit complains about."""
    if command is None:
        return []
    done = subprocess.run(shlex.split(command), capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    said = [line.strip() for line in done.stdout.splitlines() if not line.startswith("✓")]
    return [f"audit: {line}" for line in said or done.stderr.splitlines()[-3:]]


def _show(console: Console, stats: RequestStats, verdict: Verdict) -> None:
    table = Table("operation", "requests", "failed", "median ms", "p99 ms", box=None)
    for entry in _entries(stats):
        table.add_row(
            entry.name,
            str(entry.num_requests),
            str(entry.num_failures),
            str(entry.get_response_time_percentile(0.5)),
            str(entry.get_response_time_percentile(0.99)),
        )
    console.print(table)
    for error in stats.errors.values():
        console.print(f"[yellow]{error.occurrences} ×[/] {error.name}: {error.error}")
    for sentence in verdict.broken[:20]:
        console.print(f"[red]broken:[/] {sentence}")
    promises = f"{len(LOG.posts)} posts, {len(LOG.follows)} follows, {len(LOG.likes)} likes"
    promises += f", {sum(map(len, LOG.comments.values()))} comments"
    promises += f", {len(MONEY.granted)} shares of {len(MONEY.packets)} packets"
    promises += f", {WATCHED.seen('impression')} viewings of a film"
    console.print(f"Acknowledged and looked for afterwards: {promises}")
    word = "[bold green]HELD[/]" if verdict.held else "[bold red]DID NOT HOLD[/]"
    console.print(
        f"{word}: {verdict.requests} requests, {verdict.failed} failed, "
        f"{len(verdict.broken)} promises broken"
    )


def _entries(stats: RequestStats) -> list[StatsEntry]:
    return sorted(stats.entries.values(), key=lambda entry: entry.name)


def _plain(stats: RequestStats, verdict: Verdict) -> dict[str, Any]:
    return {
        "held": verdict.held,
        "requests": verdict.requests,
        "failed": verdict.failed,
        "broken": verdict.broken,
        "operations": {
            entry.name: {
                "requests": entry.num_requests,
                "failed": entry.num_failures,
                "medianMs": entry.get_response_time_percentile(0.5),
                "p99Ms": entry.get_response_time_percentile(0.99),
            }
            for entry in _entries(stats)
        },
    }


if __name__ == "__main__":
    sys.exit(main())
