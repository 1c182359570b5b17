from pathlib import Path

import pytest

from app.kernel.house import House
from media.videos.interfaces import Original, Videos, VideoState
from tests.factories.town import Shop, Town
from tests.media.inspection import films
from tests.media.watching.players import LASTS


@pytest.fixture
async def shop(town: Town) -> Shop:
    return await town.shop()


@pytest.fixture
async def video(town: Town, house: House, shop: Shop, tmp_path: Path) -> str:
    """A published film of twelve seconds."""
    picture = f"color=red:s=64x48:r=5:d={LASTS // 1000},format=yuv420p"
    films.film(tmp_path / "film.mp4", picture=picture, sound=None)
    data = (tmp_path / "film.mp4").read_bytes()
    await house.objects.put("media/made/watched", data)
    original = Original(
        path="media/made/watched",
        bytes=len(data),
        hash="1" * 64,
        owner_id=shop.id,
        by_shopper=False,
    )
    videos = house.doors.get(Videos)
    async with house.database.transaction() as tx:
        id_ = await videos.create(tx, original, "看")
    await town.run_jobs(only=("media.videos.",))
    async with house.database.transaction() as tx:
        assert await videos.show(tx, id_, 1)
        assert await videos.advance(tx, id_, 1, VideoState.READY)
    await town.good("POST", f"/v1/videos/{id_}/publish", shop.owner)
    return str(id_)
