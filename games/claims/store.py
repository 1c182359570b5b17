"""Packets in the live Valkey: where shares are given, and where a packet ends."""

import sys
from array import array
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from app.kernel.valkey.aggregates import IDLE_SECONDS, Aggregates, order_of, wait_settled
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.decisions import decide
from app.kernel.valkey.keys import bucket_of, key
from app.kernel.valkey.scripts import Refusal, Script
from games.claims.errors import REFUSALS, Refused
from games.claims.interfaces import Grant
from games.packets.interfaces import PacketRecord

GUESS_REST_SECONDS = 600
_SHARES_A_FIELD = 64
_PAIRS_A_PART = 1_000
_TOKEN_SECONDS = 10

_GRAB = Script.load("games/claims/lua/grab_packet.lua", REFUSALS)
_RESTORE = Script.load("games/claims/lua/restore_claim.lua", REFUSALS)
_CLOSE = Script.load("games/claims/lua/close_packet.lua", REFUSALS)
_PAUSE = Script.load("games/claims/lua/pause_packet.lua")
_LOAD = Script.load("games/claims/lua/load_packet.lua")
_COUNT_GUESS = Script.load("games/claims/lua/count_guess.lua", REFUSALS)


class Held(NamedTuple):
    """A claim that SQL holds, on its way into live state."""

    pool: int
    share: int
    shopper_id: int
    amount_minor: int
    order: int
    lost: bool


class Standing(NamedTuple):
    """How a packet stands at one moment."""

    claims: int
    granted_minor: int
    closed: bool
    last_order: int | None
    """Of the last decision since it was loaded."""


class PacketStore:
    """Where packets are decided."""

    def __init__(self, live: Valkey) -> None:
        self._live = live
        self.packets = Aggregates(live, "packet")

    async def grab(
        self, packet_id: int, shopper_id: int, pool: int, *, later_ms: int, guesses_max: int
    ) -> Grant | Refused | Refusal:
        """Decide. Returns NOT_LOADED, OVER and SOLD_OUT; raises what else refuses, and
        `ValkeyUnavailable` when away or too much is unsettled."""
        keys = [self.packets.state_key(packet_id)]
        if guesses_max:
            keys.append(_guess_key(packet_id, shopper_id))
        args = (packet_id, shopper_id, pool, later_ms, guesses_max)
        return _answer(await decide(self._live, _GRAB, bucket_of(packet_id), keys, args))

    async def restore(
        self, packet_id: int, shopper_id: int, pool: int, share: int, amount: int, order: int
    ) -> Grant | Refused | Refusal:
        """Give back what a receipt says was given. Returns NOT_LOADED as well."""
        args = (packet_id, shopper_id, pool, share, amount, order)
        keys = (self.packets.state_key(packet_id),)
        return _answer(await decide(self._live, _RESTORE, bucket_of(packet_id), keys, args))

    async def close(self, packet_id: int, reason: int) -> bool:
        """End it; False when it is not loaded. Raises AlreadyOpen, NotDue."""
        keys = (self.packets.state_key(packet_id),)
        args = (packet_id, reason)
        reply = await decide(self._live, _CLOSE, bucket_of(packet_id), keys, args)
        return reply != Refusal.NOT_LOADED

    async def pause(self, packet_id: int, version: int, *, paused: bool) -> None:
        """SQL says that it is paused, or goes on."""
        state, token, _ = self.packets.loading_keys(packet_id)
        await self._live.run(_PAUSE, (state, token), (version, int(paused)))

    async def count_guess(self, packet_id: int, shopper_id: int, guesses_max: int) -> None:
        """A wrong phrase. Raises TooManyGuesses."""
        args = (guesses_max, GUESS_REST_SECONDS)
        await self._live.run(_COUNT_GUESS, (_guess_key(packet_id, shopper_id),), args)

    async def standing(self, packet_id: int) -> Standing | None:
        """How the packet stands in memory; None when it is not there. Of whatever epoch: until it
        is loaded again, it is what the stream says."""
        claims, granted, closed, last, loading = await self._live.call(
            "HMGET",
            self.packets.state_key(packet_id),
            *("claims", "granted", "closed", "last", "loading"),
        )
        if granted is None or loading is not None:
            return None
        return Standing(int(claims), int(granted), closed == b"1", order_of(last))

    async def wait_settled(self, packet_id: int) -> None:
        """Return when all that was decided about it before is in SQL. Raises
        `ValkeyUnavailable` when that takes too long."""
        await wait_settled(self._live, bucket_of(packet_id))

    async def claims_of(self, packet_id: int, shopper_id: int, pools: int) -> dict[int, Grant]:
        """What a shopper has of each pool, as far as it is in memory."""
        fields = [f"{shopper_id}:{pool}" for pool in range(pools)]
        found = await self._live.call("HMGET", self.packets.state_key(packet_id), *fields)
        return {pool: _grant(value) for pool, value in enumerate(found) if value is not None}

    async def load(
        self,
        token: str,
        record: PacketRecord,
        pools: Sequence[Sequence[int]],
        claims: AsyncIterator[Sequence[Held]],
    ) -> None:
        """Put a packet from SQL in place, part by part. Returns when the token was taken away as
        well: then somebody else knows better."""
        parts = _Parts(self._live, self.packets.loading_keys(record.id), token)
        taken = [bytearray(len(pool)) for pool in pools]
        counted = Counter[int]()
        count = granted = 0
        async for page in claims:
            for each in page:
                value = f"{each.share}:{each.amount_minor}:{_entry(each.order)}"
                await parts.add(f"{each.shopper_id}:{each.pool}", value)
                if record.cap > 1:
                    counted[each.shopper_id] += 1
                if not each.lost:
                    taken[each.pool][each.share] = 1
                    count, granted = count + 1, granted + each.amount_minor
        for shopper_id, number in counted.items():
            await parts.add(f"count:{shopper_id}", number)
        for number, pool in enumerate(pools):
            await _add_shares(parts, number, pool, taken[number])
            opens, closes, _ = record.windows[number]
            closes = min(closes, _closes_ms(record))
            await parts.add(f"window:{number}", _window(opens, closes, len(pool)))
        settled = record.returned_minor is not None
        facts = {
            "claims": count,
            "granted": granted,
            "funded": record.total_minor,
            "cap": record.cap if record.cap > 1 else 0,
            "version": record.version,
            "paused": int(record.paused),
            "opens": min(opens for opens, _, _ in record.windows),
            "closes": _closes_ms(record),
            "closed": int(settled),
            "closing": "",
        }
        for name, value in facts.items():
            await parts.add(name, value)
        await parts.finish()


