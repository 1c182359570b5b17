"""HTTP of reports."""

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.http.paging import Cursor, Limit
from app.kernel.structs import Page
from feeds.reports.schemas import ReportCreate, ReportCreated, ReportView
from feeds.reports.service import ReportService


class ReportController(Controller):
    """Bad content: told by shoppers, read by operators."""

    path = "/v1/reports"
    tags = ("reports",)

    @post("/", operation_id="report", summary="Report a post, an account or a comment")
    async def report(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        reports: NamedDependency[ReportService],
        data: JSONBody[ReportCreate],
    ) -> ReportCreated:
        """One report for each thing; another one replaces it."""
        return await reports.report(tx, actor, data)

    @get("/", operation_id="listReports", summary="What was reported")
    async def page(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        reports: NamedDependency[ReportService],
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[ReportView]:
        """For operators, the newest first."""
        return await reports.page(tx.session, actor, cursor, limit)
