"""Likes and shares are exact: under concurrency, replays, faults and lost caches."""

import asyncio
import random

import pytest
from sqlalchemy import func, select

from app.kernel.errors import NotFound
from app.kernel.valkey.decisions import Decision, stream_key
from app.kernel.valkey.keys import bucket_of
from feeds.posts.interfaces import PostCounts
from feeds.reactions import service as service_module
from feeds.reactions.errors import PostClosed
from feeds.reactions.models import PostReaction
from feeds.reactions.rules import EVER_LIKED, ShareChannel, is_liked, shares_in
from tests.feeds.conftest import Ground

POST = 5_000_001


async def figures(ground: Ground, post_id: int = POST) -> tuple[int, int]:
    """Likes and shares as SQL holds them."""
    async with ground.database.reading() as session:
        tally = await ground.tallies.reactions_of(session, post_id)
    return tally.likes, tally.shares


class TestLiking:
    async def test_a_like_counts_once_and_asking_again_answers_the_same(self, ground: Ground):
        ground.posts.publish(POST)
        first = await ground.reactions.like(POST, 7)
        again = await ground.reactions.like(POST, 7)
        assert (first.likes, again.likes) == (1, 1)
        assert first.order is not None
        assert again.order is None
        assert (await ground.reactions.unlike(POST, 7)).likes == 0
        assert (await ground.reactions.unlike(POST, 7)).likes == 0

    async def test_a_thousand_simultaneous_likes_of_one_shopper_are_one(self, ground: Ground):
        ground.posts.publish(POST)
        answers = await asyncio.gather(*(ground.reactions.like(POST, 7) for _ in range(1000)))
        assert {answer.likes for answer in answers} == {1}
        assert await ground.settle() == 1
        assert await figures(ground) == (1, 0)

    async def test_many_shoppers_at_once_are_all_counted(self, ground: Ground):
        ground.posts.publish(POST)
        answers = await asyncio.gather(
            *(ground.reactions.like(POST, shopper) for shopper in range(1, 501))
        )
        assert sorted(answer.likes for answer in answers) == list(range(1, 501))
        await ground.settle()
        assert await figures(ground) == (500, 0)
        assert await ground.reactions.audit() == []

    async def test_a_withdrawn_post_takes_no_reaction(self, ground: Ground):
        ground.posts.publish(POST)
        await ground.reactions.like(POST, 7)
        ground.posts.withdraw(POST)
        await ground.reactions.close(POST)
        with pytest.raises(PostClosed):
            await ground.reactions.like(POST, 8)
        with pytest.raises(NotFound):
            await ground.reactions.like(404, 8)

    async def test_a_load_that_a_withdrawal_overtook_does_not_open_the_post(self, ground: Ground):
        ground.posts.publish(POST)
        store = ground.reaction_store
        real_load = store.load

        async def withdrawn_meanwhile(*args: object, **options: object) -> None:
            if not withdrawn:
                withdrawn.append(True)
                ground.posts.withdraw(POST)
                await ground.reactions.close(POST)
            await real_load(*args, **options)  # pyright: ignore[reportArgumentType]

        withdrawn: list[bool] = []
        store.load = withdrawn_meanwhile
        with pytest.raises(PostClosed):
            await ground.reactions.like(POST, 7)

    async def test_shares_count_once_a_channel(self, ground: Ground):
        ground.posts.publish(POST)
        for channel in (ShareChannel.LINK, ShareChannel.LINK, ShareChannel.QR):
            await ground.reactions.share(POST, 7, channel)
        shared = await ground.reactions.share(POST, 8, ShareChannel.LINK)
        assert shared.shares == 3
        liked = await ground.reactions.like(POST, 8)
        assert (liked.likes, liked.shares) == (1, 3)
        await ground.settle()
        assert await figures(ground) == (1, 3)


