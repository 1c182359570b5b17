"""SQL of the proof: the same figures, made again from rows."""

from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from campaigns.ledger.interfaces import DropFigures
from campaigns.ledger.models import LedgerDrop
from campaigns.ledger.proof.rules import Sums
from campaigns.ledger.repository import DIGEST, figures_of

WRONG_MAX = 100
"""Wrong rows that are named; more are not."""

_HOLD = text(
    "SELECT id, balance_minor FROM ledger_accounts "
    "WHERE kind = 'escrow' AND owner_id = :drop_id AND currency = :currency FOR SHARE"
)
_ACCOUNT = text(
    "SELECT id FROM ledger_accounts "
    "WHERE kind = 'escrow' AND owner_id = :drop_id AND currency = :currency"
)
_SUMS = text(
    """
    SELECT coalesce(sum(amount) FILTER (WHERE comes AND kind = 'budget'), 0)::bigint,
        coalesce(sum(amount) FILTER (WHERE NOT comes AND kind <> 'budget'), 0)::bigint,
        coalesce(sum(amount) FILTER (WHERE comes AND kind <> 'budget'), 0)::bigint,
        coalesce(sum(amount) FILTER (WHERE NOT comes AND kind = 'budget'), 0)::bigint,
        max(last)
    FROM (
        SELECT true AS comes, source_id AS other, sum(amount_minor) AS amount, max(sequence) AS last
        FROM ledger_transfers WHERE target_id = :id AND sequence > :after GROUP BY source_id
        UNION ALL
        SELECT false, target_id, sum(amount_minor), max(sequence)
        FROM ledger_transfers WHERE source_id = :id AND sequence > :after GROUP BY target_id
    ) legs LEFT JOIN ledger_accounts o ON o.id = legs.other
    """
)
_BUDGETS = text(
    """
    SELECT a.id, a.currency, a.balance_minor, (
        (SELECT coalesce(sum(amount_minor), 0) FROM ledger_transfers WHERE target_id = a.id)
        - (SELECT coalesce(sum(amount_minor), 0) FROM ledger_transfers WHERE source_id = a.id)
    )::bigint
    FROM ledger_accounts a WHERE a.kind = 'budget' AND a.owner_id = :brand_id ORDER BY a.currency
    """
)
_LEGS = """
    SELECT source_id AS id, sequence, key, -amount_minor AS change, source_after_minor AS after
    FROM ledger_transfers WHERE :id IN (0, source_id)
    UNION ALL
    SELECT target_id, sequence, key, amount_minor, target_after_minor
    FROM ledger_transfers WHERE :id IN (0, target_id)
"""
_NAME = "concat_ws(':', a.kind, a.owner_id, a.currency)"
_CHANGED = text(
    f"""
    SELECT t.sequence, t.key FROM ledger_transfers t
    LEFT JOIN ledger_accounts s ON s.id = t.source_id
    LEFT JOIN ledger_accounts g ON g.id = t.target_id
    WHERE :id IN (0, t.source_id, t.target_id) AND (
        s.id IS NULL OR g.id IS NULL OR s.currency <> g.currency OR t.digest <> {DIGEST}
    )
    ORDER BY t.sequence LIMIT {WRONG_MAX}
    """  # noqa: S608
)
_BROKEN = text(
    f"""
    SELECT step.sequence, step.key, {_NAME}, step.gap FROM (
        SELECT id, sequence, key,
            after - change - lag(after, 1, 0::bigint) OVER by_account AS gap
        FROM ({_LEGS}) legs WINDOW by_account AS (PARTITION BY id ORDER BY sequence)
    ) step LEFT JOIN ledger_accounts a ON a.id = step.id
    WHERE step.gap <> 0 ORDER BY step.sequence LIMIT {WRONG_MAX}
    """  # noqa: S608
)
_UNBALANCED = text(
    f"""
    SELECT {_NAME}, a.balance_minor, coalesce(sums.change, 0)::bigint FROM ledger_accounts a
    LEFT JOIN (SELECT id, sum(change) AS change FROM ({_LEGS}) legs GROUP BY id) sums USING (id)
    WHERE :id IN (0, a.id) AND a.balance_minor <> coalesce(sums.change, 0)
    ORDER BY a.id LIMIT {WRONG_MAX}
    """  # noqa: S608
)
_RIGHTS = text(
    """
    SELECT name, verb FROM unnest(ARRAY[
        'ledger_transfers', 'ledger_days', 'ledger_top_ups', 'ledger_accounts'
    ]) name, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) verb
    WHERE has_table_privilege(name, verb) ORDER BY name, verb
    """
)


class Budget(NamedTuple):
    """A budget as it stands and as its rows say."""

    id: int
    currency: str
    balance_minor: int
    rows_minor: int


class ProofRepository:
    """Reads of proof and audit."""

    async def account(self, session: AsyncSession, drop: DropFigures) -> int | None:
        """The escrow's account."""
        where = {"drop_id": drop.drop_id, "currency": drop.currency}
        return await session.scalar(_ACCOUNT, where)

    async def hold(self, session: AsyncSession, drop: DropFigures) -> tuple[int, int]:
        """(account, balance) of the escrow, which nothing changes until the transaction ends; zeros
        when it is gone."""
        where = {"drop_id": drop.drop_id, "currency": drop.currency}
        row = (await session.execute(_HOLD, where)).one_or_none()
        return (0, 0) if row is None else (row[0], row[1])

    async def sums(
        self, session: AsyncSession, account_id: int, after: int
    ) -> tuple[Sums, int | None]:
        """What the rows of an escrow above a sequence add up to, and the last of them."""
        row = (await session.execute(_SUMS, {"id": account_id, "after": after})).one()
        return Sums(*row[:4]), row[4]

    async def drop(self, session: AsyncSession, drop_id: int) -> DropFigures | None:
        """Its sums as noted."""
        found = await session.get(LedgerDrop, drop_id, populate_existing=True)
        return None if found is None else figures_of(found)

    async def drop_ids(self, session: AsyncSession, after: int, limit: int) -> list[int]:
        """The next drops of all brands."""
        statement = (
            select(LedgerDrop.drop_id)
            .where(LedgerDrop.drop_id > after)
            .order_by(LedgerDrop.drop_id)
            .limit(limit)
        )
        return list(await session.scalars(statement))

    async def budgets(self, session: AsyncSession, brand_id: int) -> list[Budget]:
        """A brand's budgets; one statement, so balance and rows are of one moment."""
        found = await session.execute(_BUDGETS, {"brand_id": brand_id})
        return [Budget(*row) for row in found]

    async def wrong(self, session: AsyncSession, account_id: int = 0) -> list[str]:
        """A sentence for every row that was changed, is missing or does not add up: of one account,
        or of all. The session has to be a snapshot."""
        where = {"id": account_id}
        found: list[str] = []
        for sequence, key in await session.execute(_CHANGED, where):
            found.append(f"transfer {sequence} ({key}) is not what it was when it was written")
        for sequence, key, account, gap in await session.execute(_BROKEN, where):
            found.append(
                f"transfer {sequence} ({key}) does not follow from the one before it on "
                f"{account or 'an account that is gone'}: {gap:+d} is unaccounted for"
            )
        for account, balance, sum_ in await session.execute(_UNBALANCED, where):
            found.append(f"{account} holds {balance}, its transfers add up to {sum_}")
        return found

    async def rights(self, session: AsyncSession) -> list[str]:
        """What this very role may do and should not."""
        found = await session.execute(_RIGHTS)
        return [f"the application's role may {verb} {name}" for name, verb in found]
