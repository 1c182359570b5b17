"""Comments are exact and visible at once: under concurrency, replays, faults and moderation."""

import asyncio
import random
from collections.abc import Sequence

import pytest

from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import NotFound
from app.kernel.valkey.decisions import Decision, stream_key
from app.kernel.valkey.keys import bucket_of
from feeds.comments import store as store_module
from feeds.comments.errors import ParentGone, PostClosed
from feeds.comments.events import CommentWritten
from feeds.threads.schemas import CommentView
from tests.feeds.conftest import Ground

POST, OWNER = 6_000_001, 1


def actor(shopper_id: int) -> Actor:
    return Actor(kind=ActorKind.SHOPPER, id=shopper_id, session_id=1)


async def write(
    ground: Ground, author: int, text: str = "nice", parent: int = 0, client: str = ""
) -> int:
    return await ground.comments.write(POST, author, text, parent_id=parent, client_id=client)


async def read(ground: Ground, reader: int | None = 99, limit: int = 50) -> list[CommentView]:
    """All comments of the post, page by page."""
    items: list[CommentView] = []
    before: int | None = None
    while True:
        who = None if reader is None else actor(reader)
        page = await ground.reader.of_post(who, POST, before, limit)
        items += page.items
        before = page.next_order
        if before is None:
            return items


async def counted(ground: Ground) -> int:
    async with ground.database.reading() as session:
        return (await ground.tallies.comments_of(session, POST)).comments


async def unsettled(ground: Ground) -> list[Decision]:
    bucket = bucket_of(POST)
    entries = await ground.live.call("XRANGE", stream_key(bucket), "-", "+")
    return [Decision.read(bucket, entry_id, flat) for entry_id, flat in entries]


@pytest.fixture(autouse=True)
def post(ground: Ground) -> None:
    ground.posts.publish(POST, OWNER)


class TestWriting:
    async def test_a_comment_is_there_at_once_and_after_settling(self, ground: Ground):
        first = await write(ground, 7, "hello")
        second = await write(ground, 8, "狂欢")
        before = await read(ground)
        assert [(each.id, each.text) for each in before] == [(second, "狂欢"), (first, "hello")]
        await ground.settle()
        assert await read(ground) == before
        assert await counted(ground) == 2

    async def test_the_same_client_id_gives_the_same_comment(self, ground: Ground):
        ids = await asyncio.gather(*(write(ground, 7, client="a") for _ in range(50)))
        assert len(set(ids)) == 1
        assert await write(ground, 8, client="a") != ids[0]
        await ground.settle()
        assert await write(ground, 7, client="a") == ids[0]
        await ground.wipe_live()
        assert await write(ground, 7, client="a") == ids[0]
        assert len(await read(ground)) == 2

    async def test_replies_go_one_level_deep(self, ground: Ground):
        root = await write(ground, 7)
        reply = await write(ground, 8, parent=root)
        answer = await write(ground, 9, parent=reply)
        for _ in range(2):
            (thread,) = await read(ground)
            assert thread.reply_count == 2
            assert [each.id for each in thread.replies] == [reply, answer]
            assert [each.parent_id for each in thread.replies] == [root, root]
            assert thread.replies[0].reply_to is None
            assert thread.replies[1].reply_to is not None
            assert thread.replies[1].reply_to.id == 8
            await ground.settle()
        assert await counted(ground) == 3

    async def test_what_is_gone_cannot_be_answered(self, ground: Ground):
        root = await write(ground, 7)
        await ground.comments.delete(actor(7), root)
        with pytest.raises(ParentGone):
            await write(ground, 8, parent=root)
        with pytest.raises(ParentGone):
            await write(ground, 8, parent=12345)

    async def test_a_comment_of_another_post_cannot_be_answered_here(self, ground: Ground):
        other = ground.posts.publish(POST + 1)
        elsewhere = await ground.comments.write(other, 7, "there", parent_id=0, client_id="")
        await ground.settle()
        await ground.wipe_live()
        await write(ground, 7)
        with pytest.raises(ParentGone):
            await write(ground, 8, parent=elsewhere)

    async def test_a_withdrawn_post_takes_no_comment(self, ground: Ground):
        await write(ground, 7)
        ground.posts.withdraw(POST)
        await ground.comments.close(POST)
        with pytest.raises(PostClosed):
            await write(ground, 7)
        with pytest.raises(NotFound):
            await read(ground)

    async def test_the_author_of_the_post_is_marked(self, ground: Ground):
        await write(ground, OWNER)
        await write(ground, 7)
        assert [each.is_post_author for each in await read(ground)] == [False, True]

    async def test_blocked_people_do_not_see_each_other(self, ground: Ground):
        root = await write(ground, 7)
        await write(ground, 8, parent=root)
        ground.relations.blocks.add(frozenset((8, 9)))
        for _ in range(2):
            (thread,) = await read(ground, reader=9)
            assert thread.replies == []
            assert len((await read(ground, reader=10))[0].replies) == 1
            await ground.settle()


