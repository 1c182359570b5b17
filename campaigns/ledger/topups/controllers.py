"""HTTP of top-ups."""

from typing import Annotated

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.structs import PathId
from campaigns.ledger.topups.schemas import TopUpCreate, TopUpView
from campaigns.ledger.topups.service import TopUpService

DryRun = Annotated[
    bool, QueryParameter(name="dryRun", description="Check and estimate; change nothing")
]


class TopUpController(Controller):
    """For operators."""

    path = "/v1/brands/{brand_id:int}/ledger/top-ups"
    tags = ("ledger",)

    @post("/", operation_id="topUp", summary="Book what a brand paid", status_code=200)
    async def book(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        topups: NamedDependency[TopUpService],
        brand_id: PathId,
        data: JSONBody[TopUpCreate],
        dry_run: DryRun = False,
    ) -> TopUpView:
        """Booked once a reference: the same again is answered with what was booked, another amount
        is refused."""
        return await topups.book(tx, actor, brand_id, data, dry_run=dry_run)
