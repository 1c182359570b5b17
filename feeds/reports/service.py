"""The use cases of reports."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, ActorKind, requires_shopper
from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.errors import Forbidden
from app.kernel.http.cursors import Cursors
from app.kernel.ids import Ids
from app.kernel.structs import Id, Page, Timestamp
from app.kernel.text import tidy
from feeds.reports.errors import TargetNotFound
from feeds.reports.interfaces import ReportCheck, ReportTarget, ReportTargets
from feeds.reports.models import Report
from feeds.reports.repository import ReportRepository
from feeds.reports.schemas import Reason, ReportCreate, ReportCreated, ReportView

_LIST = "reports"


class ReportService(ReportTargets):
    """Notes reports and shows them to operators."""

    def __init__(
        self, repository: ReportRepository, ids: Ids, clock: Clock, cursors: Cursors
    ) -> None:
        self._repository = repository
        self._ids = ids
        self._clock = clock
        self._cursors = cursors
        self._checks: dict[ReportTarget, ReportCheck] = {}

    def add(self, kind: ReportTarget, check: ReportCheck) -> None:
        self._checks[kind] = check

    async def report(self, tx: Transaction, actor: Actor, body: ReportCreate) -> ReportCreated:
        """Note a report; another one on the same thing replaces it. Raises TargetNotFound."""
        shopper_id = requires_shopper(actor)
        check = self._checks.get(body.target_kind)
        if check is None or not await check(tx.session, actor, int(body.target_id)):
            raise TargetNotFound
        report_id = await self._repository.add(
            tx.session,
            {
                "id": self._ids.new(),
                "shopper_id": shopper_id,
                "target_kind": body.target_kind.value,
                "target_id": int(body.target_id),
                "reason": body.reason.value,
                "detail": tidy(body.detail),
                "created_at": self._clock.now(),
            },
        )
        return ReportCreated(id=Id(report_id))

    async def page(
        self, session: AsyncSession, actor: Actor, cursor: str | None, limit: int
    ) -> Page[ReportView]:
        """All reports, the newest first. Operators only."""
        if actor.kind is not ActorKind.OPERATOR:
            raise Forbidden("Only operators read reports")
        before = self._cursors.read(_LIST, cursor, 1)[0] if cursor else None
        found = await self._repository.page(session, before, limit + 1)
        more = self._cursors.make(_LIST, found[limit - 1].id) if len(found) > limit else None
        return Page(items=[_view(each) for each in found[:limit]], next_cursor=more)


def _view(report: Report) -> ReportView:
    return ReportView(
        id=Id(report.id),
        shopper_id=Id(report.shopper_id),
        target_kind=ReportTarget(report.target_kind),
        target_id=Id(report.target_id),
        reason=Reason(report.reason),
        detail=report.detail,
        created_at=Timestamp.of(report.created_at),
    )
