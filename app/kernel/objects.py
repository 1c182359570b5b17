"""Where pictures and films lie: a folder of this machine, or an S3-compatible store.

One class for both, over obstore. A `put` is atomic: readers see the old object or the whole new
one, never a part; and when it returns, the bytes survive a power cut (the folder is fsynced; S3
promises it).
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from io import FileIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import msgspec
from obstore import sign, sign_async
from obstore.exceptions import BaseError, InvalidPathError
from obstore.store import LocalStore, S3Store

from app.kernel.errors import Unavailable

CHUNK_BYTES: Final = 256 * 1024
"""What a stream hands on at a time: memory of a download, whatever its size."""
PART_BYTES: Final = 8 * 1024 * 1024
"""What a long object is sent to a store in: some of these in memory, whatever its size."""
_FORGET_SECONDS: Final = 10.0
_SYNC_BYTES: Final = 32 * 1024 * 1024
"""A long object of a folder goes to the disk in such pieces, so that its end is near it too."""


class ObjectMissing(LookupError):
    """There is no object of this path."""


class ObjectInfo(msgspec.Struct, frozen=True):
    """What is known of an object without reading it."""

    size: int
    modified: datetime
    etag: str | None
    """The store's own validator, quoted as in HTTP."""


class Objects:
    """Bytes by path. `file:///folder` or `s3://bucket/prefix` (AWS_* variables apply).

    Every method raises Unavailable when the store does not answer. Paths are built by our own
    code from hashes and numbers, never from what a caller sent.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._folder: Path | None = None
        if parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc:
            self._folder = Path(unquote(parts.path))
            self._store = LocalStore(self._folder, mkdir=True)
        elif parts.scheme == "s3" and parts.netloc:
            self._store = S3Store.from_url(
                url,
                # not every compatible store knows the request that deletes many
                config={"disable_bulk_delete": True},
                client_options={"allow_http": True, "connect_timeout": "2s", "timeout": "10s"},
                retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=10)},
            )
        else:
            raise ValueError("OBJECT_STORE_URL must be file:///folder or s3://bucket/prefix")

    @property
    def folder(self) -> Path | None:
        """The folder of this machine; None for a store elsewhere."""
        return self._folder

    async def put(self, path: str, data: bytes) -> None:
        """Keep the bytes under the path, replacing what was there, whole and durable."""
        async with _answering(path):
            await self._store.put_async(path, data)
            if self._folder is not None:
                await asyncio.to_thread(_sync, self._folder, self._folder / path)

    async def put_stream(
        self, path: str, chunks: AsyncIterator[bytes], *, growing: str | None = None
    ) -> None:
        """As `put`, of what is too long for memory: whole and durable, or not there at all.

        What `chunks` raises is raised; they may take their time. In a folder the object lies under
        the path `growing` until it is whole, which is where a process that is killed leaves it.
        """
        failed: list[Exception] = []
        try:
            async with _answering(path):
                source = _noting(chunks, failed)
                if self._folder is not None and growing is not None:
                    await _grow(self._folder / growing, self._folder / path, source)
                else:
                    await self._send(path, source)
                if self._folder is not None:
                    await asyncio.to_thread(_sync, self._folder, self._folder / path)
        except Exception:
            if failed:
                raise failed[0] from None
            raise

    async def _send(self, path: str, chunks: AsyncIterator[bytes]) -> None:
        """Whoever is cancelled has the store forget what it was sent: unfinished uploads are paid
        for ever after."""
        stopped = asyncio.Event()
        source = _until(stopped, chunks)
        sending = asyncio.ensure_future(
            self._store.put_async(path, source, use_multipart=True, chunk_size=PART_BYTES)
        )
        try:
            await asyncio.shield(sending)
        except asyncio.CancelledError:
            stopped.set()
            await asyncio.wait([sending], timeout=_FORGET_SECONDS)
            raise

    @asynccontextmanager
    async def local(self, path: str) -> AsyncGenerator[Path]:
        """The object as a file of this machine, to be read within the context: the folder's own,
        or a copy that is gone afterwards. Raises ObjectMissing."""
        info = await self.info(path)
        if self._folder is not None:
            yield self._folder / path
            return
        with tempfile.NamedTemporaryFile(prefix="carnival-") as file:
            async for chunk in self.stream(path, 0, info.size):
                await asyncio.to_thread(file.write, chunk)
            file.flush()
            yield Path(file.name)

    async def list(self, prefix: str) -> list[str]:
        """The paths of all objects below a prefix, which is whole folders; for few of them."""
        async with _answering(prefix):
            store: Any = self._store
            return [each["path"] async for batch in store.list(prefix) for each in batch]

    async def get(self, path: str) -> bytes:
        """The whole object; for what is known to be small. Raises ObjectMissing."""
        async with _answering(path):
            result = await self._store.get_async(path)
            return bytes(await result.bytes_async())

    async def info(self, path: str) -> ObjectInfo:
        """Size, time and validator. Raises ObjectMissing."""
        async with _answering(path):
            meta = await self._store.head_async(path)
            return ObjectInfo(
                size=meta["size"], modified=meta["last_modified"], etag=_quoted(meta["e_tag"])
            )

    async def read(self, path: str, start: int, stop: int) -> bytes:
        """The bytes from `start` up to, not including, `stop`. Raises ObjectMissing."""
        if stop <= start:
            return b""
        async with _answering(path):
            return bytes(await self._store.get_range_async(path, start=start, end=stop))

    async def stream(self, path: str, start: int, stop: int) -> AsyncIterator[bytes]:
        """As `read`, in pieces of about CHUNK_BYTES."""
        for at in range(start, stop, CHUNK_BYTES):
            yield await self.read(path, at, min(stop, at + CHUNK_BYTES))

    async def signed_url(self, path: str, seconds: int) -> str | None:
        """An address where anybody can read the object for so long, whether it exists or not; None
        for a folder, which has no addresses."""
        if isinstance(self._store, LocalStore):
            return None
        async with _answering(path):
            return await sign_async(self._store, "GET", path, timedelta(seconds=seconds))

    def origin(self) -> str | None:
        """Where `signed_url` leads: scheme, host and port, for pages that say whom they talk to;
        None for a folder, and for a store that gives no address out."""
        if isinstance(self._store, LocalStore):
            return None
        try:
            parts = urlsplit(sign(self._store, "GET", "ping", timedelta(seconds=1)))
        except BaseError:
            return None
        return f"{parts.scheme}://{parts.netloc}"

    async def delete(self, paths: Sequence[str]) -> None:
        """Forget the objects; those that are not there are no error."""
        for path in paths:
            try:
                async with _answering(path):
                    await self._store.delete_async(path)
            except ObjectMissing:
                continue

    async def clear(self, prefix: str) -> None:
        """Forget everything below a prefix, which is whole folders, and what killed processes left
        there half written."""
        await self.delete(await self.list(prefix))
        if self._folder is not None:
            await asyncio.to_thread(shutil.rmtree, self._folder / prefix, ignore_errors=True)

    async def ping(self) -> None:
        """Raises Unavailable when the store does not answer."""
        try:
            await self.info("ping")
        except ObjectMissing:
            return


async def _noting(chunks: AsyncIterator[bytes], failed: list[Exception]) -> AsyncIterator[bytes]:
    """The chunks; an error of theirs is kept, which the store would report as its own."""
    try:
        async for chunk in chunks:
            yield chunk
    except Exception as error:
        failed.append(error)
        raise


@asynccontextmanager
async def _answering(path: str) -> AsyncGenerator[None]:
    """The store's errors in our words."""
    try:
        yield
    except (FileNotFoundError, InvalidPathError, ValueError):
        raise ObjectMissing(path) from None
    except (BaseError, OSError) as error:
        raise Unavailable(
            "Files cannot be reached for a moment, please try again.", retry_after_seconds=2
        ) from error


