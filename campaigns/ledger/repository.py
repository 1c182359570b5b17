"""SQL of accounts and transfers: a batch of any size is a handful of statements."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.columns import numbers, words
from campaigns.ledger.interfaces import Account, AccountKind, DropFigures, Line, Transfer
from campaigns.ledger.models import LedgerAccount, LedgerDrop
from campaigns.ledger.rules import Flows, Row, digest

DIGEST = """
    sha256(convert_to(concat_ws('|', t.key, t.kind,
        concat_ws(':', s.kind, s.owner_id, s.currency),
        concat_ws(':', g.kind, g.owner_id, g.currency),
        t.amount_minor, coalesce(t.drop_id, 0),
        (extract(epoch FROM t.made_at) * 1000000)::bigint,
        t.source_after_minor, t.target_after_minor), 'UTF8'))
"""
"""`rules.digest` of the row `t` with its accounts `s` and `g`."""

_ACCOUNTS = """
    unnest(CAST(:kinds AS text[]), CAST(:owners AS bigint[]), CAST(:currencies AS text[]))
        WITH ORDINALITY AS wanted (kind, owner_id, currency, place)
"""
_OPEN = text(
    f"""
    INSERT INTO ledger_accounts (kind, owner_id, currency)
    SELECT kind, owner_id, currency FROM {_ACCOUNTS}
    WHERE NOT EXISTS (
        SELECT FROM ledger_accounts a WHERE a.kind = wanted.kind
            AND a.owner_id = wanted.owner_id AND a.currency = wanted.currency
    )
    ORDER BY kind COLLATE "C", owner_id, currency COLLATE "C"
    ON CONFLICT DO NOTHING
    """  # noqa: S608
)
_LOCK = text(
    f"""
    SELECT wanted.place, a.id, a.balance_minor
    FROM ledger_accounts a JOIN {_ACCOUNTS} USING (kind, owner_id, currency)
    ORDER BY a.kind COLLATE "C", a.owner_id, a.currency COLLATE "C" FOR NO KEY UPDATE OF a
    """  # noqa: S608
)
_KNOWN = text(
    """
    SELECT t.sequence, t.key, t.kind, t.amount_minor, t.drop_id,
        s.kind, s.owner_id, s.currency, g.kind, g.owner_id, g.currency
    FROM ledger_transfers t
    LEFT JOIN ledger_accounts s ON s.id = t.source_id
    LEFT JOIN ledger_accounts g ON g.id = t.target_id
    WHERE t.key = ANY(CAST(:keys AS text[]))
    """
)
_APPEND = text(
    """
    WITH numbered AS MATERIALIZED (
        SELECT nextval('ledger_transfers_sequence_seq') AS sequence, given.*
        FROM unnest(
            CAST(:keys AS text[]), CAST(:kinds AS text[]), CAST(:sources AS bigint[]),
            CAST(:targets AS bigint[]), CAST(:amounts AS bigint[]), CAST(:drops AS bigint[]),
            CAST(:sources_after AS bigint[]), CAST(:targets_after AS bigint[]),
            CAST(:digests AS text[])
        ) AS given (key, kind, source_id, target_id, amount_minor, drop_id,
            source_after_minor, target_after_minor, digest)
    )
    INSERT INTO ledger_transfers (sequence, key, kind, source_id, target_id, amount_minor, drop_id,
        made_at, source_after_minor, target_after_minor, digest)
    SELECT sequence, key, kind, source_id, target_id, amount_minor, drop_id,
        :made_at, source_after_minor, target_after_minor, decode(digest, 'hex')
    FROM numbered ORDER BY key COLLATE "C"
    ON CONFLICT (key) DO NOTHING
    RETURNING key, sequence
    """
)
_BALANCES = text(
    """
    UPDATE ledger_accounts a SET balance_minor = given.balance_minor
    FROM unnest(CAST(:ids AS bigint[]), CAST(:balances AS bigint[])) AS given (id, balance_minor)
    WHERE a.id = given.id
    """
)
_FLOW_COLUMNS = """
    unnest(CAST(:drops AS bigint[]), CAST(:brands AS bigint[]), CAST(:currencies AS text[]),
        CAST(:kinds AS text[]), CAST(:funded AS bigint[]), CAST(:paid AS bigint[]),
        CAST(:corrected AS bigint[]), CAST(:returned AS bigint[]))
        AS flow (drop_id, brand_id, currency, kind, funded, paid, corrected, returned)
