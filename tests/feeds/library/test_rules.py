"""Who may see a post: the rule, and the same said to SQL."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from app.kernel.house import House
from feeds.accounts.interfaces import Relations
from feeds.library.rules import Eyes, may_see
from feeds.posts.interfaces import (
    Audience,
    FanOut,
    Place,
    PostKind,
    PostRecord,
    Posts,
    PostStatus,
    Reader,
)
from feeds.posts.models import Post, PostAudience
from feeds.relations.models import AccountBlock, Follow, HiddenPost, Mute

small = st.integers(1, 4)
sets = st.frozensets(small)
posts = st.builds(
    PostRecord,
    id=small,
    account_id=small,
    kind=st.just(PostKind.NEWS),
    status=st.sampled_from(list(PostStatus)),
    audience=st.sampled_from(list(Audience)),
    live=st.booleans(),
    version=st.just(1),
    original_account_id=st.none() | small,
)
eyes = st.builds(
    Eyes,
    reader=st.builds(Reader, shopper_id=small, live=st.booleans()),
    followed=sets,
    blocked=sets,
    selected=sets,
    managed=sets,
)


class TestMaySee:
    @given(posts, eyes)
    def test_modes_never_mix(self, post: PostRecord, by: Eyes) -> None:
        assert not may_see(post, by) or post.live == by.reader.live

    @given(posts, eyes)
    def test_strangers_see_published_posts_meant_for_them(self, post: PostRecord, by: Eyes) -> None:
        if post.account_id in by.managed or not may_see(post, by):
            return
        assert post.status is PostStatus.PUBLISHED
        assert post.account_id not in by.blocked
        assert post.original_account_id not in by.blocked
        meant = {
            Audience.EVERYONE: True,
            Audience.FOLLOWERS: post.account_id in by.followed,
            Audience.SELECTED: post.id in by.selected,
        }
        assert meant[post.audience]

    @given(posts, eyes)
    def test_its_own_people_see_it_in_any_state(self, post: PostRecord, by: Eyes) -> None:
        if post.account_id in by.managed and post.live == by.reader.live:
            assert may_see(post, by)


class World:
    """Random posts and relations, written as rows."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.people = list(range(1, 13))
        begin = datetime(2026, 11, 1, tzinfo=UTC)
        self.posts = [self._post(1000 + n, begin) for n in range(400)]
        self.chosen = self._pairs([p.id for p in self.posts if p.audience is Audience.SELECTED], 4)
        self.follows = self._pairs(self.people, 6)
        self.mutes = self._pairs(self.people, 1)
        self.blocks = self._pairs(self.people, 1)
        self.hidden = self._pairs([p.id for p in self.posts], 1)

    def _pairs(self, things: list[int], each: int) -> set[tuple[int, int]]:
        """(thing, person) pairs."""
        return {
            (thing, person)
            for thing in things
            for person in self.dice.sample(self.people, each)
            if thing != person
        }

    def _post(self, id_: int, begin: datetime) -> PostRecord:
        dice = self.dice
        repost = dice.random() < 0.2
        # few moments, so that many posts share one
        moment = begin + timedelta(milliseconds=dice.randrange(60))
        return PostRecord(
            id=id_,
            account_id=dice.choice(self.people),
            kind=PostKind.REPOST if repost else PostKind.NEWS,
            status=dice.choices(list(PostStatus), [1, 1, 8, 1])[0],
            audience=dice.choice(list(Audience)),
            live=dice.random() < 0.9,
            version=1,
            published_at=moment,
            fan_out=FanOut.PUSH,
            repost_of_id=1 if repost else None,
            original_account_id=dice.choice(self.people) if repost else None,
        )

    async def write(self, house: House) -> None:
        """All of it as rows."""
        async with house.database.transaction() as tx:
            rows: list[dict[str, Any]] = [
                {
                    **{n: getattr(p, n) for n in PostRecord.__struct_fields__},
                    "text": "",
                    "hashtags": [],
                    "picture_ids": [],
                    "product_ids": [],
                    "created_at": p.published_at,
                }
                for p in self.posts
            ]
            await tx.session.execute(insert(Post), rows)
            pairs: list[tuple[Any, str, str, set[tuple[int, int]], dict[str, Any]]] = [
                (PostAudience, "post_id", "shopper_id", self.chosen, {}),
                (Follow, "account_id", "shopper_id", self.follows, {"at_ms": 1}),
                (Mute, "account_id", "shopper_id", self.mutes, {}),
                (AccountBlock, "blocked_id", "blocker_id", self.blocks, {"at": datetime.now(UTC)}),
                (HiddenPost, "post_id", "shopper_id", self.hidden, {}),
            ]
            for model, one, two, values, more in pairs:
                rows = [{one: a, two: b, **more} for a, b in values]
                await tx.session.execute(insert(model), rows)

    def eyes(self, shopper_id: int) -> Eyes:
        """What is known of a reader."""
        return Eyes(
            reader=Reader(shopper_id=shopper_id),
            followed={a for a, s in self.follows if s == shopper_id},
            blocked={a for a, s in self.blocks if s == shopper_id}
            | {s for a, s in self.blocks if a == shopper_id},
            selected={p for p, s in self.chosen if s == shopper_id},
        )

    def naive(
        self, shopper_id: int, authors: list[int], before: Place | None, limit: int
    ) -> list[int]:
        """The ids that `of_authors_before` should give."""
        eyes = self.eyes(shopper_id)
        hidden = {p for p, s in self.hidden if s == shopper_id}
        # the reader's own posts are seen whatever their audience, when published
        own = Eyes(reader=eyes.reader, blocked=eyes.blocked, managed={shopper_id})
        seen = [
            p
            for p in self.posts
            if p.account_id in authors
            and p.status is PostStatus.PUBLISHED
            and p.id not in hidden
            and (
                may_see(p, eyes)
                or (
                    p.account_id == shopper_id
                    and may_see(p, own)
                    and p.original_account_id not in eyes.blocked
                )
            )
        ]
        places = sorted(((p.published_at, p.id) for p in seen), reverse=True)  # type: ignore[type-var]
        if before is not None:
            places = [place for place in places if place < (before.published_at, before.id)]
        return [id_ for _, id_ in places[:limit]]


