"""The two thousand of the demo: who they are, whom they follow, what they like and say."""

import asyncio
import random
from collections.abc import Collection
from typing import Any, cast

from sqlalchemy import BigInteger, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from app.composition import Composed
from app.demo.script import COMMENTS, PLAYERS, REPLIES
from app.identity.interfaces import ShopperRegistry
from app.kernel.database import Database, Transaction

SHOPPERS = 2_000
PHONE_FIRST = 8613800000001
_BATCH = 250
_AT_ONCE = 64
_NAMES_A = ("小", "阿", "大", "老", "爱吃的", "早起的", "快乐的", "安静的", "远方的", "会飞的")
_NAMES_B = ("橘子", "月亮", "山竹", "豆包", "海盐", "青柠", "麦芽", "芒果", "云朵", "团子", "栗子")
_FOLLOWS = (
    text(
        "INSERT INTO follows (account_id, shopper_id, at_ms) SELECT a, s, t FROM "
        "unnest(:accounts, :shoppers, :times) AS f (a, s, t) ON CONFLICT DO NOTHING"
    ).bindparams(
        *(bindparam(name, type_=ARRAY(BigInteger)) for name in ("accounts", "shoppers", "times"))
    ),
    text(
        "INSERT INTO shopper_graphs (shopper_id, version, following) "
        "SELECT shopper_id, 1, count(*) FROM follows GROUP BY shopper_id "
        "ON CONFLICT (shopper_id) DO UPDATE SET version = shopper_graphs.version + 1, "
        "following = excluded.following"
    ),
    text("DELETE FROM follower_counts"),
    text(
        "INSERT INTO follower_counts (account_id, part, followers) "
        "SELECT account_id, 0, count(*) FROM follows GROUP BY account_id"
    ),
)


def phone_of(number: int) -> str:
    """The phone of the nth of the two thousand."""
    return f"+{PHONE_FIRST + number}"


async def people(database: Database, registry: ShopperRegistry, numbers: range) -> list[int]:
    """The ids of some of them; made where there are none. Phones count up from 138 0000 0001."""
    names, found = _names(), list[int]()
    for first in range(numbers.start, numbers.stop, _BATCH):
        async with database.transaction() as tx:
            for number in range(first, min(first + _BATCH, numbers.stop)):
                found.append(await registry.register(tx, phone_of(number), name=names[number]))
    return found


def _names() -> list[str]:
    chance = random.Random("people")
    names: list[str] = []
    for number in range(SHOPPERS):
        name = chance.choice(_NAMES_A) + chance.choice(_NAMES_B)
        names.append(name if number < len(_NAMES_A) else f"{name} {chance.randrange(1000):03d}")
    return names


async def follow(
    tx: Transaction,
    shoppers: list[int],
    accounts: dict[str, tuple[int, list[int], list[int]]],
    filmed: Collection[str],
) -> None:
    """A skewed graph: nearly everybody follows the weekly, few the museum, some each other; the
    newcomer, who is the first of them, all those with a film, so as to see each.

    Written at once, because nobody has a timeline yet that each follow would have to reach.
    """
    chance = random.Random("follows")
    now_ms = int(await _now(tx) * 1000)
    edges: list[tuple[int, int, int]] = []
    for shopper in shoppers:
        sure = filmed if shopper == shoppers[0] else ()
        chosen = [
            accounts[p.key][0] for p in PLAYERS if chance.random() < p.popularity or p.key in sure
        ]
        if chance.random() < 0.25:
            friends = chance.sample(shoppers[:200], chance.randint(1, 5))
            chosen += [friend for friend in friends if friend != shopper]
        age = chance.randrange(1, 60 * 86_400_000)
        edges += [(account, shopper, now_ms - age) for account in chosen]
    values: dict[str, Any] = dict(
        zip(("accounts", "shoppers", "times"), map(list, zip(*edges, strict=True)), strict=True)
    )
    await tx.session.execute(_FOLLOWS[0], values)
    for statement in _FOLLOWS[1:]:
        await tx.session.execute(statement)


async def _now(tx: Transaction) -> float:
    statement = text("SELECT extract(epoch FROM clock_timestamp())::float8")
    return float((await tx.session.execute(statement)).scalar_one())


async def react(
    composed: Composed,
    shoppers: list[int],
    accounts: dict[str, tuple[int, list[int], list[int]]],
) -> None:
    """Likes and comments, decided like anybody's; the same person's again changes nothing."""
    reactions, comments = composed.service("reactions"), composed.service("comments")
    posts = await _posts(composed)
    owners = {account_id: key for key, (account_id, _, _) in accounts.items()}
    fame = {player.key: player.popularity for player in PLAYERS}
    chance = random.Random("react")
    acts: list[Any] = []
    for post_id, account_id in posts:
        popularity = fame[owners[account_id]]
        for shopper in chance.sample(shoppers, int(popularity * chance.randint(4, 40))):
            acts.append(_like(reactions, post_id, shopper))
        talk = chance.sample(shoppers, int(popularity * chance.randint(0, 6)))
        for number, shopper in enumerate(talk):
            reply = chance.choice(REPLIES) if chance.random() < 0.4 else None
            words = chance.choice(COMMENTS)
            acts.append(_talk(comments, post_id, shopper, words, account_id, reply, number))
    hands = asyncio.Semaphore(_AT_ONCE)

    async def do(act: Any) -> None:
        async with hands:
            await act

    await asyncio.gather(*(do(act) for act in acts))


async def _like(reactions: Any, post_id: int, shopper: int) -> None:
    await reactions.like(post_id, shopper)


async def _talk(
    comments: Any,
    post_id: int,
    shopper: int,
    words: str,
    account_id: int,
    reply: str | None,
    number: int,
) -> None:
    comment_id = await comments.write(
        post_id, shopper, words, parent_id=0, client_id=f"demo-{number}"
    )
    if reply is not None:
        await comments.write(
            post_id, account_id, reply, parent_id=comment_id, client_id=f"demo-reply-{number}"
        )


async def _posts(composed: Composed) -> list[tuple[int, int]]:
    """The demo's posts with their accounts, in the script's order."""
    statement = text(
        "SELECT p.id, p.account_id FROM demo_steps s JOIN posts p ON p.id = s.made_id "
        "WHERE s.name LIKE 'post %' AND p.status = 'published' ORDER BY p.published_at, p.id"
    )
    async with composed.house.database.reading() as session:
        rows = (await session.execute(statement)).all()
    return [(cast("int", row[0]), cast("int", row[1])) for row in rows]
