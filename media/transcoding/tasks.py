"""Jobs of transcoding: a piece of the pictures, the sound, the end, and the broom."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import structlog

from app.kernel.jobs import QUEUE_TRANSCODING, Task
from app.kernel.objects import Objects
from media.inspection.source import Source
from media.transcoding.encoding import pictures, quality, sound
from media.transcoding.encoding.films import Films
from media.transcoding.encoding.held import Held
from media.transcoding.encoding.scratch import Scratch
from media.transcoding.errors import Broken
from media.transcoding.growing.queueing import (
    FINISH_TASK,
    FORGET_TASK,
    PIECE_TASK,
    SOUND_TASK,
    SWEEP_TASK,
    niceness_of,
)
from media.transcoding.growing.versions import SOUND
from media.transcoding.repository import Film
from media.transcoding.rules import piece_of
from media.transcoding.service import TranscodingService, Work
from media.videos.interfaces import Refusal

log: structlog.stdlib.BoundLogger = structlog.get_logger("transcoding")

_TELL_SECONDS: Final = 1.0


class TranscodingJobs:
    """The work itself, between two looks at the service."""

    def __init__(self, service: TranscodingService, objects: Objects, scratch: Scratch) -> None:
        self._service = service
        self._films = Films(objects, scratch)
        self._scratch = scratch
        self._held = Held(scratch)

    async def piece(self, video_id: int, generation: int, run: str, number: int) -> None:
        """Encode a piece at the rungs of its run."""
        film = (video_id, generation)
        work = await self._service.begin(film, run, number)
        if work is None:
            return
        piece = piece_of(work.plan.grid, number, work.frames)
        async with self._at_work(work) as (path, source):
            name = f"{video_id}-{generation}"
            with self._held.frames(name, work.plan, run, piece) as frames:
                async with self._telling(film, run, number) as seen:
                    made = await pictures.encode_piece(
                        path,
                        source,
                        work.plan,
                        piece,
                        work.plan.rungs_of(run),
                        self._scratch,
                        lambda done: seen(min(piece.count, max(0, done - piece.warm_up))),
                        frames=frames,
                        niceness=niceness_of(run, number),
                    )
            await self._service.keep_pictures(work, run, number, made)

    async def sound(self, video_id: int, generation: int) -> None:
        """Measure the sound, encode it, and hand it over as it becomes ready."""
        film = (video_id, generation)
        work = await self._service.begin(film, "sound", 0)
        if work is None:
            return
        grid = work.plan.grid
        async with self._at_work(work) as (path, source):
            chain = work.chain
            if chain is None:
                found = await sound.chain_for(path, source, grid)
                chain = await self._service.note_chain(film, found)
            parts = sound.encode(
                *(path, source, grid, chain, SOUND, self._scratch),
                niceness=niceness_of("sound", 0),
            )
            async for part in parts:
                await self._service.keep_sound(work, part.init, part.segments, whole=part.last)

    async def finish(self, video_id: int, generation: int) -> None:
        """Measure what was made, and publish what is worth it."""
        film = (video_id, generation)
        work = await self._service.look(film)
        if work is None:
            return
        rungs = [rung.name for rung in work.plan.rungs]

        async def fetch(name: str, number: int) -> bytes:
            return await self._service.segment_film(film, name, number)

        async with self._at_work(work) as (path, source):
            measured = await quality.compare(
                path, source, work.plan.grid, rungs, fetch, self._scratch
            )
            await self._service.finish(film, measured)

    @asynccontextmanager
    async def _at_work(self, work: Work) -> AsyncGenerator[tuple[Path, Source]]:
        """The film and its facts. One that cannot be encoded is given up at once: trying again
        would change nothing."""
        try:
            async with self._films.lent(work.original, work.source) as lent:
                yield lent
        except Broken as broken:
            log.warning("film_is_broken", video=work.film[0], error=str(broken))
            await self._service.fail(work.film, Refusal(broken.reason, broken.words))

    @asynccontextmanager
    async def _telling(
        self, film: Film, run: str, number: int
    ) -> AsyncGenerator[Callable[[int], None]]:
        """Tell how many frames are done, once a second while that changes."""
        now = 0

        def seen(frames: int) -> None:
            nonlocal now
            now = frames

        async def tell() -> None:
            told = 0
            while True:
                await asyncio.sleep(_TELL_SECONDS)
                if now != told:
                    told = now
                    with suppress(Exception):  # it is for people only
                        await self._service.note_progress(film, run, number, told)

        telling = asyncio.create_task(tell())
        try:
            yield seen
        finally:
            telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling


def tasks(
    jobs: TranscodingJobs,
    sweep: Callable[[], Awaitable[None]],
    forget: Callable[[int, int | None], Awaitable[None]],
) -> list[Task]:
    """What a transcoder does; to forget and to sweep is any worker's."""
    return [
        Task(PIECE_TASK, jobs.piece, queue=QUEUE_TRANSCODING),
        Task(SOUND_TASK, jobs.sound, queue=QUEUE_TRANSCODING),
        Task(FINISH_TASK, jobs.finish, queue=QUEUE_TRANSCODING),
        Task(FORGET_TASK, forget),
        Task(SWEEP_TASK, sweep, every_cron="17 * * * *"),
    ]
