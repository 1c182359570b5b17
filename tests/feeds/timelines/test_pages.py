"""Who sees which posts, one reason at a time; `test_model` mixes them all."""

from collections.abc import AsyncIterator

import pytest

from app.kernel.settings import Settings
from tests.feeds.timelines.world import PUSH_FOLLOWERS_MAX, World, id_of, world


class Town:
    """Somebody who follows one author whose posts are pushed and one whose posts are pulled."""

    def __init__(self, world: World, ids: list[int]) -> None:
        self.world = world
        self.me, self.pushed, self.pulled, self.stranger, *_ = ids

    async def shown(self) -> list[int]:
        """The feed as both processes give it, made anew and as it may be held."""
        feeds = [await self.world.chain(process, self.me, 3) for process in (0, 1, 0, 1)]
        first, *others = [[id_of(item) for item in feed] for feed in feeds]
        assert all(each == first for each in others)
        return first

    async def publish(self, author: int, *, to: list[int] | None = None, of: int = 0) -> int:
        post = await self.world.publish(author, selected=to, repost_of=of or None)
        await self.world.drain()
        return post


@pytest.fixture
async def town(settings: Settings) -> AsyncIterator[Town]:
    async with world(settings) as town:
        ids = await town.arrive(4 + PUSH_FOLLOWERS_MAX)
        me, pushed, pulled, *_ = ids
        await town.follow(me, pushed)
        for each in (me, *ids[4:]):
            await town.follow(each, pulled)
        yield Town(town, ids)


async def test_what_is_pushed_to_who_has_left_is_not_shown(town: Town) -> None:
    await town.world.follow(town.me, town.stranger)
    kept = await town.publish(town.pushed)
    left = await town.publish(town.stranger)
    assert await town.shown() == [left, kept]
    await town.world.unfollow(town.me, town.stranger)
    assert await town.shown() == [kept]
    late = await town.world.publish(town.stranger)
    await town.world.push_half(late, [town.me])
    await town.world.push_half(left, [town.me])
    assert await town.shown() == [kept]
    for _ in range(5):  # more than a page of what is not shown
        await town.world.push_half(await town.world.publish(town.stranger), [town.me])
    assert await town.shown() == [kept]


async def test_hidden_posts_are_not_shown_whether_pushed_or_pulled(town: Town) -> None:
    posts = [await town.publish(each) for each in (town.pushed, town.pulled) * 2]
    assert await town.shown() == posts[::-1]
    for post in posts[:2]:
        await town.world.hide(town.me, post, hidden=True)
    assert await town.shown() == posts[:1:-1]
    await town.world.hide(town.me, posts[0], hidden=False)
    assert await town.shown() == [posts[3], posts[2], posts[0]]


async def test_reposts_of_blocked_accounts_are_not_shown(town: Town) -> None:
    original = await town.publish(town.stranger)
    repost = await town.publish(town.pushed, of=original)
    assert await town.shown() == [repost]
    await town.world.block(town.me, town.stranger, blocked=True)
    assert await town.shown() == []
    await town.world.block(town.me, town.stranger, blocked=False)
    assert await town.shown() == [repost]


async def test_posts_to_few_are_shown_to_them(town: Town) -> None:
    for author in (town.pushed, town.pulled):
        await town.publish(author, to=[town.stranger])
    mine = [await town.publish(author, to=[town.me]) for author in (town.pushed, town.pulled)]
    assert await town.shown() == mine[::-1]
    await town.world.withdraw(town.pushed, mine[0])
    assert await town.shown() == mine[1:]