class _Parts:
    """Sends fields in parts; after a part that was not taken, none is."""

    def __init__(self, live: Valkey, keys: Sequence[str], token: str) -> None:
        self._live, self._keys, self._token = live, keys, token
        self._pairs: list[str | int | bytes] = []
        self._part = 0
        self._wanted = True

    async def add(self, name: str, value: str | int | bytes) -> None:
        """One field."""
        self._pairs += (name, value)
        if len(self._pairs) >= 2 * _PAIRS_A_PART:
            await self._send(is_last=False)

    async def finish(self) -> None:
        """The rest: then the packet is ready."""
        await self._send(is_last=True)

    async def _send(self, *, is_last: bool) -> None:
        if self._wanted:
            facts = (self._token, self._part, int(is_last), _TOKEN_SECONDS, IDLE_SECONDS)
            taken = await self._live.run(_LOAD, self._keys, (*facts, *self._pairs))
            self._wanted = taken == 1
        self._part += 1
        self._pairs = []


async def _add_shares(parts: _Parts, number: int, pool: Sequence[int], taken: bytearray) -> None:
    following = taken.find(0)
    first = len(pool) if following < 0 else following
    await parts.add(f"next:{number}", first)
    begin = first // _SHARES_A_FIELD * _SHARES_A_FIELD
    for at in range(begin, len(pool), _SHARES_A_FIELD):
        end = min(at + _SHARES_A_FIELD, len(pool))
        left = (0 if taken[place] else pool[place] for place in range(at, end))
        amounts = array("I", left)
        if sys.byteorder == "little":
            amounts.byteswap()
        await parts.add(f"shares:{number}:{at // _SHARES_A_FIELD}", amounts.tobytes())


def _answer(reply: object) -> Grant | Refused | Refusal:
    if isinstance(reply, bytes):
        return _grant(reply)
    if reply == Refusal.NOT_LOADED:
        return Refusal.NOT_LOADED
    return Refused(reply)  # pyright: ignore[reportArgumentType]


def _grant(value: bytes) -> Grant:
    new = value.startswith(b"+")
    share, amount, entry = value.removeprefix(b"+").split(b":")
    order = order_of(entry)
    assert order is not None
    return Grant(int(share), int(amount), order, new)


def _entry(order: int) -> str:
    return f"{order >> 32}-{order & 0xFFFF_FFFF}"


def _window(opens_ms: int, closes_ms: int, shares: int) -> bytes:
    return opens_ms.to_bytes(6, "big") + closes_ms.to_bytes(6, "big") + shares.to_bytes(4, "big")


def _closes_ms(record: PacketRecord) -> int:
    """When it may be closed. A closing that SQL knows, while its books are open, is decided again
    from what SQL holds: the live state that decided it was lost."""
    assert record.closes_at is not None
    closes_at = min(record.closes_at, record.closed_at or record.closes_at)
    return round(closes_at.timestamp() * 1000)


def _guess_key(packet_id: int, shopper_id: int) -> str:
    return key(packet_id, "packet", packet_id, "guesses", shopper_id)
