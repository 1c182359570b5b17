"""Timelines on real servers: order, bounds, rebuilds that accept pushes, missing is not empty."""

import secrets
from collections.abc import AsyncIterator

import pytest

from app.kernel.valkey.changes import Changes
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.seals import SEAL_SECONDS, Seals, seal_key
from feeds.reactions.store import LikedStore, Noted, marks_key, noted
from feeds.timelines.rules import END, TOP, Window, pack_id, position_of
from feeds.timelines.store import (
    Claim,
    Loaded,
    Reading,
    State,
    TimelineStore,
    ids_of,
    keys_of,
    reading_of,
)
from tests.servers import Valkeys

SHOPPER = 7_000_000_000_000_000_001
AUTHOR = 2**62 + 5
OTHER = 2**62 + 6
ITEMS_MAX = 50


def entry(ms: int, post_id: int | None = None, author: int = AUTHOR) -> bytes:
    """An entry; ids are large, as real ones are."""
    return (
        ms.to_bytes(5) + pack_id(post_id if post_id is not None else 2**60 + ms) + pack_id(author)
    )


@pytest.fixture
async def cache(valkeys: Valkeys) -> AsyncIterator[Valkey]:
    valkey = Valkey(valkeys.cache)
    yield valkey
    await valkey.close()


@pytest.fixture
def store(cache: Valkey) -> TimelineStore:
    return TimelineStore(cache, items_max=ITEMS_MAX, life_days=7)


async def build(
    store: TimelineStore,
    entries: list[bytes],
    *,
    shopper: int = SHOPPER,
    complete: bool = True,
    allowed: tuple[int, ...] = (AUTHOR,),
    hidden: tuple[int, ...] = (),
    blocked: tuple[int, ...] = (),
) -> None:
    token = secrets.token_bytes(8)
    assert await store.begin(shopper, token) is Claim.CLAIMED
    loaded = Loaded(entries, complete, allowed, hidden, blocked)
    assert await store.finish(shopper, token, 1, loaded)


async def read(
    store: TimelineStore,
    below: bytes = TOP,
    wanted: int = 20,
    shopper: int = SHOPPER,
    sealed: bool = False,
) -> Reading:
    return reading_of(await store.read(shopper, below, wanted, 1, b"g", sealed=sealed), below)


async def everything(store: TimelineStore, shopper: int = SHOPPER) -> Window:
    """All pages of seven, joined."""
    found: list[bytes] = []
    below = TOP
    while True:
        reading = await read(store, below, 7, shopper)
        assert reading.state is State.PAGE
        found += reading.window.entries
        if reading.window.reach in (None, below):
            return Window(found, reading.window.reach)
        below = reading.window.reach or b""


async def test_what_was_built_is_read_in_pages_down_to_the_end(store: TimelineStore) -> None:
    entries = [entry(ms) for ms in range(40, 0, -1)]
    await build(store, entries)
    assert await everything(store) == Window(entries, None)


async def test_a_missing_timeline_is_not_an_empty_one(store: TimelineStore) -> None:
    assert (await read(store)).state is State.MISSING
    await build(store, [], allowed=())
    reading = await read(store)
    assert (reading.state, reading.window, reading.flags) == (State.PAGE, Window([], None), b"a")


@pytest.mark.parametrize("part", ["tl", "tl-state", "tl-graph"])
async def test_any_evicted_part_makes_it_missing(
    store: TimelineStore, cache: Valkey, part: str
) -> None:
    await build(store, [entry(1)])
    assert await cache.call("DEL", keys_of(SHOPPER)[["tl", "tl-state", "tl-graph"].index(part)])
    assert (await read(store)).state is State.MISSING
    assert await store.begin(SHOPPER, b"again000") is Claim.CLAIMED


async def test_pushes_reach_existing_timelines_only(store: TimelineStore) -> None:
    shoppers = list(range(1, 200))
    for shopper in shoppers[:20]:
        await build(store, [], shopper=shopper)
    assert await store.push(entry(5), shoppers) == 20
    assert (await read(store, shopper=1)).window.entries == [entry(5)]
    assert (await read(store, shopper=100)).state is State.MISSING


async def test_pushing_twice_is_pushing_once(store: TimelineStore) -> None:
    await build(store, [entry(1)])
    for ms in (2, 3, 2, 3, 1):
        await store.push(entry(ms), [SHOPPER])
    assert (await everything(store)).entries == [entry(3), entry(2), entry(1)]


async def test_late_commits_find_their_place(store: TimelineStore) -> None:
    await build(store, [entry(ms) for ms in range(200, 100, -2)][:40])
    for late in (151, 199, 201, 124, 123, 50):
        await store.push(entry(late), [SHOPPER])
    found = (await everything(store)).entries
    assert list(found) == sorted(found, reverse=True)
    assert {151, 199, 201, 123, 50} <= {int.from_bytes(each[:5]) for each in found}