async def _until(stopped: asyncio.Event, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The chunks, as long as nobody stopped. Raises _Stopped."""
    stopping = asyncio.ensure_future(stopped.wait())
    following: asyncio.Future[bytes | None] | None = None
    try:
        while True:
            following = asyncio.ensure_future(anext(chunks, None))
            await asyncio.wait([following, stopping], return_when=asyncio.FIRST_COMPLETED)
            if stopped.is_set():
                raise _Stopped
            if (chunk := following.result()) is None:
                return
            yield chunk
    finally:
        stopping.cancel()
        if following is not None and not following.done():
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


class _Stopped(Exception):
    """Whoever put an object was cancelled."""


async def _grow(growing: Path, path: Path, chunks: AsyncIterator[bytes]) -> None:
    """Write a file that has its name when it is whole, a piece at a time to the disk."""
    await asyncio.to_thread(growing.parent.mkdir, parents=True, exist_ok=True)
    with growing.open("xb", buffering=0) as file:
        try:
            held = 0
            async for chunk in chunks:
                await _to_its_end(_write, file, chunk)
                held += len(chunk)
                if held >= _SYNC_BYTES:
                    await _to_its_end(os.fdatasync, file.fileno())
                    held = 0
            await _to_its_end(os.fsync, file.fileno())
            await _to_its_end(_rename, growing, path)
        except BaseException:
            _remove(growing)
            raise


def _write(file: FileIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _rename(growing: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    growing.rename(path)


def _remove(growing: Path) -> None:
    growing.unlink(missing_ok=True)


async def _to_its_end(work: Callable[..., None], *given: Any) -> None:
    """In a thread, which is waited for even by who is cancelled: it uses what is closed then."""
    working = asyncio.get_running_loop().run_in_executor(None, work, *given)
    try:
        await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait([working])
        raise


def _quoted(etag: str | None) -> str | None:
    """Some stores quote their validators, some do not."""
    return f'"{etag.strip(chr(34))}"' if etag else None


def _sync(root: Path, file: Path) -> None:
    """Bring a file and the folders that name it to the disk."""
    folders = [parent for parent in file.parents if parent.is_relative_to(root)]
    for path in (file, *folders):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
