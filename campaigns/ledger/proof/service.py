"""Proof and audit: the ledger made again from its rows, and compared with the buckets."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import text

from app.identity.interfaces import Actor
from app.kernel.clock import Clock
from app.kernel.database import Database
from app.kernel.structs import Id, Page, Timestamp
from campaigns.ledger.days.service import DayService
from campaigns.ledger.interfaces import Cut
from campaigns.ledger.proof.registry import LedgerRegistry
from campaigns.ledger.proof.repository import ProofRepository
from campaigns.ledger.proof.rules import Evidence, differences
from campaigns.ledger.proof.schemas import BudgetProof, DropProof, ProofView
from campaigns.ledger.statements.schemas import DropView
from campaigns.ledger.statements.service import StatementService

_AT_ONCE = 500
_CUT_SECONDS = 2.0
"""How long a bucket may take to answer while the escrow is held; then the proof is a 503."""
_NOTHING = Cut(remaining_minor=0)


class ProofService:
    """Says whether the money adds up, and names what does not."""

    def __init__(
        self,
        database: Database,
        repository: ProofRepository,
        registry: LedgerRegistry,
        statements: StatementService,
        days: DayService,
        clock: Clock,
    ) -> None:
        self._database = database
        self._repository = repository
        self._registry = registry
        self._statements = statements
        self._days = days
        self._clock = clock
        # whoever cuts may need a connection of this process's pool, while we hold one
        self._turn = asyncio.Semaphore(1)

    async def of_brand(
        self, actor: Actor, brand_id: int, cursor: str | None, limit: int
    ) -> ProofView:
        """A brand's budgets, and a page of its drops, the newest first. No other connection is held
        while a drop is examined."""
        async with self._database.reading() as session:
            page: Page[DropView] = await self._statements.drops(
                session, actor, brand_id, cursor, limit
            )
            budgets = await self._repository.budgets(session, brand_id)
        problems: list[str] = []
        for each in budgets:
            if each.balance_minor != each.rows_minor:
                problems += await self._wrong(each.id)
        drops: list[DropProof] = []
        for each in page.items:
            evidence, wrong = await self._examine(int(each.id))
            problems += wrong
            if evidence is not None:
                drops.append(_view(evidence, holds=not wrong))
        return ProofView(
            holds=not problems,
            checked_at=Timestamp.of(self._clock.now()),
            budgets=[
                BudgetProof(
                    currency=each.currency,
                    balance_minor=each.balance_minor,
                    transfers_minor=each.rows_minor,
                )
                for each in budgets
            ],
            drops=drops,
            problems=problems,
            next_cursor=page.next_cursor,
            last_day=await self._days.last(),
        )

    async def audit_rows(self) -> Sequence[str]:
        """Every row and balance there is."""
        return await self._wrong(0)

    async def audit_drops(self) -> Sequence[str]:
        """Every drop against its bucket."""
        problems: list[str] = []
        after = 0
        while True:
            async with self._database.reading() as session:
                ids = await self._repository.drop_ids(session, after, _AT_ONCE)
            if not ids:
                return problems
            for id_ in ids:
                problems += (await self._examine(id_))[1]
            after = ids[-1]

    async def audit_rights(self) -> Sequence[str]:
        """That this role appends and no more."""
        async with self._database.reading() as session:
            return await self._repository.rights(session)

    async def _examine(self, drop_id: int) -> tuple[Evidence | None, list[str]]:
        evidence, account_id = await self._evidence(drop_id)
        wrong = differences(evidence) if evidence is not None else []
        if wrong and account_id:
            wrong += await self._wrong(account_id)
        return evidence, wrong

    async def _evidence(self, drop_id: int) -> tuple[Evidence | None, int]:
        """Rows, sums, escrow and bucket of one moment.

        Settling runs all the while, so ledger and bucket have to be read while neither tells the
        other anything: the escrow is held with a share lock, under which no transfer of the drop
        commits, and the bucket is asked meanwhile. What it decides before or after being asked
        moves money between its own figures only. Most rows are added up before the lock: along an
        account sequences only grow, so the few that are left under it are those above the last.
        """
        async with self._database.reading() as session:
            drop = await self._repository.drop(session, drop_id)
            if drop is None:
                return None, 0
            account_id = await self._repository.account(session, drop)
            rows, last = await self._repository.sums(session, account_id or 0, 0)
        async with self._turn, self._database.reading() as session:
            await session.execute(text("SET LOCAL lock_timeout = '5s'"))
            account_id, balance = await self._repository.hold(session, drop)
            more, _ = await self._repository.sums(session, account_id, last or 0)
            drop = await self._repository.drop(session, drop_id)
            async with asyncio.timeout(_CUT_SECONDS):
                cut = (await self._registry.cut([drop_id])).get(drop_id)
        if drop is None:
            return None, account_id
        return Evidence(drop, rows + more, balance, cut), account_id

    async def _wrong(self, account_id: int) -> list[str]:
        async with self._database.snapshot() as session:
            return await self._repository.wrong(session, account_id)


def _view(evidence: Evidence, *, holds: bool) -> DropProof:
    rows, cut = evidence.rows, evidence.cut or _NOTHING
    return DropProof(
        id=Id(evidence.drop.drop_id),
        currency=evidence.drop.currency,
        funded_minor=rows.funded_minor,
        settled_minor=rows.paid_minor - rows.corrected_minor,
        unsettled_minor=cut.unsettled_minor,
        in_transit_minor=cut.in_transit_minor,
        remaining_minor=cut.remaining_minor,
        returned_minor=rows.returned_minor,
        holds=holds,
    )
