"""HTTP of closed days."""

from litestar import Controller, get
from litestar.di import NamedDependency

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.http.paging import Cursor, Limit
from app.kernel.structs import Page
from campaigns.ledger.days.schemas import DayView
from campaigns.ledger.days.service import DayService


class DayController(Controller):
    """For operators."""

    path = "/v1/ledger/days"
    tags = ("ledger",)

    @get("/", operation_id="listLedgerDays", summary="Closed days and their hashes")
    async def page(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        days: NamedDependency[DayService],
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[DayView]:
        """The newest first. Who keeps a hash elsewhere can tell when history was rewritten."""
        return await days.page(tx.session, actor, cursor, limit)
