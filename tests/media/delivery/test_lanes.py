"""Files of films through both lanes of the house: equal answers."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.http.front import _UNLIMITED  # pyright: ignore[reportPrivateUsage]
from media.delivery.holding import films
from media.delivery.interfaces import CaptionTrack, CaptionTracks
from media.delivery.service import DeliveryService
from media.videos.interfaces import Visibility
from tests.application import application
from tests.media.conftest import Theatre
from tests.media.delivery.players import Film, play
from tests.served import asgi, talking

HASH = "c" * 64
WORDS = b"WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n"


class Words(CaptionTracks):
    """One track for every film."""

    async def tracks(self, session: AsyncSession, video_id: int) -> Sequence[CaptionTrack]:
        return [CaptionTrack(language="en", label="English", path="media/words", hash=HASH)]


@dataclass
class Lanes:
    """The same house behind the hot lane and behind plain handlers."""

    theatre: Theatre
    both: list[httpx.AsyncClient]

    async def ask(self, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        """The answer, which is the same from both, however often it is asked for."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answers = [
            await lane.request(method, path, headers=named) for lane in self.both for _ in range(3)
        ]
        told = [_told(each) for each in answers]
        assert told == told[:1] * len(told), path
        return answers[0]


def _told(answer: httpx.Response) -> tuple[int, Any, dict[str, str]]:
    headers = dict(answer.headers)
    request_id, body = headers.pop("x-request-id"), answer.content
    if headers.get("content-type") == "application/problem+json":
        headers.pop("content-length")
        body = body.replace(request_id.encode(), b"")
    return answer.status_code, body, headers


@pytest.fixture
async def lanes(theatre: Theatre) -> AsyncIterator[Lanes]:
    app = application(theatre.town.composed)
    async with talking(app) as hot, asgi(app) as plain:
        yield Lanes(theatre, [hot, plain])


def test_the_files_of_films_are_on_the_hot_lane(theatre: Theatre) -> None:
    paths = [each.path for wiring in theatre.town.composed.wirings for each in wiring.files]
    assert {"/m/{key}/s/{name}", "/m/{key}/captions/{name}"} <= set(paths)
    assert all(path.startswith(_UNLIMITED) for path in paths)


async def test_published_and_unpublished_files_of_every_sort(
    lanes: Lanes, short_film: Film, other_film: Film
) -> None:
    theatre, stage = lanes.theatre, lanes.theatre.stage
    theatre.town.house.doors.provide(CaptionTracks, Words())
    await theatre.town.house.objects.put("media/words", WORDS)
    shop = await theatre.town.shop()
    video, draft = stage.film(shop.id), stage.film(shop.id, visibility=Visibility.DRAFT)
    cut = await stage.cut(video, *short_film)
    await stage.cut(draft, *short_film)
    foreign = (await stage.cut(stage.film(1), *other_film)).renditions[0].segments[0].hash
    token = (await play(theatre, draft, shop.owner))["hls"].split("/")[2]
    first = cut.renditions[0]
    segment, init = f"s/{first.segments[0].hash}.m4s", f"s/{first.init.hash}.mp4"
    data = short_film[1][first.segments[0].hash]
    for key in (str(video), token):
        whole = await lanes.ask(f"/m/{key}/{segment}", origin="https://shop.cn")
        assert (whole.content, whole.headers["content-length"]) == (data, str(len(data)))
        assert whole.headers["cache-control"].startswith("public" if key != token else "private")
        assert (await lanes.ask(f"/m/{key}/{init}")).headers["content-type"] == "video/mp4"
        words = await lanes.ask(f"/m/{key}/captions/{HASH}.vtt")
        assert (words.content, words.headers["etag"]) == (WORDS, f'"{HASH[:32]}"')
        assert words.headers["content-type"] == "text/vtt; charset=utf-8"
        for condition, status in (
            ({"range": "bytes=10-19"}, 206),
            ({"range": f"bytes={len(data)}-"}, 416),
            ({"if_none_match": whole.headers["etag"]}, 304),
            ({"range": "bytes=1-2", "if_range": '"x"'}, 200),
            ({"authorization": "Bearer nonsense"}, 200),
        ):
            for method in ("GET", "HEAD"):
                answer = await lanes.ask(f"/m/{key}/{segment}", method, **condition)
                ignored = method == "HEAD" and status in (206, 416)  # HEAD has no ranges
                assert answer.status_code == (200 if ignored else status)
        for name in (f"s/{foreign}.m4s", f"s/{'0' * 64}.m4s", "s/x.m4s", "captions/x.vtt"):
            assert (await lanes.ask(f"/m/{key}/{name}")).status_code == 404
    for key in (str(draft), token[:-4], "x", "0", "9" * 20):
        assert (await lanes.ask(f"/m/{key}/{segment}")).status_code == 404


@pytest.mark.parametrize("end", [Visibility.TAKEN_DOWN, Visibility.WITHDRAWN])
async def test_what_is_remembered_is_gone_with_its_film(
    lanes: Lanes, short_film: Film, end: Visibility, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once where the change is told, and after COPY_SECONDS where it is not."""
    stage = lanes.theatre.stage
    for told in (True, False):
        video = stage.film(1)
        cut = await stage.cut(video, *short_film)
        path = f"/m/{video}/s/{cut.renditions[0].segments[0].hash}.m4s"
        assert (await lanes.ask(path)).status_code == 200
        if told:
            await stage.turn(video, end)
        else:
            stage.quietly(video, visibility=end)
            monkeypatch.setattr(films, "COPY_SECONDS", 0)
        assert (await lanes.ask(path)).status_code == 404


async def test_what_is_remembered_is_closed_when_a_token_ends(
    lanes: Lanes, short_film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    theatre = lanes.theatre
    shop = await theatre.town.shop()
    video = theatre.stage.film(shop.id, visibility=Visibility.DRAFT)
    await theatre.stage.cut(video, *short_film)
    path = (await play(theatre, video, shop.owner))["segments"][0]["first"]
    assert (await lanes.ask(path)).status_code == 200
    delivery: DeliveryService = theatre.town.composed.service("delivery")
    monkeypatch.setattr(delivery, "token_seconds", -60)
    ended = (await play(theatre, video, shop.owner))["segments"][0]["first"]
    answer = await lanes.ask(ended)
    assert (answer.status_code, answer.json()["code"]) == (403, "ticket_expired")