class TestComingAndGoing:
    async def test_what_left_memory_is_loaded_and_goes_on(self, ground: Ground):
        ground.posts.publish(POST)
        await ground.reactions.like(POST, 7)
        await ground.reactions.share(POST, 8, ShareChannel.WEIBO)
        await ground.settle()
        await ground.wipe_live()
        assert (await ground.reactions.like(POST, 7)).likes == 1
        assert (await ground.reactions.like(POST, 9)).likes == 2
        assert (await ground.reactions.unlike(POST, 7)).likes == 1
        await ground.settle()
        assert await figures(ground) == (1, 1)

    async def test_nothing_unsettled_ever_expires(self, ground: Ground):
        ground.posts.publish(POST)
        state = ground.reaction_store.posts.state_key(POST)
        await ground.reactions.like(POST, 7)
        assert await ground.live.call("TTL", state) == -1
        await ground.settle()
        assert await ground.live.call("TTL", state) > 0
        await ground.reactions.like(POST, 8)
        assert await ground.live.call("TTL", state) == -1

    async def test_settling_an_older_decision_lets_nothing_expire(self, ground: Ground):
        ground.posts.publish(POST)
        await ground.reactions.like(POST, 7)
        decisions = await unsettled(ground)
        await ground.reactions.like(POST, 8)
        async with ground.database.transaction() as tx:
            await ground.reactions.settle(tx, decisions)
        state = ground.reaction_store.posts.state_key(POST)
        assert await ground.live.call("TTL", state) == -1

    async def test_a_new_epoch_loads_again_only_what_sql_holds(self, ground: Ground):
        ground.posts.publish(POST)
        await ground.reactions.like(POST, 7)
        await ground.reactions.rebuild()
        asked = asyncio.create_task(ground.reactions.like(POST, 8))
        await asyncio.sleep(0.1)
        assert not asked.done(), "loaded although a decision was not settled"
        await ground.settle()
        assert (await asked).likes == 2

    async def test_posts_too_large_to_load_ask_for_one_shopper_at_a_time(
        self, ground: Ground, monkeypatch: pytest.MonkeyPatch
    ):
        ground.posts.publish(POST)
        monkeypatch.setattr(service_module, "ROWS_LOADED_MAX", 5)
        for shopper in range(1, 11):
            await ground.reactions.like(POST, shopper)
        await ground.settle()
        await ground.wipe_live()
        assert (await ground.reactions.like(POST, 3)).likes == 10
        assert (await ground.reactions.unlike(POST, 3)).likes == 9
        assert (await ground.reactions.unlike(POST, 3)).likes == 9
        assert (await ground.reactions.like(POST, 11)).likes == 10
        await ground.settle()
        assert await figures(ground) == (10, 0)


async def unsettled(ground: Ground, post_id: int = POST) -> list[Decision]:
    """The decisions in the post's bucket."""
    bucket = bucket_of(post_id)
    entries = await ground.live.call("XRANGE", stream_key(bucket), "-", "+")
    return [Decision.read(bucket, entry_id, flat) for entry_id, flat in entries]


class TestSettling:
    @pytest.mark.parametrize("seed", range(5))
    async def test_any_order_and_three_times_end_the_same(self, ground: Ground, seed: int):
        rng = random.Random(seed)
        ground.posts.publish(POST)
        model: dict[int, int] = {}
        shares: set[tuple[int, ShareChannel]] = set()
        for _ in range(80):
            shopper = rng.randrange(1, 8)
            match rng.randrange(3):
                case 0:
                    await ground.reactions.like(POST, shopper)
                    model[shopper] = 1
                case 1:
                    await ground.reactions.unlike(POST, shopper)
                    model[shopper] = 0
                case _:
                    channel = rng.choice(list(ShareChannel))
                    await ground.reactions.share(POST, shopper, channel)
                    shares.add((shopper, channel))
        decisions = await unsettled(ground) * 3
        rng.shuffle(decisions)
        while decisions:
            size = rng.randrange(1, 20)
            batch, decisions = decisions[:size], decisions[size:]
            async with ground.database.transaction() as tx:
                await ground.reactions.settle(tx, batch)
        assert await figures(ground) == (sum(model.values()), len(shares))
        async with ground.database.reading() as session:
            for shopper, liked in model.items():
                bits = await ground.reaction_rows.bits_of(session, POST, shopper)
                assert is_liked(bits) == bool(liked)
                assert shares_in(bits) == sum(who == shopper for who, _ in shares)

    async def test_a_liker_is_told_of_once(self, ground: Ground):
        from feeds.reactions.events import PostLiked

        told: list[PostLiked] = []

        async def hear(_tx: object, event: PostLiked) -> None:
            told.append(event)

        ground.events.subscribe(PostLiked, hear)
        ground.posts.publish(POST)
        for _ in range(3):
            await ground.reactions.like(POST, 7)
            await ground.settle()
            await ground.reactions.unlike(POST, 7)
            await ground.settle()
        assert [(each.shopper_ids, each.likes) for each in told] == [((7,), 1)]

    async def test_two_workers_at_once_lose_and_double_nothing(self, ground: Ground):
        posts = [ground.posts.publish(POST + n) for n in range(20)]
        workers = [asyncio.create_task(ground.worker(f"w{n}").run()) for n in range(1, 3)]
        try:
            await asyncio.gather(
                *(
                    ground.reactions.like(post, shopper)
                    for post in posts
                    for shopper in range(1, 51)
                )
            )
            assert await ground.reactions.audit() == []
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        await ground.settle()
        assert {await figures(ground, post) for post in posts} == {(50, 0)}
        rows = await ground.scalar(select(func.count()).select_from(PostReaction))
        assert rows == 1000