async def test_ids_beyond_53_bits_keep_their_order(store: TimelineStore) -> None:
    big = [entry(9, 2**62 + low) for low in (0, 1, 2, 3, 2**31, 2**32, 2**32 + 1)]
    await build(store, [])
    for each in (big[3], big[0], big[6], big[1], big[5], big[2], big[4]):
        await store.push(each, [SHOPPER])
    assert (await everything(store)).entries == big[::-1]
    below = await read(store, position_of(big[2]))
    assert below.window.entries == [big[1], big[0]]


async def test_bytes_above_127_compare_as_numbers(store: TimelineStore) -> None:
    entries = [entry(ms) for ms in (0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFFFF, 2**39)]
    await build(store, [])
    for each in (entries[4], entries[0], entries[7], entries[2], entries[1], entries[6]):
        await store.push(each, [SHOPPER])
    await store.push(entries[3], [SHOPPER])
    await store.push(entries[5], [SHOPPER])
    assert (await everything(store)).entries == entries[::-1]


async def test_growth_is_bounded_and_says_so(store: TimelineStore, cache: Valkey) -> None:
    await build(store, [entry(1)])
    for ms in range(2, 200):
        await store.push(entry(ms), [SHOPPER])
        assert await cache.call("LLEN", keys_of(SHOPPER)[0]) <= ITEMS_MAX + 33
    window = await everything(store)
    assert list(window.entries) == [entry(ms) for ms in range(199, 199 - len(window.entries), -1)]
    assert window.reach == position_of(window.entries[-1]), "what was cut off must be known"
    await store.push(entry(3), [SHOPPER])
    assert (await everything(store)).entries == window.entries


async def test_pushes_during_a_rebuild_are_kept(store: TimelineStore) -> None:
    token = b"12345678"
    await store.begin(SHOPPER, token)
    assert (await read(store)).state is State.BUILDING
    assert await store.begin(SHOPPER, b"87654321") is Claim.BUSY
    await store.push(entry(9), [SHOPPER])
    await store.push(entry(4), [SHOPPER])
    loaded = Loaded([entry(7), entry(4), entry(2)], True, [AUTHOR], [], [])
    assert await store.finish(SHOPPER, token, 1, loaded)
    expected = [entry(ms) for ms in (9, 7, 4, 2)]
    assert await everything(store) == Window(expected, None)
    assert await store.begin(SHOPPER, b"87654321") is Claim.READY


async def test_a_rebuild_whose_token_fell_changes_nothing(store: TimelineStore) -> None:
    await store.begin(SHOPPER, b"12345678")
    await store.drop([SHOPPER])
    loaded = Loaded([entry(7)], True, [AUTHOR], [], [])
    assert not await store.finish(SHOPPER, b"12345678", 1, loaded)
    await store.begin(SHOPPER, b"87654321")
    assert not await store.finish(SHOPPER, b"12345678", 1, loaded)
    assert (await read(store)).state is State.BUILDING


async def test_a_rebuild_that_lost_its_list_does_not_finish(
    store: TimelineStore, cache: Valkey
) -> None:
    await store.begin(SHOPPER, b"12345678")
    await cache.call("DEL", keys_of(SHOPPER)[0])
    assert not await store.finish(
        SHOPPER, b"12345678", 1, Loaded([entry(7)], True, [AUTHOR], [], [])
    )


async def test_a_rebuild_keeps_the_bound(store: TimelineStore, cache: Valkey) -> None:
    token = b"12345678"
    await store.begin(SHOPPER, token)
    await store.push(entry(1_000), [SHOPPER])
    entries = [entry(ms) for ms in range(500, 500 - ITEMS_MAX, -1)]
    assert await store.finish(SHOPPER, token, 1, Loaded(entries, True, [AUTHOR], [], []))
    held = await cache.call("LRANGE", keys_of(SHOPPER)[0], 0, -1)
    assert held == [entry(1_000), *entries[:-1]]
    assert END not in held


async def test_the_graph_says_which_entries_stand(store: TimelineStore, cache: Valkey) -> None:
    entries = [entry(ms, author=AUTHOR if ms % 3 else OTHER) for ms in range(40, 0, -1)]
    await build(store, entries, hidden=(2**60 + 40, 2**60 + 1), blocked=(2,))
    first = await read(store, wanted=5)
    assert first.flags == b"hb"
    assert first.window == Window(entries[:5], position_of(entries[4]))
    whole = await read(store, wanted=50)
    out = [40 - ms for ms in range(40, 0, -1) if ms % 3 == 0 or ms in (40, 1)]
    assert list(whole.out) == out
    assert await store.hidden(SHOPPER, [2**60 + 40, 2**60 + 39]) == {2**60 + 40}
    assert await store.blocked(SHOPPER, [1, 2, 4]) == {2}
    await cache.call("DEL", keys_of(SHOPPER)[2])
    assert (await read(store)).state is State.MISSING
    assert await store.hidden(SHOPPER, [2**60 + 40]) is None
    assert await store.blocked(SHOPPER, [2]) is None


