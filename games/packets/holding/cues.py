"""Packets as cues of films point to them, and the moments at which cues open them."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Final

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.errors import Invalid
from app.kernel.structs import to_builtins
from games.packets.holding.book import PacketBook, record_of
from games.packets.interfaces import Packets, PacketStatus, WatchToOpen
from games.packets.models import Packet
from games.packets.repository import PacketRepository
from games.packets.rules import moment_after
from media.timelines.events import TimelinePublished
from media.timelines.interfaces import (
    CueKind,
    CueOwner,
    CueTarget,
    CueTargets,
    PacketTarget,
    Timelines,
    ref_id,
    ref_ids,
)

_OPENING: Final = timedelta(seconds=60)
"""A packet that opens so soon counts as open: tickets for it may be out already, and the clocks of
the bucket and of this process are not one."""


class PacketCues(CueTargets):
    """Packets as cues of films point to them."""

    def __init__(self, packets: Packets) -> None:
        self._packets = packets

    async def missing(
        self, session: AsyncSession, refs: Collection[str], owner: CueOwner
    ) -> Mapping[str, str]:
        """As with posts: the brand's own, and scheduled."""
        brand_id = None if owner.by_shopper else owner.id
        words: dict[str, str] = {}
        for ref in refs:
            try:
                await self._packets.check_carried(session, ref_id(ref), brand_id, owner.live)
            except Invalid as error:
                words[ref] = error.detail
        return words

    async def shown(self, session: AsyncSession, refs: Collection[str]) -> Mapping[str, CueTarget]:
        """As they were announced."""
        cards = await self._packets.cards(session, ref_ids(refs))
        return {
            str(card.id): PacketTarget(
                id=card.id,
                title=card.title,
                form=card.form,
                total=card.total,
                count=card.count,
                opens_at=card.opens_at,
                closes_at=card.closes_at,
            )
            for card in cards.values()
        }


class CueMoments:
    """Keeps what a packet of form `watch` asks for where its film's timeline has its cue. Listens
    to timelines: media knows nothing of packets."""

    def __init__(
        self, repository: PacketRepository, book: PacketBook, timelines: Timelines, clock: Clock
    ) -> None:
        self._repository = repository
        self._book = book
        self._timelines = timelines
        self._clock = clock

    async def published(self, tx: Transaction, event: TimelinePublished) -> None:
        """The first cue of each packet says its moment, in the publication's transaction."""
        timeline = await self._timelines.version(tx.session, event.video_id, event.version)
        moments: dict[int, int] = {}
        for cue in timeline.cues if timeline is not None else ():
            if cue.kind is CueKind.PACKET:
                moments.setdefault(ref_id(cue.ref), cue.at)
        # one order for everybody, so that nobody waits in a circle
        for packet_id, at_ms in sorted(moments.items()):
            packet = await self._repository.get(tx.session, packet_id, lock=True)
            if packet is not None and packet.status == PacketStatus.SCHEDULED:
                await self._move(tx, packet, event.video_id, at_ms)

    async def _move(self, tx: Transaction, packet: Packet, video_id: int, at_ms: int) -> None:
        rules = record_of(packet).rules
        if not isinstance(rules, WatchToOpen) or int(rules.video_id) != video_id:
            return
        assert packet.opens_at is not None
        is_open = packet.opens_at <= self._clock.now() + _OPENING
        moment = moment_after(rules.at_ms, at_ms, is_open=is_open)
        if moment == rules.at_ms:
            return
        packet.rules = to_builtins(msgspec.structs.replace(rules, at_ms=moment))
        packet.version += 1
        await tx.session.flush()
        packet_id = packet.id
        tx.after_commit(lambda: self._book.forget(packet_id))
