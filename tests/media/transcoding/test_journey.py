"""From an upload over HTTP to a film that is ready."""

from pathlib import Path

from app.kernel.house import House
from media.transcoding.interfaces import Renditions
from tests.factories.town import Town
from tests.media.transcoding.clips import BLURRED, make


async def test_an_upload_becomes_ready(
    town: Town, house: House, tmp_path: Path, small_ladder: None
) -> None:
    film = make(BLURRED, tmp_path / "film.mp4")
    shop = await town.shop()
    files = {"file": ("film.mp4", film.read_bytes(), "video/mp4")}
    made = await town.good("POST", "/v1/videos/files?title=Numbers", shop.owner, files=files)
    await town.run_jobs(only=("media.videos.", "videos."))
    waiting = await town.good("GET", f"/v1/videos/{made['id']}", shop.owner)
    assert waiting["state"] == "waiting"
    assert waiting["progress"]["percent"] == 0
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