async def test_what_the_shopper_likes_comes_with_the_page(
    store: TimelineStore, cache: Valkey
) -> None:
    entries = [entry(ms) for ms in range(9, 0, -1)]
    ids, likes, name = [2**60 + ms for ms in range(9, 0, -1)], LikedStore(cache), marks_key(SHOPPER)
    await build(store, entries)

    async def told(wanted: int) -> Noted:
        reply = await store.read(SHOPPER, TOP, wanted, 1, b"g", marks_key=name)
        return noted(ids[:wanted], reading_of(reply, TOP).marks)

    assert await told(9) == Noted(None, {}), "nobody has loaded them"
    await likes.load(SHOPPER, [])
    assert await told(9) == Noted(0, {})
    await likes.note(SHOPPER, ids[3], 7, liked=True)
    await likes.note(SHOPPER, ids[8], 8, liked=False)
    assert await told(9) == Noted(0, {ids[3]: True, ids[8]: False})
    assert await told(3) == Noted(0, {})
    assert await told(9) == await likes.read(SHOPPER, ids)
    assert (await read(store)).marks is None


async def test_a_seal_stands_until_something_changes(store: TimelineStore, cache: Valkey) -> None:
    seals = Seals(cache, Changes(cache))

    async def stands(seal: bytes | None) -> bool:
        return await seals.stands(SHOPPER, seal)

    async def seal() -> bytes | None:
        return (await read(store, sealed=True)).seal

    await build(store, [entry(5), entry(1)])
    first = await seal()
    assert await stands(first)
    assert await seal() == first, "all readers of one state share its seal"
    assert (await read(store)).seal is None
    await store.push(entry(3), [SHOPPER])
    assert not await stands(first), "a push below the head"
    second = await seal()
    assert second != first
    await store.push(entry(7), [SHOPPER])
    assert not await stands(second), "a push on top"
    third = await seal()
    await LikedStore(cache).note(SHOPPER, 2**60 + 5, 1, liked=True)
    assert not await stands(third), "a like"
    fourth = await seal()
    await LikedStore(cache).note(SHOPPER, 2**60 + 5, 1, liked=True)
    assert await stands(fourth), "the same like again"
    await store.drop([SHOPPER])
    assert not await stands(fourth)
    await build(store, [entry(7), entry(5), entry(3), entry(1)])
    fifth = await seal()
    await cache.call("UNLINK", *keys_of(SHOPPER))
    await store.push(entry(9), [SHOPPER])
    assert not await stands(fifth), "a push to who has no timeline any more"
    assert await cache.call("TTL", seal_key(SHOPPER)) == -2


async def test_a_seal_ends_before_a_timeline_is_forgotten(
    store: TimelineStore, cache: Valkey
) -> None:
    await build(store, [entry(1)])
    await read(store, sealed=True)
    assert 0 < await cache.call("TTL", seal_key(SHOPPER)) <= SEAL_SECONDS <= 3_600


async def test_pulled_authors_are_chosen_once_a_generation(store: TimelineStore) -> None:
    assert await store.choose(SHOPPER, b"g", [AUTHOR]) is None
    await build(store, [], allowed=(AUTHOR,))
    assert (await read(store)).pulled is None
    assert await store.choose(SHOPPER, b"g", [AUTHOR, OTHER]) == [AUTHOR]
    assert ids_of((await read(store)).pulled or b"") == [AUTHOR]
    other = reading_of(await store.read(SHOPPER, TOP, 5, 1, b"h"), TOP)
    assert other.pulled is None


async def test_reading_keeps_a_timeline_alive(store: TimelineStore, cache: Valkey) -> None:
    await build(store, [entry(1)])
    for each in keys_of(SHOPPER):
        await cache.call("EXPIRE", each, 100)
    await store.read(SHOPPER, TOP, 5, 2, b"g")
    for each in keys_of(SHOPPER):
        assert await cache.call("TTL", each) > 600_000


async def test_an_entry_costs_less_than_24_bytes(cache: Valkey) -> None:
    store = TimelineStore(cache, items_max=800, life_days=7)
    await build(store, [entry(ms) for ms in range(5_000, 4_200, -1)])
    for ms in range(5_001, 5_050):
        await store.push(entry(ms), [SHOPPER])
    timeline = keys_of(SHOPPER)[0]
    size = await cache.call("MEMORY", "USAGE", timeline, "SAMPLES", 0)
    assert size / await cache.call("LLEN", timeline) <= 24
