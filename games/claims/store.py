"""Packets in the live Valkey: where shares are given, and where a packet ends."""

import asyncio
import sys
from array import array
from collections.abc import AsyncIterator, Sequence
from itertools import chain
from typing import NamedTuple

from app.kernel.valkey.aggregates import Aggregates, order_of, wait_settled
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.decisions import decide, epoch_key
from app.kernel.valkey.gathering import Gathering
from app.kernel.valkey.keys import bucket_of, key
from app.kernel.valkey.pipeline import Reply
from app.kernel.valkey.scripts import Refusal, Script
from games.claims.errors import REFUSALS, Refused
from games.claims.interfaces import Grant, Help
from games.claims.loading.parts import (
    SHARES_A_FIELD,
    Held,
    Loaded,
    Parts,
    add_shares,
    entry_id,
    window,
)
from games.claims.rules import cap_of
from games.packets.interfaces import Fission, PacketRecord

GUESS_REST_SECONDS = 600
GRABS_TOGETHER_MAX = 64
"""Shoppers whom one run of the script decides about: some 0.7 ms of the server."""
_SCAN_COUNT = 2_000
_STANDING = ("claims", "granted", "closed", "last", "loading")

_GRAB = Script.load("games/claims/lua/grab_packet.lua", REFUSALS)
_RESTORE = Script.load("games/claims/lua/restore_claim.lua", REFUSALS)
_RESTORE_ENTRY = Script.load("games/claims/lua/restore_entry.lua", REFUSALS)
_RESTORE_HELP = Script.load("games/claims/lua/restore_help.lua", REFUSALS)
_CLOSE = Script.load("games/claims/lua/close_packet.lua", REFUSALS)
_PAUSE = Script.load("games/claims/lua/pause_packet.lua")
_ENTER = Script.load("games/claims/lua/enter_packet.lua", REFUSALS)
_RESERVE_HELP = Script.load("games/claims/lua/reserve_help.lua", REFUSALS)
_CONFIRM_HELP = Script.load("games/claims/lua/confirm_help.lua", REFUSALS)
_COUNT_GUESS = Script.load("games/claims/lua/count_guess.lua", REFUSALS)
GRAB_SHA = _GRAB.sha
"""By which the server knows the grab's script: a benchmark's baseline runs the very same."""


class Standing(NamedTuple):
    """How a packet stands at one moment."""

    claims: int
    granted_minor: int
    closed: bool
    last_order: int | None
    """Of the last decision since it was loaded."""
    following: Sequence[int] = ()
    """The next share of each pool, as far as it was asked for."""


class PacketCut(NamedTuple):
    """A packet and the amounts of its pools at one moment."""

    standing: Standing
    following: Sequence[int]
    """The next share of each pool."""
    amounts: "Sequence[array[int]]"
    """By share; 0 for one that was given out of turn, and for one that is missing."""


