"""The use case of cards."""

import asyncio
from collections import OrderedDict
from urllib.parse import quote

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import BrandDirectory
from app.kernel.clock import Clock
from app.kernel.errors import Unavailable
from games.cards.drawing.poster import Language, Words, draw_card
from games.packets.errors import PacketNotFound
from games.packets.interfaces import Packets

_KEPT_MAX = 128
_WAITING_MAX = 32
"""Drawings that may wait; each takes a tenth of a second of a processor."""


class CardService:
    """Draws cards, a few at a time, and keeps the latest."""

    def __init__(
        self, packets: Packets, brands: BrandDirectory, clock: Clock, public_url: str
    ) -> None:
        self._packets = packets
        self._brands = brands
        self._clock = clock
        self._public_url = public_url
        self._kept: OrderedDict[tuple[Words, str], bytes] = OrderedDict()
        self._turn = asyncio.Semaphore(1)
        self._waiting = 0

    async def card(
        self, session: AsyncSession, packet_id: int, code: str | None, language: Language
    ) -> bytes:
        """A PNG for a packet, or with a code for a friend's link to it. What the code says is
        checked by the page that it leads to. Raises PacketNotFound before it is announced, and
        Unavailable when too many wait."""
        record = await self._packets.held(packet_id)
        if record is None or not record.live or record.announced_at is None:
            raise PacketNotFound
        if record.announced_at > self._clock.now():
            raise PacketNotFound
        names = await self._brands.names(session, [record.brand_id])
        words = Words(names.get(record.brand_id, ""), record.title, language)
        path = f"/packets/{packet_id}"
        if code is not None:
            path += f"/help?code={quote(code, safe='')}"
        return await self._drawn(words, self._public_url + path)

    async def _drawn(self, words: Words, url: str) -> bytes:
        key = words, url
        if (known := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return known
        if self._waiting >= _WAITING_MAX:
            raise Unavailable(retry_after_seconds=1)
        self._waiting += 1
        try:
            async with self._turn:
                made = self._kept.get(key) or await asyncio.to_thread(draw_card, words, url)
        finally:
            self._waiting -= 1
        self._kept[key] = made
        if len(self._kept) > _KEPT_MAX:
            self._kept.popitem(last=False)
        return made
