"""From an upload over HTTP to a film that is ready."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import text

from app.kernel.house import House
from app.kernel.jobs import QUEUE_OPENING, QUEUE_SOUND, QUEUE_TRANSCODING
from media.transcoding.interfaces import Renditions
from tests.factories.town import Town
from tests.media.transcoding.clips import BLURRED, make


async def test_an_upload_becomes_ready(
    town: Town, house: House, tmp_path: Path, small_ladder: None
) -> None:
    film = make(replace(BLURRED, frames=75), tmp_path / "film.mp4")
    shop = await town.shop()
    files = {"file": ("film.mp4", film.read_bytes(), "video/mp4")}
    made = await town.good("POST", "/v1/videos/files?title=Numbers", shop.owner, files=files)
    await town.run_jobs(only=("media.videos.", "videos."))
    waiting = await town.good("GET", f"/v1/videos/{made['id']}", shop.owner)
    assert waiting["state"] == "waiting"
    assert waiting["progress"]["percent"] == 0
    queues = await queued(house)
    rest = {QUEUE_TRANSCODING}
    assert queues == {
        "early": {QUEUE_OPENING}, "sound": {QUEUE_SOUND}, "ladder": rest, "rest": rest,
    }  # fmt: skip
    await town.run_jobs(only=("transcoding.",))
    ready = await town.good("GET", f"/v1/videos/{made['id']}", shop.owner)
    assert ready["state"] == "ready"
    assert ready["progress"] is None
    assert (ready["width"], ready["height"]) == (320, 180)
    async with house.database.reading() as session:
        cut = await house.doors.get(Renditions).latest(session, int(made["id"]))
    assert cut is not None
    assert cut.complete
    assert {each.kind for each in cut.renditions} == {"video", "audio"}


async def queued(house: House) -> dict[str, set[str]]:
    """The queues in which each run of transcoding waits."""
    query = text(
        "SELECT coalesce(args ->> 'run', 'sound'), queue_name FROM procrastinate_jobs"
        " WHERE task_name IN ('transcoding.piece', 'transcoding.sound')"
    )
    queues: dict[str, set[str]] = {}
    async with house.database.reading() as session:
        for run, queue in await session.execute(query):
            queues.setdefault(run, set()).add(queue)
    return queues
