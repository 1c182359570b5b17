"""`carnival bench grab`: what a red packet costs, beside what it would cost at least.

grab                a share for each of many shoppers with tokens nobody has seen before, against
                    nginx with Lua checking the same tokens and running the same script
valkey_cpu          CPU of the live Valkey for one of them, against the same
grab_durable        the same with every decision on disk before its answer, against our own rate
                    without
sold_out            a packet that is sold out, against a hello that checks the same tokens
settle_batch        claims settled in batches, against one a commit
settle_lag_p99_ms   from a decision to its row, at 3,000 grabs a second
settle_drain_s      until nothing waits after more was granted than can be settled

Limits, metrics and settlement run. What serves (web, nginx, the live Valkey) has one core, what
asks and what settles has the other.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import Progress

from loadtests.bench import harness
from loadtests.bench.harness import Duel, Row, Sample
from loadtests.bench.lag import settle_lag
from loadtests.bench.programs import NGINX_MODULES, free_port, missing_tools, running
from loadtests.bench.stage import Stage, stage

SHARES = 60_000
_HERE = Path(__file__).parent
_SETTLED = 2_000
_SETTLED_ALONE = 200


def grabbing_script(folder: Path, tokens: str, tickets: str, path: str) -> Path:
    """wrk: each request is the next shopper's; fails rather than begin again."""
    script = folder / "grabbing.lua"
    script.write_text(
        "local requests, turn = {}, 0\n"
        "function init(args)\n"
        f"  local tickets = io.open('{tickets}')\n"
        f"  for token in io.lines('{tokens}') do\n"
        f"    requests[#requests + 1] = wrk.format('POST', '{path}', {{\n"
        "      ['Authorization'] = 'Bearer ' .. token, ['Content-Type'] = 'application/json'\n"
        "    }, '{\"ticket\":\"' .. tickets:read() .. '\"}')\n"
        "  end\n"
        "end\n"
        "function request() turn = turn + 1; return requests[turn] end\n" + harness.WRK_DONE
    )
    return script


class Grabs:
    """Rounds of grabs: each on a packet of its own, settled before the next begins."""

    def __init__(self, on: Stage, folder: Path, seconds: float) -> None:
        self._on = on
        self._folder = folder
        self._seconds = seconds

    def set_fsync(self, how: str) -> None:
        """`always`, as decisions need it, or `no`."""
        with self._on.valkey("live") as valkey:
            valkey.call("CONFIG", "SET", "appendfsync", how)

    def ours(self) -> Sample:
        """By the web process."""
        packet_id, script = self._packet(SHARES)
        return self._counted(packet_id, self._on.facts["web"], self._pids(), script)

    def sold_out(self) -> Sample:
        """By the web process, of a packet with one share that somebody else has."""
        _, script = self._packet(1)
        url, seconds = self._on.facts["web"], self._seconds
        return harness.wrk(url, self._pids(), script=script, seconds=seconds)

    @contextmanager
    def nginx(self) -> Generator[Callable[[], Sample]]:
        """By nginx with Lua, while the context lasts."""
        packet = self._on.do("packet", count=1)
        keys = self._on.do("hello")["keys"]
        port, (_, valkey_port, password) = free_port(), self._on.facts["live"]
        configuration = self._folder / "nginx.conf"
        text = (_HERE / "baseline_grab.conf").read_text()
        for name, value in (
            ("FOLDER", self._folder),
            ("MODULES", NGINX_MODULES),
            ("PORT", port),
            ("VALKEY_PORT", valkey_port),
            ("PASSWORD", password),
            ("SCRIPT", packet["script"]),
            ("UNSETTLED", packet["unsettled_max"]),
            ("KEYS", ", ".join(f'["{kid}"] = "{key}"' for kid, key in keys.items())),
        ):
            text = text.replace(f"@{name}@", str(value))
        configuration.write_text(text)
        with running(["nginx", "-c", str(configuration), "-p", str(self._folder)], None) as pid:
            url = f"http://127.0.0.1:{port}"
            harness.wait_until(lambda: _status(f"{url}/grab") == 401)
            harness.pin(pid, harness.serving_core())

            def round_() -> Sample:
                made = self._on.do("packet", count=SHARES)
                path = f"/grab?packet={made['packet']}&bucket={made['bucket']}"
                tokens = self._on.facts["tokens"]
                script = grabbing_script(self._folder, tokens, made["tickets"], path)
                pids = {"web": pid, "valkey": self._on.pid("valkey-live")}
                return self._counted(made["packet"], url, pids, script)

            yield round_

    @contextmanager
    def hello(self) -> Generator[Callable[[], Sample]]:
        """By an ASGI callable that checks tokens and says hello."""
        port = free_port()
        environment = {**os.environ, **self._on.do("hello")["environment"]}
        argv = [sys.executable, "-m", "granian", "--interface", "asgi", "--loop", "uvloop"]
        argv += ["--workers", "1", "--port", str(port), "--log-level", "error", "--no-access-log"]
        with running([*argv, "app.stage.hello:app"], environment) as pid:
            url = f"http://127.0.0.1:{port}"
            harness.wait_until(lambda: _status(url) == 401)
            harness.pin(pid, harness.serving_core())
            packet = self._on.do("packet", count=1)
            tokens = self._on.facts["tokens"]

            def round_() -> Sample:
                script = grabbing_script(self._folder, tokens, packet["tickets"], "/")
                return harness.wrk(url, {"web": pid}, script=script, seconds=self._seconds)

            yield round_

    def drain(self) -> Row:
        """How long it takes until nothing waits, after as many grabs as the web takes."""
        _, script = self._packet(SHARES)
        harness.wrk(self._on.facts["web"], {}, script=script, seconds=2 * self._seconds)
        took = self._on.do("settled")["seconds"]
        return Row("settle_drain_s", round(took, 1), "s", None, None, "< 30 s", took < 30)

    def _packet(self, count: int) -> tuple[int, Path]:
        """A fresh packet of ours, and wrk's script that grabs it."""
        packet = self._on.do("packet", count=count)
        path = f"/v1/packets/{packet['packet']}/grab"
        tokens, tickets = self._on.facts["tokens"], packet["tickets"]
        return packet["packet"], grabbing_script(self._folder, tokens, tickets, path)

    def _pids(self) -> dict[str, int]:
        return {"web": self._on.pid("web"), "valkey": self._on.pid("valkey-live")}

    def _counted(self, packet_id: int, url: str, pids: dict[str, int], script: Path) -> Sample:
        """A round, and the proof that each answer was a claim of its own."""
        sample = harness.wrk(url, pids, script=script, seconds=self._seconds)
        self._on.do("settled")
        claims = self._on.do("claims", packet=packet_id)["claims"]
        answered = sample.rate * self._seconds
        if not 0.9 * answered <= claims <= SHARES:
            raise RuntimeError(f"{answered:.0f} answers, and {claims} claims")
        return sample