"""
_OPEN_DROPS = text(
    f"""
    INSERT INTO ledger_drops (drop_id, brand_id, currency, kind,
        funded_minor, paid_minor, corrected_minor, returned_minor)
    SELECT drop_id, brand_id, currency, kind, 0, 0, 0, 0 FROM {_FLOW_COLUMNS}
    WHERE funded > 0 ORDER BY drop_id
    ON CONFLICT DO NOTHING
    """  # noqa: S608
)
_DROPS = text(
    f"""
    UPDATE ledger_drops d SET funded_minor = d.funded_minor + flow.funded,
        paid_minor = d.paid_minor + flow.paid,
        corrected_minor = d.corrected_minor + flow.corrected,
        returned_minor = d.returned_minor + flow.returned
    FROM {_FLOW_COLUMNS}
    WHERE d.drop_id = flow.drop_id AND d.currency = flow.currency
        AND d.brand_id = coalesce(flow.brand_id, d.brand_id)
    RETURNING d.drop_id
    """  # noqa: S608
)
_LINES = text(
    """
    SELECT leg.sequence, leg.key, leg.kind, leg.made_at, leg.change, leg.after,
        o.kind, o.owner_id, o.currency, leg.drop_id, u.reference
    FROM ledger_accounts a
    CROSS JOIN LATERAL (
        (SELECT sequence, key, kind, made_at, drop_id, target_id AS other,
            -amount_minor AS change, source_after_minor AS after
        FROM ledger_transfers WHERE source_id = a.id AND sequence < :before
        ORDER BY sequence DESC LIMIT :limit)
        UNION ALL
        (SELECT sequence, key, kind, made_at, drop_id, source_id,
            amount_minor, target_after_minor
        FROM ledger_transfers WHERE target_id = a.id AND sequence < :before
        ORDER BY sequence DESC LIMIT :limit)
    ) leg
    JOIN ledger_accounts o ON o.id = leg.other
    LEFT JOIN ledger_top_ups u ON u.sequence = leg.sequence
    WHERE a.kind = :kind AND a.owner_id = :owner_id
        AND a.currency = coalesce(CAST(:currency AS text), a.currency)
    ORDER BY leg.sequence DESC LIMIT :limit
    """
)
_BEYOND = 2**63 - 1


class Locked(NamedTuple):
    """An account that nobody else changes until the transaction ends."""

    id: int
    balance_minor: int


class LedgerRepository:
    """Accounts and transfers in PostgreSQL."""

    async def lock(
        self, session: AsyncSession, accounts: Sequence[Account]
    ) -> dict[Account, Locked]:
        """The accounts, which come in the one order of locks; new ones are made first.

        Why nobody waits in a circle: who makes accounts waits only for makers of the same ones, in
        order; who locks waits only for holders of locks, in order, since an account that another
        transaction is making now did not exist when this one made its own.
        """
        columns = {
            "kinds": words(each.kind for each in accounts),
            "owners": numbers(each.owner_id for each in accounts),
            "currencies": words(each.currency for each in accounts),
        }
        await session.execute(_OPEN, columns)
        found = await session.execute(_LOCK, columns)
        return {accounts[place - 1]: Locked(id_, balance) for place, id_, balance in found}

    async def known(
        self, session: AsyncSession, keys: Collection[str]
    ) -> dict[str, tuple[int, Transfer]]:
        """(sequence, contents) of the transfers with these keys."""
        known: dict[str, tuple[int, Transfer]] = {}
        for row in await session.execute(_KNOWN, {"keys": words(keys)}):
            sequence, key, kind, amount, drop_id = row[:5]
            source, target = Account(*row[5:8]), Account(*row[8:11])
            known[key] = sequence, Transfer(key, kind, source, target, amount, drop_id)
        return known

    async def append(
        self,
        session: AsyncSession,
        rows: Sequence[Row],
        accounts: Mapping[Account, Locked],
        made_at: datetime,
    ) -> dict[str, int]:
        """Write rows in their order. The sequences by key; a key that another transaction took
        meanwhile is missing."""
        given = [row.transfer for row in rows]
        written = await session.execute(
            _APPEND,
            {
                "keys": words(each.key for each in given),
                "kinds": words(each.kind for each in given),
                "sources": numbers(accounts[each.source].id for each in given),
                "targets": numbers(accounts[each.target].id for each in given),
                "amounts": numbers(each.amount_minor for each in given),
                "drops": numbers(each.drop_id for each in given),
                "sources_after": numbers(row.source_after_minor for row in rows),
                "targets_after": numbers(row.target_after_minor for row in rows),
                "digests": words([digest(row, made_at).hex() for row in rows]),
                "made_at": made_at,
            },
        )
        return dict(written.all())

    async def set_balances(self, session: AsyncSession, balances: Mapping[int, int]) -> None:
        """The balances of locked accounts, by id."""
        columns = {"ids": numbers(balances), "balances": numbers(balances.values())}
        await session.execute(_BALANCES, columns)

    async def add_flows(self, session: AsyncSession, flows: Mapping[int, Flows]) -> set[int]:
        """Add to the sums of drops. Those that took it: not a drop that was never funded, nor one
        of another brand or currency."""
        columns = {
            "drops": numbers(flows),
            "brands": numbers(each.brand_id for each in flows.values()),
            "currencies": words(each.currency for each in flows.values()),
            "kinds": words(each.kind for each in flows.values()),
            "funded": numbers(each.funded_minor for each in flows.values()),
            "paid": numbers(each.paid_minor for each in flows.values()),
            "corrected": numbers(each.corrected_minor for each in flows.values()),
            "returned": numbers(each.returned_minor for each in flows.values()),
        }
        if any(each.funded_minor for each in flows.values()):
            await session.execute(_OPEN_DROPS, columns)
        return set((await session.execute(_DROPS, columns)).scalars())

    async def balances(
        self, session: AsyncSession, kind: AccountKind, owner_id: int
    ) -> dict[str, int]:
        """By currency."""
        found = await session.execute(
            select(LedgerAccount.currency, LedgerAccount.balance_minor)
            .where(LedgerAccount.kind == str(kind), LedgerAccount.owner_id == owner_id)
            .order_by(LedgerAccount.currency)
        )
        return dict(found.all())

    async def lines(
        self,
        session: AsyncSession,
        kind: AccountKind,
        owner_id: int,
        currency: str | None,
        before: int | None,
        limit: int,
    ) -> list[Line]:
        """A statement from the newest on."""
        found = await session.execute(
            _LINES,
            {
                "kind": str(kind),
                "owner_id": owner_id,
                "currency": currency,
                "before": before if before is not None else _BEYOND,
                "limit": limit,
            },
        )
        return [
            Line(
                sequence=row[0],
                key=row[1],
                kind=row[2],
                at=row[3],
                change_minor=row[4],
                balance_minor=row[5],
                other=Account(AccountKind(row[6]), row[7], row[8]),
                drop_id=row[9],
                reference=row[10],
            )
            for row in found
        ]

    async def drop(self, session: AsyncSession, drop_id: int) -> DropFigures | None:
        """One that was funded."""
        found = await session.get(LedgerDrop, drop_id, populate_existing=True)
        return None if found is None else figures_of(found)


def figures_of(drop: LedgerDrop) -> DropFigures:
    """A row as others see it."""
    balance = drop.funded_minor + drop.corrected_minor - drop.paid_minor - drop.returned_minor
    return DropFigures(
        drop_id=drop.drop_id,
        currency=drop.currency,
        kind=drop.kind,
        brand_id=drop.brand_id,
        funded_minor=drop.funded_minor,
        paid_minor=drop.paid_minor,
        corrected_minor=drop.corrected_minor,
        returned_minor=drop.returned_minor,
        balance_minor=balance,
    )
