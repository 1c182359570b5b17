"""Whatever happens in whatever order, a feed is what one SQL statement says it is.

A machine follows, unfollows, mutes, blocks, hides, publishes (pushed, pulled, late, to few),
reposts, edits, withdraws, evicts, wipes, and stops rebuilds and fan-outs half-way; after each step
chains of pages of two processes are compared with the naive statement, and their bytes with the
plain path.
"""

from collections.abc import Coroutine
from typing import Any, TypeVar

import msgspec
import pytest
import uvloop
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.kernel.errors import AppError
from app.kernel.settings import Settings
from tests.feeds.timelines.world import RawItem, World, id_of, world
from tests.servers import Servers, Valkeys

T = TypeVar("T")

SHOPPERS = 5
people = st.integers(0, SHOPPERS - 1)
flags = st.booleans()


class FeedMachine(RuleBasedStateMachine):
    """`servers` and `base` are set by the test."""

    servers: Servers
    base: Settings
    posts = Bundle("posts")
    rebuilds = Bundle("rebuilds")

    def __init__(self) -> None:
        super().__init__()
        self.servers.empty()
        self.loop = uvloop.new_event_loop()
        self._context = world(self.base)
        self.world: World = self.run(self._context.__aenter__())
        self.ids = self.run(self.world.arrive(SHOPPERS))
        self.heads: dict[int, str] = {}
        self.untold: set[int] = set()
        self.turn = 0

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(doing)

    def teardown(self) -> None:
        self.run(self._context.__aexit__(None, None, None))
        self.loop.close()

    @initialize(pairs=st.lists(st.tuples(people, people), min_size=4, max_size=14))
    def begin_following(self, pairs: list[tuple[int, int]]) -> None:
        for me, other in pairs:
            self.follow(me, other, True)
        self.drain()

    @rule(me=people, other=people, told=flags)
    def follow(self, me: int, other: int, told: bool) -> None:
        done = self._try(self.world.follow(self.ids[me], self.ids[other], told=told))
        if done is not None and not told:
            self.untold.add(self.ids[me])

    @rule(me=people, other=people, told=flags)
    def unfollow(self, me: int, other: int, told: bool) -> None:
        done = self._try(self.world.unfollow(self.ids[me], self.ids[other], told=told))
        if done is not None and not told:
            self.untold.add(self.ids[me])

    @rule(me=people, other=people, muted=flags)
    def mute(self, me: int, other: int, muted: bool) -> None:
        self._try(self.world.mute(self.ids[me], self.ids[other], muted=muted))

    @rule(me=people, other=people, blocked=flags)
    def block(self, me: int, other: int, blocked: bool) -> None:
        self._try(self.world.block(self.ids[me], self.ids[other], blocked=blocked))

    @rule(me=people, post=posts, hidden=flags)
    def hide(self, me: int, post: tuple[int, int], hidden: bool) -> None:
        self._try(self.world.hide(self.ids[me], post[1], hidden=hidden))

    @rule(target=posts, author=people, ago_ms=st.sampled_from([0, 0, 0, 1, 2, 50, 5_000]))
    def publish(self, author: int, ago_ms: int) -> tuple[int, int]:
        return author, self.run(self.world.publish(self.ids[author], ago_ms=ago_ms))

    @rule(target=posts, author=people, count=st.integers(3, 9))
    def publish_many(self, author: int, count: int) -> Any:
        made = [self.run(self.world.publish(self.ids[author], ago_ms=n % 3)) for n in range(count)]
        return multiple(*((author, post) for post in made))

    @rule(target=posts, author=people, selected=st.sets(people, min_size=1, max_size=3))
    def publish_to_few(self, author: int, selected: set[int]) -> tuple[int, int]:
        names = [self.ids[each] for each in selected]
        return author, self.run(self.world.publish(self.ids[author], selected=names))

    @rule(target=posts, author=people)
    def publish_to_followers(self, author: int) -> tuple[int, int]:
        return author, self.run(self.world.publish(self.ids[author], followers_only=True))

    @rule(target=posts, author=people, post=posts)
    def repost(self, author: int, post: tuple[int, int]) -> Any:
        made = self._try(self.world.publish(self.ids[author], repost_of=post[1]))
        return multiple((author, made)) if made else multiple()

    @rule(post=posts, words=st.sampled_from(["new words", "other words", "#tag words"]))
    def edit(self, post: tuple[int, int], words: str) -> None:
        self._try(self.world.edit(self.ids[post[0]], post[1], words))

    @rule(post=posts)
    def withdraw(self, post: tuple[int, int]) -> None:
        self._try(self.world.withdraw(self.ids[post[0]], post[1]))

    @rule()
    def drain(self) -> None:
        self.run(self.world.drain())
        self.untold.clear()

    @rule(post=posts, followers=st.sets(people))
    def push_half(self, post: tuple[int, int], followers: set[int]) -> None:
        self.run(self.world.push_half(post[1], [self.ids[each] for each in followers]))

    @rule(me=people, part=st.integers(0, 2))
    def evict(self, me: int, part: int) -> None:
        self.run(self.world.evict(self.ids[me], part))

    @rule()
    @precondition(lambda self: self.turn % 3 == 0)
    def wipe(self) -> None:
        self.run(self.world.wipe())

    @rule(target=rebuilds, me=people)
    def begin_rebuild(self, me: int) -> Any:
        self.run(self.world.evict(self.ids[me], 0))
        token = self.turn.to_bytes(8)
        loaded = self.run(self.world.begin(self.ids[me], token))
        return multiple((me, token, loaded)) if loaded is not None else multiple()

    @rule(rebuild=rebuilds)
    def finish_rebuild(self, rebuild: tuple[int, bytes, Any]) -> None:
        me, token, loaded = rebuild
        self.run(self.world.finish(self.ids[me], token, loaded))

    @rule(me=people, process=st.integers(0, 1))
    def count_new(self, me: int, process: int) -> None:
        self.run(self._count_new(self.ids[me], process))

    @invariant()
    def feeds_are_right(self) -> None:
        self.turn += 1
        self.run(self._compare())

    def _try(self, doing: Coroutine[Any, Any, T]) -> T | None:
        """What may be refused: following oneself, editing what was withdrawn …"""
        try:
            return self.run(doing)
        except AppError as refusal:
            if refusal.status >= 500:
                raise
            return None

    async def _compare(self) -> None:
        unpushed = await self.world.unpushed()
        truths = await self.world.truths(self.ids)
        shown: dict[int, list[RawItem]] = {}
        for index, me in enumerate(self.ids):
            process = (self.turn + index) % 2
            items = await self.world.chain(process, me, 1 + (self.turn + index) % 5)
            if me in self.untold:
                continue  # the job that mends it is still waiting
            follows_somebody, naive = truths[me]
            found = [id_ for id_ in map(id_of, items) if id_ not in unpushed]
            if not follows_somebody:
                assert all(item.viewer["following"] is False for item in items)
                continue
            assert found == [id_ for id_ in naive if id_ not in unpushed], f"feed of {index}"
            shown[me] = items
        plain = await self.world.plain_bytes({id_of(i) for items in shown.values() for i in items})
        for items in shown.values():
            assert [bytes(item.post) for item in items] == [plain[id_of(item)] for item in items]

    async def _count_new(self, me: int, process: int) -> None:
        if (
            await self.world.unpushed()
            or me in self.untold
            or not await self.world.follows_somebody(me)
        ):
            return
        body = await self.world.page(process, me, None, 50)
        present: str = msgspec.json.decode(body)["head"]
        head = self.heads.get(me, present)
        answer = await self.world.new_since(process, me, head)
        assert answer["count"] == await self.world.newer_than(me, head)
        self.heads[me] = present


def test_feeds_equal_the_naive_merge(
    servers: Servers, settings: Settings, valkeys: Valkeys
) -> None:
    live(servers, settings, lives=18 if valkeys == servers.singles else 8)


@pytest.mark.faults
def test_feeds_equal_the_naive_merge_for_long(servers: Servers, settings: Settings) -> None:
    live(servers, settings, lives=150)


def live(servers: Servers, settings: Settings, *, lives: int) -> None:
    """So many lives of the machine, each of 25 steps."""

    class Machine(FeedMachine):
        pass

    Machine.servers, Machine.base = servers, settings
    run_state_machine_as_test(
        Machine,
        settings=hypothesis_settings(
            max_examples=lives,
            stateful_step_count=25,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            print_blob=True,
        ),
    )
