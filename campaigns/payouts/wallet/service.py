"""The use cases of wallets."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, requires_shopper
from app.kernel.database import Database
from app.kernel.http.cursors import Cursors
from app.kernel.money import Money
from app.kernel.structs import Page
from campaigns.ledger.interfaces import AccountKind, Ledger, Registry
from campaigns.payouts.repository import WithdrawalRepository
from campaigns.payouts.schemas import WalletBalance, WalletLine, WalletView

_LIST = "wallet"
_TRIES = 3


class WalletService:
    """A shopper's balances and movements."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        registry: Registry,
        repository: WithdrawalRepository,
        cursors: Cursors,
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._registry = registry
        self._repository = repository
        self._cursors = cursors

    async def wallet(self, actor: Actor) -> WalletView:
        """Available, pending and withdrawing money by currency.

        A grant that settles while we look is first pending and then available: never both, which
        would show money twice, and hardly ever neither, since the balance is read again. No
        connection is held while others are asked for grants, who need one of their own.
        """
        shopper_id = requires_shopper(actor)
        available, withdrawing = await self._settled(shopper_id)
        pending: Mapping[str, int] = {}
        for _ in range(_TRIES):
            before = available
            pending = await self._registry.pending(shopper_id)
            available, withdrawing = await self._settled(shopper_id)
            if available == before:
                break
        return WalletView(
            balances=[
                WalletBalance(
                    available=Money(amount_minor=available.get(currency, 0), currency=currency),
                    pending=Money(amount_minor=pending.get(currency, 0), currency=currency),
                    withdrawing=Money(amount_minor=withdrawing.get(currency, 0), currency=currency),
                )
                for currency in sorted({*available, *pending, *withdrawing})
            ]
        )

    async def lines(
        self, session: AsyncSession, actor: Actor, cursor: str | None, limit: int
    ) -> Page[WalletLine]:
        """What came and went, the newest first."""
        shopper_id = requires_shopper(actor)
        before = self._cursors.read(_LIST, cursor, 1)[0] if cursor else None
        found = await self._ledger.lines(
            session, AccountKind.WALLET, shopper_id, before=before, limit=limit + 1
        )
        last = found[limit - 1].sequence if len(found) > limit else None
        return Page(
            items=[WalletLine.of(each) for each in found[:limit]],
            next_cursor=None if last is None else self._cursors.make(_LIST, last),
        )

    async def _settled(self, shopper_id: int) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """(available, withdrawing) of one moment."""
        async with self._database.snapshot() as session:
            available = await self._ledger.balances(session, AccountKind.WALLET, shopper_id)
            return available, await self._repository.withdrawing(session, shopper_id)
