"""HTTP of opening packets. The grab is on the hot lane: a peak is made of it."""

from collections.abc import Sequence
from typing import Annotated

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from app.identity.interfaces import requires_shopper
from app.kernel.actors import Actor
from app.kernel.database import Transaction
from app.kernel.http.hot import HotAnswer, HotEndpoint, HotRequest
from app.kernel.http.paging import Cursor, Limit
from app.kernel.structs import Page, PathId, decode_json, encode_json
from games.claims.reading.desk import PacketDesk
from games.claims.reading.links import LinkCodes, LinkDesk
from games.claims.schemas import (
    ClaimView,
    FiguresView,
    GrabCreate,
    GrabView,
    HelpCreate,
    LinkView,
    PacketView,
    PopUpView,
    ReservationView,
    RestoreCreate,
    ResultItem,
)
from games.claims.service import ClaimService
from games.packets.interfaces import Draw

Code = Annotated[
    str, QueryParameter(name="code", min_length=8, max_length=160, description="The link's code")
]

_SOLD_OUT_ANSWER = HotAnswer(encode_json(GrabView(outcome="sold_out", claim=None, entry=None)))
_KEEP_MS = 120_000
"""How long a helper's share is set aside."""


def grab_endpoint(desk: PacketDesk, claims: ClaimService) -> Sequence[HotEndpoint]:
    """POST of a grab."""
    sold_out_to = claims.sold_out_to

    def early(actor: Actor, ids: tuple[int, ...]) -> HotAnswer | None:
        shopper_id = actor.shopper_id
        sold_out = shopper_id is not None and sold_out_to(ids[0], shopper_id)
        return _SOLD_OUT_ANSWER if sold_out else None

    async def grab(request: HotRequest) -> HotAnswer:
        actor = request.signed_in()
        shopper_id = requires_shopper(actor)
        (packet_id,) = request.ids
        body = decode_json(request.body, GrabCreate)
        record = await desk.announced(actor, packet_id)
        desk.check_ticket(body.ticket, packet_id, shopper_id)
        if isinstance(record.rules, Draw):
            entry = await claims.enter(record, shopper_id)
            return HotAnswer(encode_json(desk.entry_view(record, shopper_id, entry)))
        pool, grant = await claims.grab(record, shopper_id, body.wave, body.phrase)
        if grant is None:
            return _SOLD_OUT_ANSWER
        claim = desk.claim_view(record, shopper_id, pool, grant)
        return HotAnswer(encode_json(GrabView(outcome="granted", claim=claim, entry=None)))

    return [
        HotEndpoint(
            "POST",
            "/v1/packets/{packet_id}/grab",
            "grabPacket",
            "Open a packet. Asking again answers the same, also after it is sold out or over.",
            grab,
            GrabView,
            tags=["packets"],
            accepts=GrabCreate,
            early=early,
        )
    ]


