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
from pathlib import Path

import msgspec
import psycopg
from psycopg.conninfo import conninfo_to_dict

from app.composition import Composed
from app.kernel.embedded.postgres import binaries
from app.kernel.house import House
from app.kernel.valkey.aggregates import forget_all
from app.kernel.valkey.keeping import Kept, begin_keeping, decisions, ends, forget_kept
from app.kernel.valkey.settle import SettleWorker
from app.migrations import upgrade

_DUMP, _DECISIONS, _OBJECTS, _MANIFEST = "postgres.dump", "decisions", "objects", "manifest.json"
_PAGE = 500


class BackupFailed(Exception):
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
    if folder.exists():
        raise BackupFailed(f"{folder} exists already: each backup has a folder of its own")
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    await begin_keeping(house.live)
    covered = await ends(house.live)
    dump = ("--format=custom", f"--file={fresh / _DUMP}")
    await asyncio.to_thread(_postgres, owner_url, "pg_dump", *dump)
    count = await _write_decisions(house, fresh / _DECISIONS)
    if house.objects.folder is not None:
        await asyncio.to_thread(shutil.copytree, house.objects.folder, fresh / _OBJECTS)
    await asyncio.to_thread(_postgres, owner_url, "pg_restore", "--list", str(fresh / _DUMP))
    files = {name: _file(fresh / name) for name in (_DUMP, _DECISIONS)}
    made = Manifest(files, count)
    (fresh / _MANIFEST).write_bytes(msgspec.json.encode(made))
    os.sync()
    fresh.rename(folder)
    verify(folder)
    await forget_kept(house.live, covered)
    return made


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
    if house.objects.folder is not None and (folder / _OBJECTS).exists():
        copy = (folder / _OBJECTS, house.objects.folder)
        await asyncio.to_thread(shutil.copytree, *copy, dirs_exist_ok=True)
    settlers = [settler for wiring in composed.wirings for settler in wiring.settlers]
    name = f"restore:{os.getpid()}"
    worker = SettleWorker(house.live, house.database, house.metrics, settlers, name=name)
    await begin_keeping(house.live)
    count = 0
    held = msgspec.msgpack.decode((folder / _DECISIONS).read_bytes(), type=list[Kept])
    for at in range(0, len(held), _PAGE):
        count += await _settle(worker, held[at : at + _PAGE])
    async for page in decisions(house.live):
        count += await _settle(worker, page)
    await forget_all(house.live)
    await house.cache.everywhere("FLUSHALL")
    return count


async def _settle(worker: SettleWorker, page: list[Kept]) -> int:
    by_bucket: dict[int, list[tuple[bytes, list[bytes]]]] = {}
    for each in page:
        by_bucket.setdefault(each.bucket, []).append((each.entry_id, each.flat))
    for bucket, entries in by_bucket.items():
        await worker.settle_again(bucket, entries)
    return len(page)


async def _write_decisions(house: House, path: Path) -> int:
    found = [each async for page in decisions(house.live) for each in page]
    path.write_bytes(msgspec.msgpack.encode(found))
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
