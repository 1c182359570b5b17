"""Plugs reports into the house."""

from litestar.di import Provide
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor
from app.kernel.house import House, Slice, Wiring
from feeds.accounts.interfaces import Accounts
from feeds.reports.controllers import ReportController
from feeds.reports.interfaces import ReportTarget, ReportTargets
from feeds.reports.repository import ReportRepository
from feeds.reports.service import ReportService


def wire(house: House) -> Wiring:
    """The register of what can be reported, and its routes."""
    service = ReportService(ReportRepository(), house.ids, house.clock, house.cursors)
    accounts = house.doors.get(Accounts)

    async def exists(session: AsyncSession, actor: Actor, account_id: int) -> bool:
        record = (await accounts.records(session, [account_id])).get(account_id)
        return record is not None and record.live == actor.live

    service.add(ReportTarget.ACCOUNT, exists)
    house.doors.provide(ReportTargets, service)
    return Wiring(
        routes=[ReportController],
        dependencies={"reports": Provide(lambda: service, sync_to_thread=False)},
    )


slice_ = Slice("reports", wire)