class TestModerating:
    async def test_only_the_author_and_the_account_may_delete(self, ground: Ground):
        mine, theirs = await write(ground, 7), await write(ground, 8)
        with pytest.raises(NotFound):
            await ground.comments.delete(actor(9), mine)
        await ground.comments.delete(actor(7), mine)
        await ground.comments.delete(actor(7), mine)
        await ground.comments.delete(actor(OWNER), theirs)
        assert await read(ground) == []
        await ground.settle()
        assert await read(ground) == []
        assert await counted(ground) == 0

    async def test_hidden_is_seen_by_its_author_and_the_account_only(self, ground: Ground):
        comment = await write(ground, 7)
        with pytest.raises(NotFound):
            await ground.comments.hide(actor(7), comment, hidden=True)
        for _ in range(2):
            await ground.comments.hide(actor(OWNER), comment, hidden=True)
            for _ in range(2):
                assert await read(ground, 9) == await read(ground, None) == []
                for reader in (7, OWNER):
                    assert [each.hidden for each in await read(ground, reader)] == [True]
                await ground.settle()
            assert await counted(ground) == 0
            await ground.comments.hide(actor(OWNER), comment, hidden=False)
            assert len(await read(ground, 9)) == 1
            await ground.settle()
            assert await counted(ground) == 1

    async def test_a_deleted_comment_takes_its_thread_along(self, ground: Ground):
        root = await write(ground, 7)
        reply = await write(ground, 8, parent=root)
        await write(ground, 9, parent=reply)
        await ground.settle()
        await ground.wipe_live()
        await ground.comments.delete(actor(8), reply)
        await ground.settle()
        assert await counted(ground) == 2
        await ground.comments.delete(actor(7), root)
        await ground.settle()
        assert await counted(ground) == 0
        assert await read(ground) == []
        with pytest.raises(NotFound):
            await ground.comments.hide(actor(OWNER), root, hidden=True)

    async def test_what_never_was_is_not_found(self, ground: Ground):
        with pytest.raises(NotFound):
            await ground.comments.delete(actor(7), 12345)


class TestPages:
    async def test_pages_meet_whatever_is_settled(self, ground: Ground):
        ids = [await write(ground, 7, str(n)) for n in range(5)]
        await ground.settle()
        ids += [await write(ground, 7, str(n)) for n in range(5, 12)]
        assert [each.id for each in await read(ground, limit=3)] == ids[::-1]

    async def test_replies_are_oldest_first(self, ground: Ground):
        root = await write(ground, 7)
        ids = [await write(ground, 8, parent=root) for _ in range(4)]
        await ground.settle()
        ids += [await write(ground, 9, parent=root) for _ in range(3)]
        line = await ground.comments.find(root)
        seen: list[int] = []
        after = 0
        while after is not None:
            page = await ground.reader.of_thread(actor(9), line, after, 3)
            seen += [each.id for each in page.items]
            after = page.next_order
        assert seen == ids

    async def test_a_post_takes_a_bounded_number_of_unsettled_comments(
        self, ground: Ground, monkeypatch: pytest.MonkeyPatch
    ):
        from app.kernel.valkey.errors import ValkeyUnavailable

        monkeypatch.setattr(store_module, "WAITING_MAX", 3)
        for _ in range(3):
            await write(ground, 7)
        with pytest.raises(ValkeyUnavailable):
            await write(ground, 7)
        await ground.settle()
        await write(ground, 7)


