"""Transcoders that are killed at every stage leave the film that one left alone makes."""

import asyncio
import signal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.kernel.house import House
from app.kernel.settings import Settings
from media.videos.interfaces import Videos, VideoState
from tests.factories.town import Town
from tests.faults.processes import started
from tests.media.transcoding.clips import Clip, make

pytestmark = pytest.mark.faults

TABLES = {
    "cuts": "version, complete, duration_ms, contents::text",
    "renditions": "name, rank, codecs, width, height, timescale, init_hash, ssim, kept",
    "rendition_segments": "name, number, hash, size, start, duration, frame_sizes",
}
PAUSES = (1.5, 2.5, 4.0, 2.0, 3.0)
"""Seconds that a transcoder lives; which stage that is differs from machine to machine."""


async def test_killed_transcoders_end_with_the_same_bytes(
    town: Town, house: House, settings: Settings, tmp_path: Path
) -> None:
    # longer than its head, so that pieces of all runs are killed
    film = make(Clip(width=320, height=180, frames=1000), tmp_path / "film.mp4").read_bytes()
    shop = await town.shop()
    alone = await _uploaded(town, shop.owner, film)
    await _worked(house, settings, tmp_path, alone, ())
    killed = await _uploaded(town, shop.owner, film + b"\0\0\0\x08free")
    await _worked(house, settings, tmp_path, killed, PAUSES)
    assert await _rows(house, alone) == await _rows(house, killed)
    assert not list((tmp_path / "scratch").glob("*/*/*"))


async def _uploaded(town: Town, owner: Any, film: bytes) -> int:
    files = {"file": ("film.mp4", film, "video/mp4")}
    made = await town.good("POST", "/v1/videos/files", owner, files=files)
    await town.run_jobs(only=("media.videos.",))
    return int(made["id"])


async def _worked(
    house: House, settings: Settings, folder: Path, video_id: int, pauses: tuple[float, ...]
) -> None:
    """Transcoders until the film is ready; the first ones are killed."""
    for pause in (*pauses, None):
        process = await started("transcoder", settings, folder)
        try:
            if pause is not None:
                await asyncio.sleep(pause)
            else:
                async with asyncio.timeout(300):
                    while not await _ready(house, video_id):
                        await asyncio.sleep(0.5)
        finally:
            process.send_signal(signal.SIGTERM if pause is None else signal.SIGKILL)
            await process.wait()
        async with house.jobs.opened():
            await asyncio.sleep(1.1)
            await house.jobs.sweep(1.0)


async def _ready(house: House, video_id: int) -> bool:
    async with house.database.reading() as session:
        record = await house.doors.get(Videos).get(session, video_id)
        assert record is not None
        assert record.state is not VideoState.FAILED, record.refusal
        return record.state is VideoState.READY


async def _rows(house: House, video_id: int) -> dict[str, list[Any]]:
    async with house.database.reading() as session:
        return {
            table: [
                tuple(row)
                for row in await session.execute(
                    text(f"SELECT {wanted} FROM {table} WHERE video_id = :id ORDER BY {wanted}"),
                    {"id": video_id},
                )
            ]
            for table, wanted in TABLES.items()
        }
