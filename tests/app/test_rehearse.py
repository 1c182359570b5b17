"""A rehearsal finds people, and a brand with money that is not anybody's."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from app import rehearse
from app.composition import Composed
from app.rehearse import MadeSignIn, crowd_sign_ins, give_brand, give_film
from tests.factories.town import Town
from tests.media.inspection import films
from tests.media.videos.test_videos import ready, run


async def _crowd(town: Town) -> list[MadeSignIn]:
    crowd = [made async for made in crowd_sign_ins(town.house, 3)]
    return [await give_brand(town.composed, crowd[0]), *crowd[1:]]


async def test_a_later_rehearsal_has_the_same_people_and_brand_and_fresh_money(town: Town) -> None:
    first, second = await _crowd(town), await _crowd(town)
    assert [made.shopper_id for made in first] == [made.shopper_id for made in second]
    assert first[0].brand_id == second[0].brand_id is not None
    assert [made.brand_id for made in second[1:]] == [None, None]
    bearer = {"authorization": f"Bearer {second[0].access_token}"}
    path = f"/v1/auth/workplaces/{second[0].brand_id}"
    token = (await town.good("POST", path, headers=bearer))["accessToken"]
    at_work = {"authorization": f"Bearer {token}"}
    ledger = await town.good("GET", f"/v1/brands/{second[0].brand_id}/ledger", headers=at_work)
    (balance,) = ledger["balances"]
    assert balance["available"] == {"amountMinor": 20_000_000, "currency": "XTS"}


async def test_its_film_is_made_once_whoever_was_interrupted(
    town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    owner = (await _crowd(town))[0]

    async def drawn() -> bytes:
        path = tmp_path / "film.mp4"
        card = "testsrc=s=96x64:r=5:d=8,format=yuv420p"
        await asyncio.to_thread(films.film, path, picture=card)
        return path.read_bytes()

    async def interrupted(composed: Composed, video_id: int) -> None:
        raise RuntimeError("no transcoder runs")

    monkeypatch.setattr(rehearse, "_drawn", drawn)
    monkeypatch.setattr(rehearse, "_until_ready", interrupted)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            await give_film(town.composed, owner)
    meeting = asyncio.Barrier(2)

    async def encoded(composed: Composed, video_id: int) -> None:
        if await meeting.wait() == 0:
            await run(town)
            await ready(town.house, {"id": str(video_id)})
        await meeting.wait()

    monkeypatch.setattr(rehearse, "_until_ready", encoded)
    both = await asyncio.gather(*(give_film(town.composed, owner) for _ in range(2)))
    third = await give_film(town.composed, owner)
    assert len({each.video_id for each in (*both, third)}) == 1
    found = await town.good("GET", f"/v1/videos/{third.video_id}")
    assert found["visibility"] == "published"
    async with town.house.database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM videos")) == 1
        assert await session.scalar(text("SELECT count(*) FROM timeline_versions")) == 1
