"""HTTP of the stream."""

from typing import Annotated

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.http.paging import Cursor
from app.kernel.structs import PathId
from media.watching.journal.schemas import WatchEventsView
from media.watching.journal.service import Journal

Stretch = Annotated[int, QueryParameter(name="limit", ge=1, le=500, description="Events a stretch")]


class JournalController(Controller):
    """What players told, event by event."""

    path = "/v1/brands/{brand_id:int}/watch-events"
    tags = ("videos",)

    @get("/", operation_id="listWatchEvents", summary="The stream of watch events")
    async def page(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        journal: NamedDependency[Journal],
        brand_id: PathId,
        cursor: Cursor = None,
        limit: Stretch = 200,
    ) -> WatchEventsView:
        """The oldest first, from the last thirty days. Follow it with `nextCursor`, which is always
        there: nothing is left out and nothing comes twice. They say which viewing they
        belong to, never whose it is. Test keys see test videos."""
        return await journal.page(tx.session, actor, brand_id, cursor, limit)
