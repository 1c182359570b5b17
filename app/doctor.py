"""`carnival doctor`: what is wrong with this machine or its servers, and what to do about it."""

import contextlib
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from pathlib import Path

import msgspec
from sqlalchemy import text

from app.composition import compose
from app.kernel import safety
from app.kernel.embedded import postgres, valkey
from app.kernel.embedded.process import ServerFailed, port_is_open
from app.kernel.house import House
from app.kernel.settings import Settings
from app.kernel.valkey.client import Valkey
from app.local import runs
from app.web.build import BuildFailed, node_and_npm, pages, stale
from media.inspection.sandbox import FFMPEG, PACKAGER

_DISK_BYTES_MIN = 2_000_000_000
_FILES_MIN = 4_096
_CLOCK_SECONDS_MAX = 1.0
_POSTGRES_MIN = 16
_VALKEY_MIN = 8


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at. `advice` is empty when it is well."""

    subject: str
    state: str
    advice: str = ""


def machine(data: Path, port: int) -> Iterator[Finding]:
    """What can be seen without any server."""
    version = platform.python_version()
    old = sys.version_info < (3, 11)
    yield Finding("Python", version, "Install Python 3.11 or newer." if old else "")
    yield _disk(data)
    yield _open_files()
    yield from _packages()
    yield from _films()
    yield from _pages()
    yield from _ports(data, port)


def _disk(data: Path) -> Finding:
    folder = next(each for each in (data, *data.parents) if each.exists())
    free = shutil.disk_usage(folder).free
    state = f"{free / 1e9:.1f} GB free at {folder}"
    if not os.access(folder, os.W_OK):
        return Finding("Disk", state, f"{folder} is not writable: choose another --data folder.")
    low = free < _DISK_BYTES_MIN
    return Finding("Disk", state, "Make room: 2 GB at least, or choose --data." if low else "")


def _open_files() -> Finding:
    limit, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    low = limit < _FILES_MIN
    advice = f"Raise it: `ulimit -n {min(most, 65_536)}`; each phone takes one." if low else ""
    return Finding("Open files", str(limit), advice)


def _packages() -> Iterator[Finding]:
    for name, find in (("Valkey", valkey.binary), ("PostgreSQL", postgres.binaries)):
        try:
            find()
            yield Finding(f"Embedded {name}", "installed")
        except ServerFailed as error:
            yield Finding(f"Embedded {name}", "missing", f"{str(error).capitalize()}.")


def _films() -> Iterator[Finding]:
    """The programs that films are encoded with, and room for what is under way."""
    for name, program in (("ffmpeg", FFMPEG), ("Shaka Packager", PACKAGER)):
        try:
            asked = [str(program), "-version" if program is FFMPEG else "--version"]
            done = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=True)
            yield Finding(name, " ".join(done.stdout.split()[2:3]) or "installed")
        except (OSError, subprocess.SubprocessError):
            yield Finding(name, "does not run", "Install the requirements again: scripts/install.")
    scratch = Path(tempfile.gettempdir())
    free = shutil.disk_usage(scratch).free
    low = free < _DISK_BYTES_MIN
    advice = "Films need 2 GB while they are encoded: set TMPDIR elsewhere." if low else ""
    yield Finding("Scratch", f"{free / 1e9:.1f} GB free at {scratch}", advice)


def _pages() -> Iterator[Finding]:
    try:
        node, _ = node_and_npm()
        yield Finding("Node", str(node))
    except BuildFailed as error:
        yield Finding("Node", "missing", str(error))
    for page in pages():
        old = stale(page)
        advice = "Run `./carnival build`." if old else ""
        yield Finding(f"Page {page.name}", "not built" if old else "built", advice)


def _ports(data: Path, port: int) -> Iterator[Finding]:
    """Ports matter while nothing runs; a running instance holds them itself."""
    if runs(data):
        yield Finding("Instance", f"running on {data}")
        return
    for each in range(port, port + 4):
        taken = port_is_open(each)
        advice = "Stop what listens there, or use `up --port`." if taken else ""
        yield Finding(f"Port {each}", "taken" if taken else "free", advice)


async def servers(settings: Settings) -> AsyncGenerator[Finding]:
    """What the servers say: reachable, new enough, in step, safe."""
    house = compose(settings).house
    looks: dict[str, Callable[[House], Awaitable[Finding]]] = {
        "PostgreSQL": _postgres,
        "Live Valkey": _live,
        "Cache Valkey": _cache,
        "Objects": _objects,
    }
    try:
        reachable = True
        for subject, look in looks.items():
            try:
                yield await look(house)
            except Exception as error:
                reachable = False
                yield Finding(
                    subject,
                    f"away: {str(error).splitlines()[0]}",
                    "Start it (`./carnival up`), or correct its address in the environment.",
                )
        if reachable:
            found = await safety.complaints(house)
            for complaint in found:
                yield Finding("Durability", "unsafe", f"{complaint[0].upper()}{complaint[1:]}.")
            if not found:
                yield Finding("Durability", "acknowledged means durable")
            if settings.durability == "replicated":
                yield await _replication(house.live)
    finally:
        with contextlib.suppress(Exception):
            await house.database.close()
            await house.live.close()
            await house.cache.close()


async def _postgres(house: House) -> Finding:
    async with house.database.reading() as session:
        number = int(str((await session.execute(text("SHOW server_version_num"))).scalar()))
    offset = await _offset(house.database.now_seconds)
    return _judged("PostgreSQL", number // 10_000, _POSTGRES_MIN, offset)


async def _live(house: House) -> Finding:
    async def seconds() -> float:
        return (await house.live.time()).timestamp()

    return _judged("Live Valkey", await _major(house.live), _VALKEY_MIN, await _offset(seconds))


async def _cache(house: House) -> Finding:
    async def seconds() -> float:
        return (await house.cache.time()).timestamp()

    return _judged("Cache Valkey", await _major(house.cache), _VALKEY_MIN, await _offset(seconds))


async def _objects(house: House) -> Finding:
    await house.objects.ping()
    return Finding("Objects", "readable and writable")


async def _replication(live: Valkey) -> Finding:
    """What CARNIVAL_DURABILITY=replicated waits for, tried."""
    alone = await live.unreplicated()
    if not alone:
        return Finding("Replication", "what is answered is on a second disk")
    advice = (
        "Decisions there are answered 503. Attach replicas with `appendonly yes` (two for each "
        "primary outlive the loss of one), or set CARNIVAL_DURABILITY=local: then a failover may "
        "lose what was answered in its last moment."
    )
    return Finding("Replication", f"primaries without a second disk: {alone}", advice)


async def _major(server: Valkey) -> int:
    """The major version; Valkey still calls itself Redis 7.2 in `redis_version`."""
    reply = (await server.everywhere("INFO", "server"))[0]
    for line in bytes(reply).decode().splitlines():
        if line.startswith("valkey_version:"):
            return int(line.partition(":")[2].partition(".")[0])
    return 0


async def _offset(server_seconds: Callable[[], Awaitable[float]]) -> float:
    """How far a server's clock is ahead of ours, by the quickest of five questions."""
    best_trip, best = float("inf"), 0.0
    for _ in range(5):
        asked = time.time()
        theirs = await server_seconds()
        trip = time.time() - asked
        if trip < best_trip:
            best_trip, best = trip, theirs - asked - trip / 2
    return best


def _judged(subject: str, version: int, version_min: int, offset: float) -> Finding:
    state = f"version {version}, clock {offset * 1000:+.0f} ms"
    if version < version_min:
        return Finding(subject, state, f"Upgrade it to version {version_min} or newer.")
    if abs(offset) > _CLOCK_SECONDS_MAX:
        return Finding(subject, state, "Clocks differ: run an NTP client on both machines.")
    return Finding(subject, state)