def settle_batch(on: Stage, rounds: int) -> Duel:
    """Claims a second, in batches and one by one."""

    def batches() -> Sample:
        took = on.do("settle", count=_SETTLED, batch=_SETTLED)["seconds"]
        return Sample(_SETTLED / took)

    def alone() -> Sample:
        took = on.do("settle", count=_SETTLED_ALONE, batch=1)["seconds"]
        return Sample(_SETTLED_ALONE / took)

    return harness.duel(batches, alone, rounds)


def valkey_cpu(result: Duel) -> Row:
    """CPU of a grab in Valkey, ours by the baseline's: lower is better."""
    ours = harness.cpu_medians(result.ours)["valkey"]
    baseline = harness.cpu_medians(result.baseline)["valkey"]
    ratio = ours / baseline
    return Row(
        "valkey_cpu", round(ours, 1), "µs", round(baseline, 1), round(ratio, 3),
        "≤ 0.7 × baseline", ratio <= 0.7,
    )  # fmt: skip


def measure(
    console: Console, folder: Path, rounds: int, seconds: float
) -> tuple[list[Row], list[str]]:
    """All rows, and the notes below the table."""
    rows: list[Row] = []
    notes: list[str] = []

    def add(name: str, unit: str, result: Duel, goal: float) -> None:
        rows.append(harness.against(name, unit, result, goal))
        if result.ours[0].cpu_us:
            notes.append(harness.cpu_note(name, unit.removesuffix("s/s"), result))

    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Setting the stage", total=None)
        with stage("grab", folder) as on:
            for name in ("web", "valkey-live", "valkey-cache"):
                harness.pin(on.pid(name), harness.serving_core())
            for name in ("worker", "postgres"):
                harness.pin(on.pid(name), harness.loading_core())
            harness.pin_one(on.process.pid, harness.loading_core())
            harness.pin_one(os.getpid(), harness.loading_core())
            grabs = Grabs(on, folder, seconds)
            if missing := missing_tools():
                notes.append(f"grab, valkey_cpu: not measured, install {' '.join(missing)}")
            else:
                progress.update(task, description="grab")
                grabs.set_fsync("no")
                with grabs.nginx() as baseline:
                    result = harness.duel(grabs.ours, baseline, rounds)
                add("grab", "grabs/s", result, 0.6)
                rows.append(valkey_cpu(result))
            progress.update(task, description="grab_durable")
            add("grab_durable", "grabs/s", _durable(grabs, rounds), 0.5)
            progress.update(task, description="sold_out")
            with grabs.hello() as baseline:
                add("sold_out", "answers/s", harness.duel(grabs.sold_out, baseline, rounds), 0.9)
            progress.update(task, description="settle_batch")
            add("settle_batch", "claims/s", settle_batch(on, rounds), 10.0)
            progress.update(task, description="settle_lag")
            try:
                rows.append(settle_lag(on))
            except RuntimeError as error:  # a machine too slow for the rate still has other rows
                notes.append(f"settle_lag_p99_ms: not measured, {error}")
            rows.append(grabs.drain())
    return rows, notes


def _durable(grabs: Grabs, rounds: int) -> Duel:
    def at(how: str) -> Callable[[], Sample]:
        def round_() -> Sample:
            grabs.set_fsync(how)
            return grabs.ours()

        return round_

    result = harness.duel(at("always"), at("no"), rounds)
    grabs.set_fsync("always")
    return result


def _status(url: str) -> int:
    try:
        return httpx.get(url, timeout=2.0).status_code
    except httpx.HTTPError:
        return 0


def main() -> int:
    """Measure, show, save. Returns 0 when every row was measured and holds."""
    parser = argparse.ArgumentParser(prog="carnival bench grab", description=__doc__)
    parser.add_argument("--json", type=Path, help="write rows and machine here")
    parser.add_argument("--rounds", type=int, default=harness.ROUNDS_MIN)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each round")
    options = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="carnival-bench-") as folder:
        Path(folder).chmod(0o755)
        rows, notes = measure(console, Path(folder), options.rounds, options.seconds)
    harness.show(console, "bench grab", rows, notes)
    if options.json:
        harness.save(options.json, rows)
    return 0 if len(rows) == 7 and all(row.holds for row in rows) else 1
