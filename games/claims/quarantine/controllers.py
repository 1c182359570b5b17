"""HTTP of the quarantine."""

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.kernel.actors import Actor
from app.kernel.database import Transaction
from app.kernel.http.paging import Cursor, Limit
from app.kernel.structs import Page, PathId
from games.claims.quarantine.schemas import ProposalCreate, QuarantinedView, Resolution
from games.claims.quarantine.service import QuarantineService


class QuarantineController(Controller):
    """For operators."""

    path = "/v1/quarantine"
    tags = ("packets",)

    @get("/", operation_id="listQuarantine", summary="Decisions that could not be settled")
    async def page(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        quarantine: NamedDependency[QuarantineService],
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[QuarantinedView]:
        """Of every kind, the newest first, decided about or not."""
        return await quarantine.page(tx.session, actor, cursor, limit)

    @post(
        "/{packet_id:int}/{order:int}/dismiss",
        operation_id="dismissQuarantined",
        summary="Propose that a decision does not count",
        status_code=200,
    )
    async def dismiss(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        quarantine: NamedDependency[QuarantineService],
        packet_id: PathId,
        order: PathId,
        data: JSONBody[ProposalCreate],
    ) -> QuarantinedView:
        """Once another operator approves, nobody is paid for it, and its packet's rest no longer
        waits for it."""
        what = Resolution.DISMISSED
        return await quarantine.propose(tx, actor, packet_id, order, what, data.note)

    @post(
        "/{packet_id:int}/{order:int}/pay",
        operation_id="payQuarantined",
        summary="Propose that the platform pays what a decision gave",
        status_code=200,
    )
    async def pay(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        quarantine: NamedDependency[QuarantineService],
        packet_id: PathId,
        order: PathId,
        data: JSONBody[ProposalCreate],
    ) -> QuarantinedView:
        """Once another operator approves, from its visible loss; the packet's rest no longer waits
        for it."""
        return await quarantine.propose(tx, actor, packet_id, order, Resolution.PAID, data.note)

    @post(
        "/{packet_id:int}/{order:int}/approve",
        operation_id="approveQuarantined",
        summary="Do what was proposed about a decision",
        status_code=200,
    )
    async def approve(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        quarantine: NamedDependency[QuarantineService],
        packet_id: PathId,
        order: PathId,
    ) -> QuarantinedView:
        """By another operator than the one who proposed it, once."""
        return await quarantine.approve(tx, actor, packet_id, order)

    @post(
        "/{packet_id:int}/{order:int}/refuse",
        operation_id="refuseQuarantined",
        summary="Leave a decision in quarantine",
        status_code=200,
    )
    async def refuse(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        quarantine: NamedDependency[QuarantineService],
        packet_id: PathId,
        order: PathId,
    ) -> QuarantinedView:
        """By another operator than the one who proposed something, who may propose again."""
        return await quarantine.refuse(tx, actor, packet_id, order)