class TestFigures:
    async def test_readers_hear_of_new_figures(self, ground: Ground):
        ground.posts.publish(POST)
        assert await ground.likes.counts([POST]) == {POST: PostCounts()}
        await ground.reactions.like(POST, 7)
        await ground.settle()
        await ground.announcer.tell_now()
        other = Ground(ground.live, ground.cache, ground.database)
        assert (await other.likes.counts([POST]))[POST].likes == 1
        await ground.reactions.like(POST, 8)
        await ground.settle()
        await ground.announcer.tell_now()
        await other.changes.sync()
        assert (await other.likes.counts([POST]))[POST].likes == 2

    async def test_views_are_counted_at_least(self, ground: Ground):
        ground.posts.publish(POST)
        for _ in range(3):
            ground.views.note([POST, POST, 404])
        await ground.views.hand_over()
        assert await ground.views.flush() == 1
        assert await ground.views.flush() == 0
        assert (await ground.likes.counts([POST]))[POST].views == 3


class TestLikedBits:
    async def test_a_shopper_sees_the_like_before_sql_holds_it(self, ground: Ground):
        ground.posts.publish(POST)
        await ground.reactions.like(POST, 7)
        assert await ground.likes.liked(7, [POST, POST + 1]) == {POST}
        await ground.reactions.unlike(POST, 7)
        assert await ground.likes.liked(7, [POST]) == frozenset()
        await ground.settle()
        assert await ground.likes.liked(7, [POST]) == frozenset()

    async def test_a_wiped_cache_loses_nothing(self, ground: Ground):
        ground.posts.publish(POST)
        await ground.reactions.like(POST, 7)
        await ground.settle()
        await ground.cache.everywhere("FLUSHALL")
        assert await ground.likes.liked(7, [POST]) == {POST}

    async def test_a_late_settling_does_not_bring_a_like_back(self, ground: Ground):
        ground.posts.publish(POST)
        await ground.reactions.like(POST, 7)
        early = await unsettled(ground)
        await ground.reactions.unlike(POST, 7)
        async with ground.database.transaction() as tx:
            await ground.reactions.settle(tx, early)
        assert await ground.likes.liked(7, [POST]) == frozenset()

    async def test_older_likes_than_the_cache_holds_come_from_sql(
        self, ground: Ground, monkeypatch: pytest.MonkeyPatch
    ):
        from feeds.reactions import repository, store

        monkeypatch.setattr(repository, "LIKED_RECENT_MAX", 3)
        monkeypatch.setattr(store, "LIKED_RECENT_MAX", 3)
        posts = [ground.posts.publish(POST + n) for n in range(6)]
        for post in posts:
            await ground.reactions.like(post, 7)
        await ground.settle()
        await ground.cache.everywhere("FLUSHALL")
        assert await ground.likes.liked(7, [*posts, POST + 9]) == set(posts)

    def test_the_mark_of_a_first_like_is_no_share(self):
        assert shares_in(EVER_LIKED) == 0