class PacketStore:
    """Where packets are decided."""

    def __init__(self, live: Valkey) -> None:
        self._live = live
        self.packets = Aggregates(live, "packet")
        self._grabs = Gathering(self._grab_together, _GRAB.refused, GRABS_TOGETHER_MAX)

    async def grab(
        self, packet_id: int, shopper_id: int, pool: int, *, later_ms: int, guesses_max: int
    ) -> Grant | Refused | Refusal:
        """Decide. Returns NOT_LOADED, OVER and SOLD_OUT; raises what else refuses, and
        `ValkeyUnavailable` when away or too much is unsettled."""
        asked = packet_id, pool, guesses_max
        return _answer(await self._grabs.join(asked, (shopper_id, later_ms)))

    def _grab_together(
        self, asked: tuple[int, int, int], shoppers: Sequence[tuple[int, int]]
    ) -> asyncio.Future[Reply]:
        """One run for shoppers of one packet, pool and number of guesses."""
        packet_id, pool, guesses_max = asked
        keys = [self.packets.state_key(packet_id)]
        if guesses_max:
            keys += [_guess_key(packet_id, shopper_id) for shopper_id, _ in shoppers]
        args = (packet_id, pool, guesses_max, *chain.from_iterable(shoppers))
        return decide(self._live, _GRAB, bucket_of(packet_id), keys, args)

    async def restore(
        self, packet_id: int, shopper_id: int, pool: int, share: int, amount: int, order: int
    ) -> Grant | Refused | Refusal:
        """Give back what a receipt says was given. Returns NOT_LOADED as well."""
        args = (packet_id, shopper_id, pool, share, amount, order)
        keys = (self.packets.state_key(packet_id),)
        return _answer(await decide(self._live, _RESTORE, bucket_of(packet_id), keys, args))

    async def enter(self, packet_id: int, shopper_id: int) -> Grant | Refused | Refusal:
        """Take part in a draw; the share is the entry's number. Returns NOT_LOADED and OVER."""
        keys = (self.packets.state_key(packet_id),)
        args = (packet_id, shopper_id)
        return _answer(await decide(self._live, _ENTER, bucket_of(packet_id), keys, args))

    async def reserve_help(
        self, packet_id: int, help_: Help, rules: Fission, keep_ms: int
    ) -> int | Grant | Refused | Refusal:
        """Set a share of a link aside, or with 0 give it up. Returns until when, in ms, or the help
        that was given already; NOT_LOADED and OVER."""
        args = (*_help_args(help_, rules), keep_ms)
        keys = (self.packets.state_key(packet_id),)
        reply = await decide(self._live, _RESERVE_HELP, bucket_of(packet_id), keys, args)
        if isinstance(reply, bytes) and b":" not in reply:
            return int(reply)
        return 0 if reply == 0 else _answer(reply)

    async def confirm_help(
        self, packet_id: int, help_: Help, rules: Fission
    ) -> Grant | Refused | Refusal:
        """Give what was set aside. Returns NOT_LOADED and OVER."""
        args = (*_help_args(help_, rules), packet_id, rules.helper_minor, rules.bonus_minor)
        keys = (self.packets.state_key(packet_id),)
        return _answer(await decide(self._live, _CONFIRM_HELP, bucket_of(packet_id), keys, args))

    async def restore_entry(
        self, packet_id: int, shopper_id: int, order: int
    ) -> Grant | Refused | Refusal:
        """Let somebody take part again whose entry was forgotten. Returns NOT_LOADED and OVER."""
        keys = (self.packets.state_key(packet_id),)
        args = (packet_id, shopper_id, order)
        return _answer(await decide(self._live, _RESTORE_ENTRY, bucket_of(packet_id), keys, args))

    async def restore_help(
        self, packet_id: int, help_: Help, rules: Fission, share: int, order: int
    ) -> Grant | Refused | Refusal:
        """Give back the help that a receipt is about. Returns NOT_LOADED as well."""
        keys = (self.packets.state_key(packet_id),)
        who = (help_.link, help_.sharer_id, help_.helper_id, help_.device, rules.helpers)
        args = (*who, packet_id, share, rules.helper_minor, rules.bonus_minor, order)
        return _answer(await decide(self._live, _RESTORE_HELP, bucket_of(packet_id), keys, args))

    async def helped(self, packet_id: int, link: int) -> int | None:
        """How many have helped a link; None when the packet is not in memory."""
        granted, count = await self._live.call(
            "HMGET", self.packets.state_key(packet_id), "granted", f"helped:{link}"
        )
        return None if granted is None else int(count or 0)

    async def entries(self, packet_id: int, shopper_id: int) -> tuple[int, int | None] | None:
        """How many take part in a draw, and the shopper's number; None when not in memory."""
        count, mine = await self._live.call(
            "HMGET", self.packets.state_key(packet_id), "entries", f"entry:{shopper_id}"
        )
        if count is None:
            return None
        return int(count), None if mine is None else _grant(mine).share

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

    async def standing(self, packet_id: int, pools: int = 0) -> Standing | None:
        """How the packet stands in memory, and so many of its pools; None when it is not there. Of
        whatever epoch: until it is loaded again, it is what the stream says."""
        fields = (*_STANDING, *(f"next:{pool}" for pool in range(pools)))
        reply = await self._live.call("HMGET", self.packets.state_key(packet_id), *fields)
        standing = _standing(reply[: len(_STANDING)])
        if standing is None:
            return None
        return standing._replace(following=[int(each or 0) for each in reply[len(_STANDING) :]])

    async def cut(self, packet_id: int, sizes: Sequence[int]) -> PacketCut | None:
        """How it stands, with all amounts of its pools of these sizes; None when it is not there.
        Of whatever epoch, see `standing`. One command, so all of it is of one moment."""
        places = [
            (pool, field)
            for pool, size in enumerate(sizes)
            for field in range(-(-size // SHARES_A_FIELD))
        ]
        reply = await self._live.call(
            "HMGET",
            self.packets.state_key(packet_id),
            *_STANDING,
            *(f"next:{pool}" for pool in range(len(sizes))),
            *(f"shares:{pool}:{field}" for pool, field in places),
        )
        standing, reply = _standing(reply[: len(_STANDING)]), reply[len(_STANDING) :]
        if standing is None:
            return None
        following = [int(each or 0) for each in reply[: len(sizes)]]
        amounts = [array("I", bytes(4 * size)) for size in sizes]
        for (pool, field), found in zip(places, reply[len(sizes) :], strict=True):
            at = field * SHARES_A_FIELD
            lies = _amounts(found or b"")[: sizes[pool] - at]
            amounts[pool][at : at + len(lies)] = lies
        return PacketCut(standing, following, amounts)

    async def wait_settled(self, packet_id: int) -> None:
        """Return when all that was decided about it before is in SQL. Raises
        `ValkeyUnavailable` when that takes too long."""
        await wait_settled(self._live, bucket_of(packet_id))

    async def claims_of(
        self, packet_id: int, shopper_id: int, pools: int
    ) -> tuple[dict[int, Grant], bool]:
        """What a shopper has of each pool, as far as it is in memory; and whether that is all,
        as it is while the packet is loaded: it decides by it who may have a share."""
        fields = [f"{shopper_id}:{pool}" for pool in range(pools)]
        (epoch, *found), now_epoch = await asyncio.gather(
            self._live.call("HMGET", self.packets.state_key(packet_id), "epoch", *fields),
            self._live.call("GET", epoch_key(bucket_of(packet_id))),
        )
        known = {pool: _grant(value) for pool, value in enumerate(found) if value is not None}
        return known, epoch is not None and epoch == now_epoch

    async def stamp(
        self, packet_id: int, pool: int
    ) -> tuple[tuple[bytes | None, bytes | None], bool]:
        """What changes whenever somebody is given a share, and whether the pool is sold out."""
        fields = ("epoch", "last", f"next:{pool}", f"window:{pool}")
        (epoch, last, following, window), now_epoch = await asyncio.gather(
            self._live.call("HMGET", self.packets.state_key(packet_id), *fields),
            self._live.call("GET", epoch_key(bucket_of(packet_id))),
        )
        loaded = epoch is not None and epoch == now_epoch
        sold_out = loaded and None not in (following, window)
        return (epoch, last), sold_out and int(following) >= int.from_bytes(window[12:], "big")

    async def owners(self, packet_id: int, pool: int) -> list[int]:
        """Everybody who has a share of a pool that is sold out, in no order."""
        suffix = f":{pool}".encode()
        owners: list[int] = []
        cursor = b"0"
        while True:
            cursor, flat = await self._live.call(
                "HSCAN", self.packets.state_key(packet_id), cursor, "COUNT", _SCAN_COUNT
            )
            for field in flat[::2]:
                if field.endswith(suffix) and (owner := field[: -len(suffix)]).isdigit():
                    owners.append(int(owner))
            if cursor == b"0":
                return owners

    async def load(
        self,
        token: str,
        record: PacketRecord,
        pools: Sequence[Sequence[int]],
        claims: AsyncIterator[Sequence[Held]],
        entries: AsyncIterator[Sequence[Held]],
    ) -> None:
        """Put a packet from SQL in place, part by part. Returns when the token was taken away as
        well: then somebody else knows better."""
        parts = Parts(self._live, self.packets.loading_keys(record.id), token)
        loaded = Loaded(record, [len(pool) for pool in pools])
        async for page in claims:
            for each in page:
                for name, value in loaded.fields_of(each):
                    await parts.add(name, value)
        async for page in entries:
            for each in page:
                loaded.entries = max(loaded.entries, each.share + 1)
                await parts.add(
                    f"entry:{each.shopper_id}", f"{each.share}:0:{entry_id(each.order)}"
                )
        for name, number in loaded.counted.items():
            await parts.add(name, number)
        pools_live = 1 if isinstance(record.rules, Fission) else len(pools)
        for number, pool in enumerate(pools[:pools_live]):
            await add_shares(parts, number, pool, loaded.taken[number])
            opens, closes, _ = record.windows[number]
            closes = min(closes, _closes_ms(record))
            await parts.add(f"window:{number}", window(opens, closes, len(pool)))
        settled = record.returned_minor is not None
        facts = {
            "claims": loaded.claims,
            "granted": loaded.granted_minor,
            "entries": loaded.entries,
            "funded": record.total_minor,
            "cap": cap_of(record),
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


def _standing(fields: Sequence[bytes | None]) -> Standing | None:
    claims, granted, closed, last, loading = fields
    if claims is None or granted is None or loading is not None:
        return None
    return Standing(int(claims), int(granted), closed == b"1", order_of(last))


def _amounts(field: bytes) -> "array[int]":
    amounts = array("I", field[: len(field) // 4 * 4])
    if sys.byteorder == "little":
        amounts.byteswap()
    return amounts


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


def _help_args(help_: Help, rules: Fission) -> tuple[int, ...]:
    limits = (rules.helpers, rules.helps_max, rules.device_helps_max)
    return (help_.link, help_.sharer_id, help_.helper_id, help_.device, *limits)


def _closes_ms(record: PacketRecord) -> int:
    """When it may be closed. A closing that SQL knows, while its books are open, is decided again
    from what SQL holds: the live state that decided it was lost."""
    assert record.closes_at is not None
    closes_at = min(record.closes_at, record.closed_at or record.closes_at)
    return round(closes_at.timestamp() * 1000)


def _guess_key(packet_id: int, shopper_id: int) -> str:
    return key(packet_id, "packet", packet_id, "guesses", shopper_id)