async def settle_mixed(ground: Ground, rng: random.Random, decisions: Sequence[Decision]) -> None:
    """Every decision three times, in any order, in batches of any size."""
    mixed = list(decisions) * 3
    rng.shuffle(mixed)
    while mixed:
        size = rng.randrange(1, 15)
        batch, mixed = mixed[:size], mixed[size:]
        async with ground.database.transaction() as tx:
            await ground.comments.settle(tx, batch)


class Model:
    """What a post's comments must be, kept the naive way."""

    def __init__(self) -> None:
        self.comments: dict[int, tuple[int, int]] = {}
        """(author, root)."""
        self.status: dict[int, int] = {}

    def visible(self) -> set[int]:
        return {
            id_
            for id_, (_, root) in self.comments.items()
            if not self.status[id_] and not (root and self.status[root])
        }

    def shown(self) -> dict[int, list[int]]:
        """Threads with their replies, as everybody sees them."""
        visible = self.visible()
        roots = [id_ for id_ in visible if not self.comments[id_][1]]
        return {
            root: [id_ for id_ in self.comments if self.comments[id_][1] == root and id_ in visible]
            for root in roots
        }


class TestModel:
    @pytest.mark.parametrize("seed", range(6))
    async def test_random_lives_end_as_the_model_says(self, ground: Ground, seed: int):
        rng = random.Random(seed)
        model = Model()
        for _ in range(60):
            await self._step(ground, rng, model)
            await self._compare(ground, model)
        await settle_mixed(ground, rng, await unsettled(ground))
        await ground.settle()
        await self._compare(ground, model)
        assert await counted(ground) == len(model.visible())
        assert await ground.comments.audit() == []
        await ground.wipe_live()
        await self._compare(ground, model)

    async def _step(self, ground: Ground, rng: random.Random, model: Model) -> None:
        known = list(model.comments)
        choice = rng.random()
        if choice < 0.5 or not known:
            parent = rng.choice(known) if known and rng.random() < 0.5 else 0
            root = (model.comments[parent][1] or parent) if parent else 0
            author = rng.randrange(7, 12)
            gone = parent and (model.status[parent] or model.status[root])
            try:
                id_ = await write(ground, author, parent=parent)
            except ParentGone:
                assert gone
                return
            assert not gone
            model.comments[id_], model.status[id_] = (author, root), 0
        elif choice < 0.65:
            id_ = rng.choice(known)
            await ground.comments.delete(actor(model.comments[id_][0]), id_)
            model.status[id_] |= 2
        elif choice < 0.85:
            id_, hidden = rng.choice(known), rng.random() < 0.6
            try:
                await ground.comments.hide(actor(OWNER), id_, hidden=hidden)
            except NotFound:
                assert model.status[id_] & 2
                return
            assert not model.status[id_] & 2
            model.status[id_] = int(hidden)
        elif choice < 0.9:
            await ground.settle()
        elif choice < 0.93:
            await ground.settle()
            await ground.wipe_live()
        else:
            await settle_mixed(ground, rng, await unsettled(ground))

    async def _compare(self, ground: Ground, model: Model) -> None:
        seen = await read(ground, limit=7)
        expected = model.shown()
        assert [each.id for each in seen] == sorted(expected, reverse=True)
        for each in seen:
            replies = expected[each.id]
            assert each.reply_count == len(replies)
            assert [reply.id for reply in each.replies] == replies[:2]


class TestSettling:
    async def test_each_new_comment_is_told_of_once(self, ground: Ground):
        told: list[CommentWritten] = []

        async def hear(_tx: object, event: CommentWritten) -> None:
            told.append(event)

        ground.events.subscribe(CommentWritten, hear)
        root = await write(ground, 7, "first")
        await write(ground, 8, "second", parent=root)
        await ground.comments.delete(actor(7), root)
        await settle_mixed(ground, random.Random(1), await unsettled(ground))
        assert sorted((each.author_id, each.answered_id, each.text) for each in told) == [
            (7, 0, "first"),
            (8, 7, "second"),
        ]
