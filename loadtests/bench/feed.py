"""`carnival bench feed`: what the feed costs, beside what it would cost at least.

cached_read           a first page of 20 posts that the process holds, its version checked at every
                      read, against an ASGI callable that makes one pipelined Valkey call and
                      answers the same bytes
uncached_read         the same page by a process that holds neither pages nor posts: the list, then
                      the posts, from Valkey; against nginx with Lua doing the same list and
                      multi-get
fan_out               an entry into 10,000 full timelines by the job's own code, the followers
                      read from SQL included; against a raw pipelined push-and-trim
fan_out_10k_p99_ms    from POST /v1/posts until the last of 10,000 timelines has the entry, by the
                      running web and worker
bytes_per_entry       MEMORY USAGE of those timelines by their entries
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import Progress

from loadtests.bench import harness
from loadtests.bench.harness import Duel, Row, Sample
from loadtests.bench.programs import NGINX_MODULES, answers, free_port, missing_tools, running
from loadtests.bench.raw import Raw
from loadtests.bench.stage import PAGE, Stage, page_of, publish, publish_all, stage, upload

PUBLICATIONS = 100
"""Posts of which the 99th percentile is taken."""
_HERE = Path(__file__).parent
_POLL_SECONDS = 0.002


def reading_script(folder: Path, readers: Sequence[Mapping[str, Any]]) -> Path:
    """wrk: each request is the first page of the next reader."""
    tokens = ",".join(f"'{person['token']}'" for person in readers)
    script = folder / "reading.lua"
    script.write_text(
        f"local tokens, turn, requests = {{{tokens}}}, 0, {{}}\n"
        "function init(args)\n"
        "  for index, token in ipairs(tokens) do\n"
        f"    requests[index] = wrk.format('GET', '/v1/feed?limit={PAGE}',\n"
        "      {['Authorization'] = 'Bearer ' .. token})\n"
        "  end\n"
        "end\n"
        "function request() turn = turn % #requests + 1; return requests[turn] end\n"
        + harness.WRK_DONE
    )
    return script


def plain_script(folder: Path, paths: Iterable[str]) -> Path:
    """wrk: each request is the next path."""
    quoted = ",".join(f"'{path}'" for path in paths)
    script = folder / "plain.lua"
    script.write_text(
        f"local paths, turn, requests = {{{quoted}}}, 0, {{}}\n"
        "function init(args)\n"
        "  for index, path in ipairs(paths) do requests[index] = wrk.format('GET', path) end\n"
        "end\n"
        "function request() turn = turn % #requests + 1; return requests[turn] end\n"
        + harness.WRK_DONE
    )
    return script


def cached_read(on: Stage, folder: Path, rounds: int, seconds: float) -> Duel:
    """Held pages against one pipelined call and ready bytes."""
    readers = on.facts["readers"]
    body = folder / "page.json"
    body.write_bytes(page_of(on.facts["web"], readers[0]))
    port = free_port()
    environment = {
        **os.environ,
        "BENCH_BODY": str(body),
        "BENCH_VALKEY": " ".join(map(str, on.facts["cache"])),
    }
    argv = [sys.executable, "-m", "granian", "--interface", "asgi", "--loop", "uvloop"]
    argv += ["--workers", "1", "--port", str(port), "--log-level", "error", "--no-access-log"]
    reading = reading_script(folder, readers)
    plain = plain_script(folder, ["/feed"])
    with running([*argv, "loadtests.bench.baseline_asgi:app"], environment) as pid:
        url = f"http://127.0.0.1:{port}"
        harness.wait_until(lambda: answers(f"{url}/feed"))
        if httpx.get(f"{url}/feed").content != body.read_bytes():
            raise RuntimeError("the baseline does not answer the same bytes")
        harness.pin(pid, harness.serving_core())
        valkey = on.pid("valkey-cache")

        def ours() -> Sample:
            pids = {"web": on.pid("web"), "valkey": valkey}
            return harness.wrk(on.facts["web"], pids, script=reading, seconds=seconds)

        def baseline() -> Sample:
            pids = {"web": pid, "valkey": valkey}
            return harness.wrk(url, pids, script=plain, seconds=seconds)

        return harness.duel(ours, baseline, rounds)


def uncached_read(on: Stage, folder: Path, rounds: int, seconds: float) -> Duel:
    """List and multi-get by us, and by nginx with Lua."""
    readers = on.facts["readers"]
    page = json.loads(page_of(on.facts["web_bare"], readers[0]))
    with on.valkey() as valkey:
        _copy_for_nginx(valkey, on.facts["timelines"], page, len(readers))
    port = free_port()
    configuration = folder / "nginx.conf"
    template = (_HERE / "baseline_nginx.conf").read_text()
    for name, value in (
        ("FOLDER", folder),
        ("MODULES", NGINX_MODULES),
        ("PORT", port),
        ("VALKEY_PORT", on.facts["cache"][1]),
        ("PASSWORD", on.facts["cache"][2]),
    ):
        template = template.replace(f"@{name}@", str(value))
    configuration.write_text(template)
    reading = reading_script(folder, readers)
    plain = plain_script(folder, [f"/feed?viewer={number}" for number in range(len(readers))])
    with running(["nginx", "-c", str(configuration), "-p", str(folder)], None) as pid:
        url = f"http://127.0.0.1:{port}"
        harness.wait_until(lambda: answers(f"{url}/feed?viewer=0"))
        if len(httpx.get(f"{url}/feed?viewer=0").json()["items"]) != PAGE:
            raise RuntimeError("nginx does not find the posts")
        harness.pin(pid, harness.serving_core())
        valkey_pid = on.pid("valkey-cache")

        def ours() -> Sample:
            pids = {"web": on.pid("web-bare"), "valkey": valkey_pid}
            return harness.wrk(on.facts["web_bare"], pids, script=reading, seconds=seconds)

        def baseline() -> Sample:
            pids = {"web": pid, "valkey": valkey_pid}
            return harness.wrk(url, pids, script=plain, seconds=seconds)

        return harness.duel(ours, baseline, rounds)


def _copy_for_nginx(
    valkey: Raw, timelines: Sequence[str], page: Mapping[str, Any], viewers: int
) -> None:
    """The same list for every viewer, and the same posts, as complete items."""
    entries = valkey.call("LRANGE", timelines[0], 0, -1)
    items = {int(item["post"]["id"]): item for item in page["items"]}
    for viewer in range(viewers):
        valkey.call("DEL", f"bench:tl:{viewer}")
        valkey.call("RPUSH", f"bench:tl:{viewer}", *entries)
    for entry in entries[:PAGE]:
        item = json.dumps(
            items[int.from_bytes(entry[5:13])], ensure_ascii=False, separators=(",", ":")
        )
        valkey.call("SET", b"bench:post:" + entry[5:13], item.encode())


def fan_out(on: Stage, rounds: int) -> Duel:
    """Entries a second into full timelines; the job reads its followers from SQL as it goes."""
    count = len(on.facts["timelines"])
    copies = [f"bench:raw:{number}" for number in range(count)]
    with on.valkey() as valkey:
        entries = valkey.call("LRANGE", on.facts["timelines"][0], 0, -1)
        for at in range(0, count, 500):
            valkey.pipeline(("RPUSH", key, *entries) for key in copies[at : at + 500])

        def ours() -> Sample:
            meter = _pushing(on, on.process.pid)
            done = on.do("push")
            if done["pushed"] != count:
                raise RuntimeError(f"pushed {done['pushed']} of {count}")
            return Sample(count / done["seconds"], meter.per(count))

        def baseline() -> Sample:
            meter = _pushing(on, os.getpid())
            entry = time.time_ns().to_bytes(21)
            begun = time.perf_counter()
            for at in range(0, count, 1_000):
                valkey.pipeline(
                    command
                    for key in copies[at : at + 1_000]
                    for command in (("LPUSH", key, entry), ("LTRIM", key, 0, 799))
                )
            return Sample(count / (time.perf_counter() - begun), meter.per(count))

        return harness.duel(ours, baseline, rounds)


def _pushing(on: Stage, client: int) -> harness.Meter:
    # the stage's children are servers and processes of their own: count the client alone
    pids = {"client": client, "valkey": on.pid("valkey-cache"), "sql": on.pid("postgres")}
    return harness.Meter(pids, alone=("client",))


def fan_out_10k(on: Stage, progress: Progress) -> Row:
    """The 99th percentile over real publications."""
    author = on.facts["authors"][0]
    keys: Sequence[str] = on.facts["timelines"]
    last_of_bucket = list({key.partition(":")[0]: key for key in keys}.values())
    task = progress.add_task("Publishing to 10,000 followers", total=PUBLICATIONS)
    took_ms: list[float] = []
    with httpx.Client(base_url=on.facts["web"], timeout=30.0) as client, on.valkey() as valkey:
        picture_id = upload(client, author, 1)
        for number in range(PUBLICATIONS):
            begun = time.perf_counter()
            post_id = int(publish(client, author, picture_id, f"№{number}")).to_bytes(8)
            while not _all_begin_with(valkey, last_of_bucket, post_id):
                if time.perf_counter() - begun > 30:
                    raise RuntimeError("a post did not arrive within 30 seconds")
                time.sleep(_POLL_SECONDS)
            took_ms.append((time.perf_counter() - begun) * 1000)
            if not _all_begin_with(valkey, keys, post_id):
                raise RuntimeError("the last followers had it before the others")
            progress.advance(task)
    p99 = statistics.quantiles(took_ms, n=100, method="inclusive")[98]
    return Row("fan_out_10k_p99_ms", round(p99, 1), "ms", None, None, "< 1000 ms", p99 < 1000)


def _all_begin_with(valkey: Raw, keys: Sequence[str], post_id: bytes) -> bool:
    heads = valkey.pipeline(("LINDEX", key, 0) for key in keys)
    return all(head is not None and head[5:13] == post_id for head in heads)


def bytes_per_entry(on: Stage) -> Row:
    """Over every timeline, exactly."""
    keys: Sequence[str] = on.facts["timelines"]
    with on.valkey() as valkey:
        sizes = valkey.pipeline(("MEMORY", "USAGE", key, "SAMPLES", 0) for key in keys)
        lengths = valkey.pipeline(("LLEN", key) for key in keys)
    value = sum(sizes) / sum(lengths)
    return Row("bytes_per_entry", round(value, 2), "bytes", None, None, "≤ 24 bytes", value <= 24)


def measure(
    console: Console, folder: Path, rounds: int, seconds: float
) -> tuple[list[Row], list[str]]:
    """All rows, and the notes below the table."""
    rows: list[Row] = []
    notes: list[str] = []
    missing = missing_tools()
    with ExitStack() as stack:
        progress = stack.enter_context(Progress(console=console, transient=True))
        task = progress.add_task("Setting the stage", total=None)
        on = stack.enter_context(stage("feed", folder))
        progress.remove_task(task)
        publish_all(on.facts, progress)
        on.do("build")
        for name in on.facts["pids"]:
            harness.pin(on.pid(name), harness.serving_core())
        harness.pin_one(on.process.pid, harness.loading_core())
        harness.pin_one(os.getpid(), harness.loading_core())
        reads = {"cached_read": (cached_read, 0.8), "uncached_read": (uncached_read, 0.6)}
        for name, (function, goal) in reads.items():
            if missing:
                notes.append(f"{name}: not measured, install {' '.join(missing)} (Debian)")
                continue
            task = progress.add_task(name, total=None)
            result = function(on, folder, rounds, seconds)
            progress.remove_task(task)
            rows.append(harness.against(name, "requests/s", result, goal))
            notes.append(harness.cpu_note(name, "request", result))
        task = progress.add_task("fan_out", total=None)
        result = fan_out(on, rounds)
        progress.remove_task(task)
        rows.append(harness.against("fan_out", "pushes/s", result, 0.8))
        notes.append(harness.cpu_note("fan_out", "push", result))
        rows.append(fan_out_10k(on, progress))
        rows.append(bytes_per_entry(on))
    return rows, notes


def main() -> int:
    """Measure, show, save. Returns 0 when every row was measured and holds."""
    parser = argparse.ArgumentParser(prog="carnival bench feed", description=__doc__)
    parser.add_argument("--json", type=Path, help="write rows and machine here")
    parser.add_argument("--rounds", type=int, default=harness.ROUNDS_MIN)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each round of reading")
    options = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="carnival-bench-") as folder:
        Path(folder).chmod(0o755)
        rows, notes = measure(console, Path(folder), options.rounds, options.seconds)
    harness.show(console, "bench feed", rows, notes)
    if options.json:
        harness.save(options.json, rows)
    return 0 if len(rows) == 5 and all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