class TestSqlSaysTheSame:
    async def test_of_authors_before_equals_the_naive_merge(self, house: House) -> None:
        world = World(random.Random(7))
        await world.write(house)
        door = house.doors.get(Posts)
        records = {p.id: p for p in world.posts}
        async with house.database.reading() as session:
            for shopper_id in world.people:
                for limit in (1, 7, 500):
                    authors = world.dice.sample(world.people, world.dice.randint(0, 12))
                    reader, before = Reader(shopper_id=shopper_id), None
                    for _ in range(3):
                        found = await door.of_authors_before(
                            session, reader, authors, before, limit
                        )
                        ids = [record.id for record in found]
                        assert ids == world.naive(shopper_id, authors, before, limit)
                        assert [records[id_] for id_ in ids] == found
                        if not found:
                            break
                        assert found[-1].published_at is not None
                        before = Place(found[-1].published_at, found[-1].id)

    async def test_outboxes_hold_all_that_is_published(self, house: House) -> None:
        world = World(random.Random(8))
        await world.write(house)
        async with house.database.reading() as session:
            found = await house.doors.get(Posts).published_before(session, world.people, None, 1000)
        published = [p for p in world.posts if p.status is PostStatus.PUBLISHED]
        published.sort(key=lambda p: (p.published_at, p.id), reverse=True)
        assert found == published

    async def test_the_graph_says_who_is_allowed(self, house: House) -> None:
        world = World(random.Random(9))
        await world.write(house)
        relations = house.doors.get(Relations)
        async with house.database.reading() as session:
            for shopper_id in world.people:
                eyes = world.eyes(shopper_id)
                muted = {a for a, s in world.mutes if s == shopper_id}
                graph = await relations.graph(session, shopper_id)
                assert graph.blocked == eyes.blocked
                assert graph.allowed == eyes.followed - eyes.blocked - muted
                stances = await relations.stances(session, shopper_id, world.people)
                assert {a for a, s in stances.items() if s.following} == eyes.followed
                assert {a for a, s in stances.items() if s.muted} == muted
                assert {a for a, s in stances.items() if s.blocked or s.blocked_by} == eyes.blocked
