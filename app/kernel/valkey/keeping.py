"""Settled decisions, kept until a backup of SQL covers them.

From the first backup on (`begin_keeping`), what SQL acknowledged is moved to a second stream of its
bucket instead of being forgotten. A backup notes where these streams end, dumps SQL, and only once
the dump is verified forgets what came before: all of that is in it. An older PostgreSQL that is
put back catches up from what is kept, and from what was not settled yet.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from app.kernel.valkey.client import Valkey
from app.kernel.valkey.decisions import stream_key
from app.kernel.valkey.keys import BUCKETS, bucket_key

_PAGE = 1_000


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """A decision as it stood in its bucket's stream."""

    bucket: int
    entry_id: bytes
    flat: list[bytes]
    """Its fields, name after value."""


def kept_key(bucket: int) -> str:
    """The stream of settled decisions that no backup covers yet."""
    return bucket_key(bucket, "kept")


def mark_key(bucket: int) -> str:
    """Exists where there are backups."""
    return bucket_key(bucket, "keeping")


async def begin_keeping(live: Valkey) -> None:
    """From now on settled decisions are kept. Again changes nothing."""
    await asyncio.gather(*(live.call("SET", mark_key(bucket), 1) for bucket in range(BUCKETS)))


async def ends(live: Valkey) -> list[str]:
    """Where what is kept ends now, by bucket: SQL holds all up to there."""
    keys = [kept_key(bucket) for bucket in range(BUCKETS)]
    last = await asyncio.gather(*(live.call("XREVRANGE", k, "+", "-", "COUNT", 1) for k in keys))
    return [found[0][0].decode() if found else "0-0" for found in last]


async def forget_kept(live: Valkey, covered: list[str]) -> None:
    """A verified backup holds everything up to these ends."""
    for bucket, last in enumerate(covered):
        at, _, sequence = last.partition("-")
        following = f"{at}-{int(sequence) + 1}"
        await live.call("XTRIM", kept_key(bucket), "MINID", "=", following)


async def decisions(live: Valkey) -> AsyncIterator[list[Kept]]:
    """All that is kept and all that is not settled, a page at a time. First the unsettled: what is
    settled meanwhile is then seen twice instead of never."""
    for bucket in range(BUCKETS):
        async for page in _pages(live, stream_key(bucket)):
            yield [Kept(bucket, entry_id, flat) for entry_id, flat in page]
        async for page in _pages(live, kept_key(bucket)):
            yield [Kept(bucket, flat[1], flat[2:]) for _, flat in page]


async def _pages(live: Valkey, stream: str) -> AsyncIterator[list[Any]]:
    after = "-"
    while page := await live.call("XRANGE", stream, after, "+", "COUNT", _PAGE):
        yield page
        after = f"({page[-1][0].decode()}"