class PacketController(Controller):
    """Packets as shoppers see them."""

    path = "/v1/packets/{packet_id:int}"
    tags = ("packets",)

    @get("/", operation_id="getPacket", summary="A packet, with the ticket that opens it")
    async def one(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        packet_desk: NamedDependency[PacketDesk],
        packet_id: PathId,
    ) -> PacketView:
        """The servers' clock for the countdown, what the caller has of it, and while it can be
        opened a signed ticket, which the grab takes."""
        return await packet_desk.view(tx.session, viewer, packet_id)

    @get("/results", operation_id="listPacketResults", summary="Who got what")
    async def results(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        packet_desk: NamedDependency[PacketDesk],
        packet_id: PathId,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[ResultItem]:
        """The latest first; the largest share is marked as best luck."""
        return await packet_desk.results(tx.session, viewer, packet_id, cursor, limit)

    @post(
        "/restore",
        operation_id="restoreClaim",
        summary="Bring back a share that the servers forgot",
        status_code=200,
    )
    async def restore(
        self,
        actor: NamedDependency[Actor],
        packet_desk: NamedDependency[PacketDesk],
        packet_id: PathId,
        data: JSONBody[RestoreCreate],
    ) -> ClaimView:
        """By the receipt of the grab. Where nothing was forgotten it answers what there is."""
        shopper_id = requires_shopper(actor)
        record = await packet_desk.announced(actor, packet_id)
        return await packet_desk.restored(record, shopper_id, data.receipt)

    @post(
        "/entries/restore",
        operation_id="restoreEntry",
        summary="Bring back an entry in a draw that the servers forgot",
        status_code=200,
    )
    async def restore_entry(
        self,
        actor: NamedDependency[Actor],
        packet_desk: NamedDependency[PacketDesk],
        claims: NamedDependency[ClaimService],
        packet_id: PathId,
        data: JSONBody[RestoreCreate],
    ) -> GrabView:
        """By its receipt, until the draw. The number may be another: all have the same chance."""
        shopper_id = requires_shopper(actor)
        record = await packet_desk.announced(actor, packet_id)
        entry = await claims.restore_entry(record, shopper_id, data.receipt)
        return packet_desk.entry_view(record, shopper_id, entry)


class LinkController(Controller):
    """Helping friends: a fission's links."""

    path = "/v1/packets/{packet_id:int}"
    tags = ("packets",)

    @get("/link", operation_id="getPacketLink", summary="A friend's link")
    async def link(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        packet_desk: NamedDependency[PacketDesk],
        link_desk: NamedDependency[LinkDesk],
        packet_id: PathId,
        code: Code,
    ) -> LinkView:
        """Who asks for help, and how much is missing."""
        record = await packet_desk.announced(viewer, packet_id)
        shopper_id = viewer.shopper_id if viewer is not None else None
        return await link_desk.view(tx.session, record, code, shopper_id)

    @post(
        "/helps/reserve",
        operation_id="reserveHelp",
        summary="Set a share aside for a helper",
        status_code=200,
    )
    async def reserve(
        self,
        actor: NamedDependency[Actor],
        packet_desk: NamedDependency[PacketDesk],
        link_codes: NamedDependency[LinkCodes],
        claims: NamedDependency[ClaimService],
        packet_id: PathId,
        data: JSONBody[HelpCreate],
    ) -> ReservationView:
        """For two minutes. Nobody helps oneself; a helper and a device help so often only."""
        record = await packet_desk.announced(actor, packet_id)
        helping = link_codes.help(data, record, requires_shopper(actor))
        answer = await claims.reserve_help(record, *helping, _KEEP_MS)
        return packet_desk.reservation(record, helping.help, answer)

    @post(
        "/helps/release",
        operation_id="releaseHelp",
        summary="Give up a share that is set aside",
        status_code=200,
    )
    async def release(
        self,
        actor: NamedDependency[Actor],
        packet_desk: NamedDependency[PacketDesk],
        link_codes: NamedDependency[LinkCodes],
        claims: NamedDependency[ClaimService],
        packet_id: PathId,
        data: JSONBody[HelpCreate],
    ) -> ReservationView:
        """So that another helper need not wait until the time is over."""
        record = await packet_desk.announced(actor, packet_id)
        helping = link_codes.help(data, record, requires_shopper(actor))
        answer = await claims.reserve_help(record, *helping, 0)
        return packet_desk.reservation(record, helping.help, answer)

    @post(
        "/helps/confirm",
        operation_id="confirmHelp",
        summary="Open the share that is set aside",
        status_code=200,
    )
    async def confirm(
        self,
        actor: NamedDependency[Actor],
        packet_desk: NamedDependency[PacketDesk],
        link_codes: NamedDependency[LinkCodes],
        claims: NamedDependency[ClaimService],
        packet_id: PathId,
        data: JSONBody[HelpCreate],
    ) -> ClaimView:
        """The helper gets a share, and the sharer's grows. Asking again answers the same."""
        record = await packet_desk.announced(actor, packet_id)
        helping = link_codes.help(data, record, requires_shopper(actor))
        grant = await claims.confirm_help(record, *helping)
        return packet_desk.help_view(record, helping.help, grant)


class PopUpController(Controller):
    """What pops up on a brand's page."""

    path = "/v1/brands/{brand_id:int}/pop-up"
    tags = ("packets",)

    @get("/", operation_id="getPopUp", summary="The packet that pops up on a brand's page")
    async def pop_up(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        packet_desk: NamedDependency[PacketDesk],
        brand_id: PathId,
    ) -> PopUpView:
        """One that is open and that the caller has nothing of yet."""
        return PopUpView(packet=await packet_desk.pop_up(tx.session, viewer, brand_id))


class FiguresController(Controller):
    """What happens with a brand's packet."""

    path = "/v1/brands/{brand_id:int}/packets/{packet_id:int}/figures"
    tags = ("packets",)

    @get("/", operation_id="getPacketFigures", summary="A packet's figures, live")
    async def figures(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        packet_desk: NamedDependency[PacketDesk],
        brand_id: PathId,
        packet_id: PathId,
    ) -> FiguresView:
        """Funded, granted, opened, remaining and refunded, at this moment."""
        return await packet_desk.figures(tx.session, actor, brand_id, packet_id)
