"""The use cases of statements. For the brand's owner, its operations people, and operators."""

from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, ActorKind
from app.kernel.database import Database
from app.kernel.errors import Forbidden
from app.kernel.http.cursors import Cursors
from app.kernel.http.exports import Cell
from app.kernel.money import Money
from app.kernel.structs import Page, Timestamp
from campaigns.brands.interfaces import Brands
from campaigns.ledger.errors import DropUnknown
from campaigns.ledger.interfaces import AccountKind, DropFigures, Ledger, Line
from campaigns.ledger.statements.repository import StatementRepository
from campaigns.ledger.statements.schemas import (
    BalancesView,
    BalanceView,
    DropView,
    HouseAccount,
    HouseBalancesView,
    HouseBalanceView,
    LineView,
)

EXPORT_HEADER = (
    *("sequence", "at", "kind", "changeMinor", "balanceMinor", "currency", "other", "dropId"),
    *("reference", "key"),
)
_EXPORT_PAGE = 1000


class StatementService:
    """Balances, lines and drops of a brand."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        repository: StatementRepository,
        brands: Brands,
        cursors: Cursors,
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._repository = repository
        self._brands = brands
        self._cursors = cursors

    async def balances(self, session: AsyncSession, actor: Actor, brand_id: int) -> BalancesView:
        """Available and reserved money by currency."""
        await self._brands.check_manager(session, actor, brand_id, None)
        available = await self._ledger.balances(session, AccountKind.BUDGET, brand_id)
        reserved = await self._repository.reserved(session, brand_id)
        return BalancesView(
            balances=[
                BalanceView(
                    available=Money(amount_minor=available.get(currency, 0), currency=currency),
                    reserved=Money(amount_minor=reserved.get(currency, 0), currency=currency),
                )
                for currency in sorted({*available, *reserved})
            ]
        )

    async def lines(
        self,
        session: AsyncSession,
        actor: Actor,
        brand_id: int,
        currency: str | None,
        cursor: str | None,
        limit: int,
    ) -> Page[LineView]:
        """The statement of the brand's budgets, the newest first."""
        await self._brands.check_manager(session, actor, brand_id, None)
        return await self._page(session, AccountKind.BUDGET, brand_id, currency, cursor, limit)

    async def drop_lines(
        self,
        session: AsyncSession,
        actor: Actor,
        brand_id: int,
        drop_id: int,
        cursor: str | None,
        limit: int,
    ) -> Page[LineView]:
        """The statement of a drop's escrow, the newest first."""
        await self._drop(session, actor, brand_id, drop_id)
        return await self._page(session, AccountKind.ESCROW, drop_id, None, cursor, limit)

    async def export(
        self, session: AsyncSession, actor: Actor, brand_id: int, currency: str | None
    ) -> AsyncIterator[list[list[Cell]]]:
        """Pages of the brand's statement as cells; rights are checked before the first."""
        await self._brands.check_manager(session, actor, brand_id, None)
        return self._pages(AccountKind.BUDGET, brand_id, currency)

    async def export_drop(
        self, session: AsyncSession, actor: Actor, brand_id: int, drop_id: int
    ) -> AsyncIterator[list[list[Cell]]]:
        """Pages of a drop's statement as cells."""
        await self._drop(session, actor, brand_id, drop_id)
        return self._pages(AccountKind.ESCROW, drop_id, None)

    async def drops(
        self,
        session: AsyncSession,
        actor: Actor,
        brand_id: int,
        cursor: str | None,
        limit: int,
    ) -> Page[DropView]:
        """Every drop the brand ever funded, the newest first."""
        await self._brands.check_manager(session, actor, brand_id, None)
        before = self._cursors.read("ledger-drops", cursor, 1)[0] if cursor else None
        found = await self._repository.drops(session, brand_id, before, limit + 1)
        last = found[limit - 1].drop_id if len(found) > limit else None
        return Page(
            items=[DropView.of(each) for each in found[:limit]],
            next_cursor=None if last is None else self._cursors.make("ledger-drops", last),
        )

    async def drop(
        self, session: AsyncSession, actor: Actor, brand_id: int, drop_id: int
    ) -> DropView:
        """One drop. Raises DropUnknown."""
        return DropView.of(await self._drop(session, actor, brand_id, drop_id))

    async def house_balances(self, session: AsyncSession, actor: Actor) -> HouseBalancesView:
        """Clearing, platform and loss. Operators only."""
        _requires_operator(actor)
        return HouseBalancesView(
            balances=[
                HouseBalanceView(account=account, currency=currency, balance_minor=balance)
                for account in HouseAccount
                for currency, balance in (
                    await self._ledger.balances(session, AccountKind(account), 0)
                ).items()
            ]
        )

    async def house_lines(
        self,
        session: AsyncSession,
        actor: Actor,
        account: HouseAccount,
        currency: str | None,
        cursor: str | None,
        limit: int,
    ) -> Page[LineView]:
        """The statement of one of the house's own accounts, the newest first. Operators only."""
        _requires_operator(actor)
        return await self._page(session, AccountKind(account), 0, currency, cursor, limit)

    async def _drop(
        self, session: AsyncSession, actor: Actor, brand_id: int, drop_id: int
    ) -> DropFigures:
        await self._brands.check_manager(session, actor, brand_id, None)
        drop = await self._ledger.drop(session, drop_id)
        if drop is None or drop.brand_id != brand_id:
            raise DropUnknown
        return drop

    async def _page(
        self,
        session: AsyncSession,
        kind: AccountKind,
        owner_id: int,
        currency: str | None,
        cursor: str | None,
        limit: int,
    ) -> Page[LineView]:
        name = f"ledger-{kind}-{owner_id}"
        before = self._cursors.read(name, cursor, 1)[0] if cursor else None
        found = await self._ledger.lines(
            session, kind, owner_id, currency=currency, before=before, limit=limit + 1
        )
        last = found[limit - 1].sequence if len(found) > limit else None
        return Page(
            items=[LineView.of(each) for each in found[:limit]],
            next_cursor=None if last is None else self._cursors.make(name, last),
        )

    async def _pages(
        self, kind: AccountKind, owner_id: int, currency: str | None
    ) -> AsyncIterator[list[list[Cell]]]:
        """A session a page: a reader who takes all day holds no connection. Rows never change, so
        the pages fit together."""
        before: int | None = None
        while True:
            async with self._database.reading() as session:
                found = await self._ledger.lines(
                    session, kind, owner_id, currency=currency, before=before, limit=_EXPORT_PAGE
                )
            if found:
                yield [_cells(each) for each in found]
            if len(found) < _EXPORT_PAGE:
                return
            before = found[-1].sequence


def _requires_operator(actor: Actor) -> None:
    if actor.kind is not ActorKind.OPERATOR:
        raise Forbidden("Only operators read the accounts of the house")


def _cells(line: Line) -> list[Cell]:
    return [
        line.sequence,
        str(Timestamp.of(line.at)),
        line.kind,
        line.change_minor,
        line.balance_minor,
        line.other.currency,
        line.other.kind,
        line.drop_id,
        line.reference,
        line.key,
    ]
