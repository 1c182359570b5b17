"""First pages are held; the reader's own bits on them are right whatever the cache forgets."""

import random
from collections.abc import AsyncIterator

import msgspec
import pytest

from app.kernel.http.hot import HotRequest
from app.kernel.settings import Settings
from app.kernel.valkey.settle import SettleWorker
from tests.feeds.timelines.world import RawPage, World, actor, id_of, world

POSTS = 4
STEPS = 40


class Reader:
    """Somebody who likes posts of another, in two processes; `liked` is what they were told."""

    def __init__(self, world: World, me: int, posts: list[int]) -> None:
        self._world, self._me, self.posts = world, me, posts
        self.liked: set[int] = set()
        settlers = [each for wiring in world.processes[0].wirings for each in wiring.settlers]
        house = world.house
        self._worker = SettleWorker(
            house.live, house.database, house.metrics, settlers, name="held"
        )

    async def like(self, process: int, post: int, *, on: bool) -> None:
        request = HotRequest(actor(self._me), (post,), {}, None, b"")
        endpoint = self._world._endpoint(process, "likePost" if on else "unlikePost")  # pyright: ignore
        answer = msgspec.json.decode((await endpoint.handle(request)).body)
        assert answer["liked"] is on
        (self.liked.add if on else self.liked.discard)(post)

    async def settle(self) -> None:
        while await self._worker.settle_once():
            pass

    async def wipe(self) -> None:
        await self._world.wipe()

    async def read(self, process: int) -> set[int]:
        """The posts that a page of everything shows as liked."""
        page = msgspec.json.decode(
            await self._world.page(process, self._me, None, 20), type=RawPage
        )
        assert {id_of(item) for item in page.items} == set(self.posts)
        return {id_of(item) for item in page.items if item.viewer["liked"]}

    async def check(self) -> None:
        """Twice in each process: the second read may answer with the page that the first left."""
        for process in (0, 1, 0, 1):
            assert await self.read(process) == self.liked


@pytest.fixture
async def reader(settings: Settings) -> AsyncIterator[Reader]:
    async with world(settings) as town:
        author, me = await town.arrive(2)
        await town.follow(me, author)
        posts = [await town.publish(author) for _ in range(POSTS)]
        await town.drain()
        yield Reader(town, me, posts)


@pytest.mark.parametrize("on", [True, False])
async def test_a_wiped_cache_takes_no_liked_bit_along(reader: Reader, on: bool) -> None:
    post = reader.posts[0]
    await reader.like(0, post, on=True)
    await reader.settle()
    await reader.check()
    if not on:
        await reader.like(1, post, on=False)
        await reader.settle()
    await reader.wipe()
    await reader.check()


async def test_a_like_that_sql_did_not_hold_at_the_wipe_is_shown_once_it_does(
    reader: Reader,
) -> None:
    await reader.check()
    await reader.like(0, reader.posts[1], on=True)
    await reader.wipe()
    await reader.read(0)
    await reader.read(1)
    await reader.settle()
    await reader.check()


@pytest.mark.parametrize("seed", range(3))
async def test_likes_and_wipes_in_any_order(reader: Reader, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(STEPS):
        match chance.choice(["like", "like", "wipe", "settle", "read"]):
            case "like":
                post, on = chance.choice(reader.posts), chance.random() < 0.6
                await reader.like(chance.randrange(2), post, on=on)
            case "wipe":
                await reader.wipe()
            case "settle":
                await reader.settle()
                await reader.check()
            case _:
                await reader.read(chance.randrange(2))
    await reader.settle()
    await reader.check()
