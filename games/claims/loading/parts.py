"""What a packet's live state is made of, and how it gets there: a field a claim, 64 amounts a
field, sent in parts."""

import sys
from array import array
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from app.kernel.valkey.aggregates import IDLE_SECONDS
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.scripts import Script
from games.claims.interfaces import HELPERS
from games.claims.rules import cap_of
from games.packets.interfaces import Fission, PacketRecord

SHARES_A_FIELD = 64
_PAIRS_A_PART = 1_000
_TOKEN_SECONDS = 10

_LOAD = Script.load("games/claims/lua/load_packet.lua")


class Held(NamedTuple):
    """A claim that SQL holds, on its way into live state."""

    pool: int
    share: int
    shopper_id: int
    turn: int
    device: int | None
    amount_minor: int
    order: int
    lost: bool


class Loaded:
    """What the claims in SQL add up to while they are read."""

    def __init__(self, record: PacketRecord, sizes: Sequence[int]) -> None:
        self._rules, self._cap = record.rules, cap_of(record)
        self.taken = [bytearray(size) for size in sizes]
        self.counted = Counter[str]()
        self.claims = self.granted_minor = self.entries = 0

    def fields_of(self, claim: Held) -> list[tuple[str, str]]:
        """Count a claim. Returns the fields by which it is found again."""
        if not claim.lost:
            self.taken[claim.pool][claim.share] = 1
            self.claims += 1
            self.granted_minor += claim.amount_minor
        value = f"{claim.share}:{claim.amount_minor}:{entry_id(claim.order)}"
        if isinstance(self._rules, Fission) and claim.pool > 0:
            if claim.pool != HELPERS:
                return []
            self.counted[f"helps:{claim.shopper_id}"] += 1
            self.counted[f"device:{claim.device}"] += 1
            link, slot = claim.turn, claim.share % self._rules.helpers
            if not claim.lost:
                helped = f"helped:{link}"
                self.counted[helped] = max(self.counted[helped], slot + 1)
            return [(f"help:{link}:{claim.shopper_id}", value)]
        if self._cap:
            self.counted[f"count:{claim.shopper_id}"] += 1
        return [(f"{claim.shopper_id}:{claim.pool}", value)]


class Parts:
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


async def add_shares(parts: Parts, number: int, pool: Sequence[int], taken: bytearray) -> None:
    """A pool's amounts from the first on that is not taken; 0 for those that are."""
    following = taken.find(0)
    first = len(pool) if following < 0 else following
    await parts.add(f"next:{number}", first)
    begin = first // SHARES_A_FIELD * SHARES_A_FIELD
    for at in range(begin, len(pool), SHARES_A_FIELD):
        end = min(at + SHARES_A_FIELD, len(pool))
        left = (0 if taken[place] else pool[place] for place in range(at, end))
        amounts = array("I", left)
        if sys.byteorder == "little":
            amounts.byteswap()
        await parts.add(f"shares:{number}:{at // SHARES_A_FIELD}", amounts.tobytes())


def entry_id(order: int) -> str:
    """The id of the decision of this order in its bucket's stream."""
    return f"{order >> 32}-{order & 0xFFFF_FFFF}"


def window(opens_ms: int, closes_ms: int, shares: int) -> bytes:
    """A pool's window and size, as scripts read it."""
    return opens_ms.to_bytes(6, "big") + closes_ms.to_bytes(6, "big") + shares.to_bytes(4, "big")
