"""Transcoding with its real database, objects and ffmpeg, whose jobs run when a test says so."""

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import Clock
from app.kernel.database import Database, Transaction
from app.kernel.events import Events
from app.kernel.objects import Objects
from app.kernel.settings import Settings
from media.inspection.inspector import inspect
from media.transcoding.encoding.scratch import Scratch
from media.transcoding.events import RenditionsGrew
from media.transcoding.interfaces import Cut, Rendition, segment_path
from media.transcoding.reading.cuts import CutReader
from media.transcoding.repository import TranscodingRepository
from media.transcoding.service import TranscodingService
from media.transcoding.tasks import TranscodingJobs, tasks
from media.videos.interfaces import Refusal, VideoRecord, Videos, VideoState, Visibility

Job = tuple[int, str, dict[str, Any]]
"""Priority, task, arguments."""
VIDEO = 7


class Shelf:
    """Videos as transcoding asks for them."""

    def __init__(self) -> None:
        self.records: dict[int, VideoRecord] = {}
        self.refusals: list[Refusal] = []
        self.shown: list[int] = []

    async def get(self, session: AsyncSession, video_id: int) -> VideoRecord | None:
        return self.records.get(video_id)

    async def advance(
        self,
        tx: Transaction,
        video_id: int,
        generation: int,
        state: VideoState,
        *,
        refusal: Refusal | None = None,
    ) -> bool:
        record = self.records[video_id]
        if record.generation != generation:
            return False
        self.records[video_id] = replace(record, state=state)
        if refusal is not None:
            self.refusals.append(refusal)
        return True

    async def show(self, tx: Transaction, video_id: int, generation: int) -> bool:
        self.shown.append(generation)
        return True


class Works:
    """One installation's transcoding."""

    def __init__(self, settings: Settings, folder: Path, *, av1: bool = False) -> None:
        self.folder = folder
        self.waiting: list[Job] = []
        self.grown: list[RenditionsGrew] = []
        self.database = Database(settings, self._defer)
        self.objects = Objects(f"file://{folder}/objects")
        self.shelf = Shelf()
        self.scratch = Scratch(folder / "scratch")
        repository = TranscodingRepository()
        events, self.clock = Events(), Clock()
        events.subscribe(RenditionsGrew, self._grew)
        self.service = TranscodingService(
            self.database,
            self.objects,
            events,
            self.clock,
            cast(Videos, self.shelf),
            repository,
            av1=av1,
        )
        self.reader = CutReader(repository, self.clock)
        self.jobs = TranscodingJobs(self.service, self.objects, self.scratch)
        self.tasks = {
            task.name: task.run
            for task in tasks(self.jobs, self.service.sweep, self.service.forget)
        }

    async def close(self) -> None:
        self.scratch.close()
        await self.database.close()

    async def _defer(
        self,
        connection: Any,
        task: str,
        at: datetime | None,
        lock: str | None,
        priority: int,
        queue: str | None,
        arguments: dict[str, Any],
    ) -> None:
        self.waiting.append((priority, task, arguments))

    async def _grew(self, tx: Transaction, event: RenditionsGrew) -> None:
        self.grown.append(event)

    async def accept(self, film: Path, generation: int = 1) -> None:
        """A film that was uploaded and passes inspection."""
        original = f"media/originals/{film.name}"
        stored = self.folder / "objects" / original
        stored.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(film, stored)
        source = await inspect(film)
        self.shelf.records[VIDEO] = VideoRecord(
            id=VIDEO,
            owner_id=1,
            by_shopper=False,
            live=True,
            title="",
            state=VideoState.WAITING,
            visibility=Visibility.DRAFT,
            generation=generation,
            shown_generation=None,
            source=source,
            original=original,
            hash="0" * 64,
            bytes=source.bytes,
            duration_ms=None,
            refusal=None,
            published_at=None,
        )
        async with self.database.transaction() as tx:
            await self.service.take_on(tx, VIDEO, generation)

    async def run(self, job: Job) -> None:
        await self.tasks[job[1]](**job[2])

    async def run_all(self, *, chance: random.Random | None = None, doubled: bool = False) -> None:
        """Work until nothing waits: by priority, or in any order and some jobs twice."""
        while self.waiting:
            if chance is None:
                job = max(self.waiting, key=lambda each: each[0])
            else:
                job = chance.choice(self.waiting)
            self.waiting.remove(job)
            await self.run(job)
            if doubled:
                await self.run(job)

    async def until(self, done: Callable[[], object]) -> None:
        """Work by priority until something holds."""
        while not done():
            job = max(self.waiting, key=lambda each: each[0])
            self.waiting.remove(job)
            await self.run(job)

    async def latest(self) -> Cut:
        async with self.database.reading() as session:
            cut = await self.reader.latest(session, VIDEO)
        assert cut is not None
        return cut

    async def version(self, version: int, generation: int = 1) -> Cut | None:
        async with self.database.reading() as session:
            return await self.reader.version(session, VIDEO, generation, version)

    async def film(self, rendition: Rendition) -> Path:
        """A rendition joined from its segments."""
        path = self.folder / f"{rendition.name}.mp4"
        parts = [rendition.init, *rendition.segments]
        path.write_bytes(b"".join([await self.objects.get(segment_path(p.hash)) for p in parts]))
        return path

    async def rows(self) -> dict[str, list[Any]]:
        """All that SQL holds of it, without moments and attempts."""
        columns = {
            "cuts": "version, complete, duration_ms, contents::text",
            "renditions": "name, rank, codecs, width, height, timescale, init_hash, ssim, kept",
            "rendition_segments": "name, number, hash, size, start, duration, frame_sizes",
            "segment_objects": "hash, size",
        }
        async with self.database.reading() as session:
            return {
                table: list(
                    map(tuple, (await session.execute(text(_ordered(table, wanted)))).all())
                )
                for table, wanted in columns.items()
            }

    def stored(self) -> set[str]:
        """Names of the files of segments."""
        return {path.name for path in (self.folder / "objects/media/segments").glob("*/*")}


def _ordered(table: str, columns: str) -> str:
    return f"SELECT {columns} FROM {table} ORDER BY {columns}"
