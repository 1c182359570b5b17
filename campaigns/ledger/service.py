"""The one place where money moves."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import Clock
from app.kernel.database import Transaction
from campaigns.ledger import rules
from campaigns.ledger.errors import KeyReused, TransferRefused
from campaigns.ledger.interfaces import (
    Account,
    AccountKind,
    DropFigures,
    Ledger,
    Line,
    Posted,
    Transfer,
)
from campaigns.ledger.repository import LedgerRepository


class LedgerService(Ledger):
    """Double entry: every transfer takes from one account what it gives to another."""

    def __init__(self, repository: LedgerRepository, clock: Clock) -> None:
        self._repository = repository
        self._clock = clock

    async def post(self, tx: Transaction, transfers: Sequence[Transfer]) -> Sequence[Posted]:
        rules.check(transfers)
        given = rules.distinct(transfers)
        if not given:
            return []
        session, repository = tx.session, self._repository
        ends = (end for each in given.values() for end in (each.source, each.target))
        accounts = await repository.lock(session, rules.in_order(ends))
        # after the locks: a twin of this call is over by now, and what it wrote can be seen
        known = await repository.known(session, given)
        for key, (_, there) in known.items():
            if there != given[key]:
                raise KeyReused(f"{key} exists with other contents")
        new = [each for key, each in given.items() if key not in known]
        sequences = {key: sequence for key, (sequence, _) in known.items()}
        if new:
            before = {account: locked.balance_minor for account, locked in accounts.items()}
            rows, after = rules.carry_out(new, before)
            written = await repository.append(session, rows, accounts, self._clock.now())
            if len(written) < len(new):
                # somebody else's transfer between other accounts took the key a moment ago
                raise KeyReused(f"{min(set(given) - set(known) - set(written))} exists already")
            changed = {accounts[a].id: sum_ for a, sum_ in after.items() if sum_ != before[a]}
            await repository.set_balances(session, changed)
            await self._add_flows(session, new)
            sequences |= written
        return [Posted(each.key, sequences[each.key], each.key not in known) for each in transfers]

    async def _add_flows(self, session: AsyncSession, transfers: Sequence[Transfer]) -> None:
        flows = rules.flows(transfers)
        if flows and await self._repository.add_flows(session, flows) != set(flows):
            raise TransferRefused("This drop was never funded, or by another brand or currency")

    async def balance(self, session: AsyncSession, account: Account) -> int:
        found = await self.balances(session, account.kind, account.owner_id)
        return found.get(account.currency, 0)

    async def balances(
        self, session: AsyncSession, kind: AccountKind, owner_id: int
    ) -> Mapping[str, int]:
        return await self._repository.balances(session, kind, owner_id)

    async def lines(
        self,
        session: AsyncSession,
        kind: AccountKind,
        owner_id: int,
        *,
        currency: str | None = None,
        before: int | None = None,
        limit: int,
    ) -> Sequence[Line]:
        return await self._repository.lines(session, kind, owner_id, currency, before, limit)

    async def drop(self, session: AsyncSession, drop_id: int) -> DropFigures | None:
        return await self._repository.drop(session, drop_id)
