"""HTTP of packets: the brand's side, and what is announced."""

from typing import Annotated

from litestar import Controller, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.http.paging import Cursor, Limit
from app.kernel.structs import Page, PathId
from games.packets.interfaces import AnnouncedPacket
from games.packets.schemas import (
    FundingView,
    ManagedPacket,
    PacketCreate,
    PacketSchedule,
    PacketUpdate,
)
from games.packets.service import PacketService

DryRun = Annotated[
    bool, QueryParameter(name="dryRun", description="Say what would happen, and do nothing")
]
BrandFilter = Annotated[
    int | None, QueryParameter(name="brandId", ge=1, le=2**63 - 1, description="Of this brand only")
]
FormFilter = Annotated[
    str | None, QueryParameter(name="form", max_length=16, description="Of this form only")
]


class BrandPacketController(Controller):
    """The packets of one brand."""

    path = "/v1/brands/{brand_id:int}/packets"
    tags = ("packets",)

    @post("/", operation_id="createPacket", summary="Draft a packet")
    async def create(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        packets: NamedDependency[PacketService],
        brand_id: PathId,
        data: JSONBody[PacketCreate],
    ) -> ManagedPacket:
        """For the brand's owner and operations people, and keys with `packets:write`."""
        return await packets.create(tx, actor, brand_id, data)

    @get("/", operation_id="listBrandPackets", summary="A brand's packets")
    async def page(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        packets: NamedDependency[PacketService],
        brand_id: PathId,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[ManagedPacket]:
        """The newest first."""
        return await packets.page(tx.session, actor, brand_id, cursor, limit)

    @get("/{packet_id:int}", operation_id="getBrandPacket", summary="One packet of a brand")
    async def one(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        packets: NamedDependency[PacketService],
        brand_id: PathId,
        packet_id: PathId,
    ) -> ManagedPacket:
        """With its rules, which shoppers do not see."""
        return await packets.get(tx.session, actor, brand_id, packet_id)

    @patch("/{packet_id:int}", operation_id="updatePacket", summary="Change a packet")
    async def update(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        packets: NamedDependency[PacketService],
        brand_id: PathId,
        packet_id: PathId,
        data: JSONBody[PacketUpdate],
    ) -> ManagedPacket:
        """What is left out stays. Rules and currency change only before it is funded."""
        return await packets.update(tx, actor, brand_id, packet_id, data)

    @post(
        "/{packet_id:int}/fund",
        operation_id="fundPacket",
        summary="Set a packet's money aside",
        status_code=200,
    )
    async def fund(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        packets: NamedDependency[PacketService],
        brand_id: PathId,
        packet_id: PathId,
        dry_run: DryRun = False,
    ) -> FundingView:
        """From the brand's budget into the packet's escrow, all of it or nothing."""
        return await packets.fund(tx, actor, brand_id, packet_id, dry_run=dry_run)

    @post(
        "/{packet_id:int}/schedule",
        operation_id="schedulePacket",
        summary="Say when a packet opens",
        status_code=200,
    )
    async def schedule(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        packets: NamedDependency[PacketService],
        brand_id: PathId,
        packet_id: PathId,
        data: JSONBody[PacketSchedule],
    ) -> ManagedPacket:
        """It opens and closes by the servers' clock, whatever else is going on."""
        return await packets.schedule(tx, actor, brand_id, packet_id, data)

    @post(
        "/{packet_id:int}/pause",
        operation_id="pausePacket",
        summary="Stop a packet for a while",
        status_code=200,
    )
    async def pause(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        packets: NamedDependency[PacketService],
        brand_id: PathId,
        packet_id: PathId,
    ) -> ManagedPacket:
        """Who has a share keeps it; the time to its closing goes on."""
        return await packets.pause(tx, actor, brand_id, packet_id, paused=True)

    @post(
        "/{packet_id:int}/resume",
        operation_id="resumePacket",
        summary="Let a paused packet go on",
        status_code=200,
    )
    async def resume(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        packets: NamedDependency[PacketService],
        brand_id: PathId,
        packet_id: PathId,
    ) -> ManagedPacket:
        """Within its window."""
        return await packets.pause(tx, actor, brand_id, packet_id, paused=False)

    @post(
        "/{packet_id:int}/cancel",
        operation_id="cancelPacket",
        summary="Call a packet off before it opens",
        status_code=200,
    )
    async def cancel(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        packets: NamedDependency[PacketService],
        brand_id: PathId,
        packet_id: PathId,
    ) -> ManagedPacket:
        """All its money goes back to the budget. What has opened can only be ended."""
        return await packets.cancel(tx, actor, brand_id, packet_id)

    @post(
        "/{packet_id:int}/end",
        operation_id="endPacket",
        summary="End a packet before its time",
        status_code=200,
    )
    async def end(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        packets: NamedDependency[PacketService],
        brand_id: PathId,
        packet_id: PathId,
    ) -> ManagedPacket:
        """No more shares are given; what is left goes back to the budget."""
        return await packets.end(tx, actor, brand_id, packet_id)


class AnnouncedController(Controller):
    """Packets that shoppers may know of."""

    path = "/v1/packets"
    tags = ("packets",)

    @get("/", operation_id="listPackets", summary="Packets that are announced")
    async def page(
        self,
        tx: NamedDependency[Transaction],
        packets: NamedDependency[PacketService],
        brand_id: BrandFilter = None,
        form: FormFilter = None,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[AnnouncedPacket]:
        """What is to come or open now, the newest first. `soldOut` is of this moment."""
        return await packets.announced(tx.session, brand_id, form, cursor, limit)
