"""`carnival backup FOLDER` and `restore FOLDER`.

A backup is taken under load: a dump of PostgreSQL in one snapshot, then every decision that the
dump may lack, then the objects. It is written beside its folder and renamed when all of it was
verified. Restoring puts PostgreSQL back and has it catch up: from the decisions of the backup, and
from the live Valkey, which, if it survived, still holds everything that was decided since.

    postgres.dump   pg_dump's custom format
    decisions       MessagePack arrays: bucket, entry, fields
    objects/        copied where they lie in a folder; another store has its own versions
    manifest.json   bytes and SHA-256 of the files; written last
"""

import asyncio
import hashlib
import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
import msgspec
import psycopg
from psycopg.conninfo import conninfo_to_dict

from app import local
from app.composition import Composed
from app.kernel.embedded.postgres import PostgresServer, binaries
from app.kernel.embedded.process import free_ports
from app.kernel.embedded.valkey import ValkeyServer
from app.kernel.house import House
from app.kernel.valkey.aggregates import forget_all
from app.kernel.valkey.keeping import Kept, begin_keeping, decisions, ends, forget_kept
from app.kernel.valkey.settle import SettleWorker
from app.migrations import upgrade

_DUMP, _DECISIONS, _OBJECTS, _MANIFEST = "postgres.dump", "decisions", "objects", "manifest.json"
_PAGE = 500


class BackupFailed(click.ClickException):
    """The backup was not made, or is not one; the message says why."""


class File(msgspec.Struct, frozen=True):
    """What is known of a file of the backup."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds."""

    files: dict[str, File]
    decisions: int


async def take(house: House, owner_url: str, folder: Path) -> Manifest:
    """Make a backup. Raises BackupFailed, and leaves no folder then."""
    fresh = await asyncio.to_thread(_begin, folder)
    await begin_keeping(house.live)
    covered = await ends(house.live)
    dump = ("--format=custom", f"--file={fresh / _DUMP}")
    await asyncio.to_thread(_postgres, owner_url, "pg_dump", *dump)
    count = await _write_decisions(house, fresh / _DECISIONS)
    if house.objects.folder is not None:
        await asyncio.to_thread(shutil.copytree, house.objects.folder, fresh / _OBJECTS)
    await asyncio.to_thread(_postgres, owner_url, "pg_restore", "--list", str(fresh / _DUMP))
    made = await asyncio.to_thread(_finish, fresh, folder, count)
    await forget_kept(house.live, covered)
    return made


def _begin(folder: Path) -> Path:
    if folder.exists():
        raise BackupFailed(f"{folder} exists already: each backup has a folder of its own")
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    return fresh


def _finish(fresh: Path, folder: Path, count: int) -> Manifest:
    files = {name: _file(fresh / name) for name in (_DUMP, _DECISIONS)}
    (fresh / _MANIFEST).write_bytes(msgspec.json.encode(Manifest(files, count)))
    os.sync()
    fresh.rename(folder)
    return verify(folder)


def verify(folder: Path) -> Manifest:
    """What a backup says it holds, having looked. Raises BackupFailed."""
    try:
        manifest = msgspec.json.decode((folder / _MANIFEST).read_bytes(), type=Manifest)
        for name, file in manifest.files.items():
            if _file(folder / name) != file:
                raise BackupFailed(f"{folder / name} is not what was backed up")
    except (OSError, msgspec.DecodeError) as error:
        raise BackupFailed(f"{folder} is no complete backup: {error}") from error
    return manifest


@contextmanager
def servers_alone(data: Path, folder: Path) -> Generator[None]:
    """The embedded servers of an installation that does not run, for as long as the context lasts,
    and its addresses in the environment; with servers of the environment, nothing. A new data
    folder gets the backup's secret."""
    if "DATABASE_URL" in os.environ:
        yield
        return
    if not (data / "secret").exists() and (folder / "secret").exists():
        data.mkdir(parents=True, exist_ok=True)
        local.write_private(data / "secret", (folder / "secret").read_bytes())
    secret = local.prepare_data(data)
    with ExitStack() as stack:
        try:
            stack.enter_context(local.lock_data(data))
        except local.Refused as refusal:
            raise BackupFailed(str(refusal)) from refusal
        # ports of its own: those of the instance may be taken by another one meanwhile
        port = free_ports(1)[0]
        here = local.Local(data=data, secret=secret, port=port, demo=False)
        for server in (here.live(), here.cache(), here.postgres()):
            if server is not None:
                alone = msgspec.structs.replace(server, port=free_ports(1)[0])
                running = alone.start(data / "log" / f"restore-{Path(server.folder).name}.log")
                stack.callback(running.stop)
                os.environ.update(_addresses(alone))
        os.environ.update({k: v for k, v in here.environment().items() if k not in os.environ})
        yield


def _addresses(server: ValkeyServer | PostgresServer) -> dict[str, str]:
    if isinstance(server, PostgresServer):
        return {"DATABASE_URL": server.url, "DATABASE_OWNER_URL": server.owner_url}
    return {"VALKEY_URL" if server.kind == "live" else "VALKEY_CACHE_URL": server.url}


def put_back(folder: Path, owner_url: str) -> None:
    """PostgreSQL as it was, brought to the newest schema. Nothing else may run meanwhile. Raises
    BackupFailed; what PostgreSQL held is gone only if the dump could be read."""
    verify(folder)
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("DROP SCHEMA public CASCADE")
        owner.execute("CREATE SCHEMA public")
    name = str(conninfo_to_dict(owner_url)["dbname"])
    how = ("--exit-on-error", "--single-transaction", f"--dbname={name}")
    _postgres(owner_url, "pg_restore", *how, str(folder / _DUMP))
    upgrade(owner_url)


async def catch_up(composed: Composed, folder: Path) -> int:
    """After `put_back`: settle every decision of the backup and of the live Valkey once more, and
    have live state loaded again from SQL. Returns how many decisions were read."""
    house = composed.house
    if house.objects.folder is not None:
        await asyncio.to_thread(_copy_objects, folder / _OBJECTS, house.objects.folder)
    settlers = [settler for wiring in composed.wirings for settler in wiring.settlers]
    name = f"restore:{os.getpid()}"
    worker = SettleWorker(house.live, house.database, house.metrics, settlers, name=name)
    await begin_keeping(house.live)
    count = 0
    packed = await asyncio.to_thread((folder / _DECISIONS).read_bytes)
    held = msgspec.msgpack.decode(packed, type=list[Kept])
    for at in range(0, len(held), _PAGE):
        count += await _settle(worker, held[at : at + _PAGE])
    async for page in decisions(house.live):
        count += await _settle(worker, page)
    await forget_all(house.live)
    await house.cache.everywhere("FLUSHALL")
    return count


def _copy_objects(source: Path, target: Path) -> None:
    if source.exists():
        shutil.copytree(source, target, dirs_exist_ok=True)


async def _settle(worker: SettleWorker, page: list[Kept]) -> int:
    by_bucket: dict[int, list[tuple[bytes, list[bytes]]]] = {}
    for each in page:
        by_bucket.setdefault(each.bucket, []).append((each.entry_id, each.flat))
    for bucket, entries in by_bucket.items():
        await worker.settle_again(bucket, entries)
    return len(page)


async def _write_decisions(house: House, path: Path) -> int:
    found = [each async for page in decisions(house.live) for each in page]
    await asyncio.to_thread(path.write_bytes, msgspec.msgpack.encode(found))
    return len(found)


def _file(path: Path) -> File:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return File(path.stat().st_size, digest)


def _postgres(url: str, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; the password is in its environment, not in the list of
    processes. Raises BackupFailed."""
    facts = conninfo_to_dict(url)
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    names["dbname"] = "PGDATABASE"
    values = {names[key]: str(value) for key, value in facts.items() if key in names}
    done = subprocess.run(
        [str(binaries() / program), *arguments],
        env={"PATH": os.defpath, **values},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BackupFailed(f"{program}: {done.stderr.strip()[-2000:]}")
