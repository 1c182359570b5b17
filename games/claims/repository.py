"""SQL of claims. Batches of thousands travel as arrays: one statement, however many rows."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import case, delete, func, or_, select, text
from sqlalchemy import tuple_ as sql_tuple
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.columns import moments, numbers, truths
from app.kernel.structs import ID_MAX
from games.claims.interfaces import BONUSES, HELPERS
from games.claims.loading.parts import Held
from games.claims.models import Claim, Entry, Tally

_PAGE = 5_000


class Row(NamedTuple):
    """A claim as its decision told it."""

    packet_id: int
    order: int
    pool: int
    share: int
    shopper_id: int
    turn: int
    device: int | None
    amount_minor: int
    lost: bool
    claimed_at: datetime


class Entered(NamedTuple):
    """An entry in a draw as its decision told it."""

    packet_id: int
    number: int
    shopper_id: int
    order: int
    entered_at: datetime


class Sums(NamedTuple):
    """What the rows of a packet add up to."""

    claims: int = 0
    granted_minor: int = 0
    lost_claims: int = 0
    lost_minor: int = 0
    best_minor: int = 0
    best_shopper_id: int = 0
    best_order: int = 0


Identity = tuple[int, int, int]
"""Packet, order and pool: what a row is, for ever."""
Owner = tuple[int, int, int, int]
Place = tuple[int, int, int]
_COLUMNS = Row._fields
_TYPES = {"lost": "boolean[]", "claimed_at": "timestamptz[]"}
_WRITTEN: Mapping[str, Callable[[Iterable[Any]], str]] = {"lost": truths, "claimed_at": moments}
_GIVEN = ", ".join(f"CAST(:{name} AS {_TYPES.get(name, 'bigint[]')})" for name in _COLUMNS)
_INSERT = text(
    f"""
    INSERT INTO packet_claims ({", ".join(f'"{name}"' for name in _COLUMNS)})
    SELECT * FROM unnest({_GIVEN})
    ON CONFLICT DO NOTHING
    RETURNING packet_id, "order", pool
    """  # noqa: S608
)


class ClaimRepository:
    """Rows of claims and their sums. Stateless."""

    async def insert(self, session: AsyncSession, rows: Mapping[Identity, Row]) -> set[Identity]:
        """Write what is new. Returns what was written: the rest is known already, or contradicts
        what is."""
        if not rows:
            return set()
        columns = zip(*(rows[identity] for identity in sorted(rows)), strict=True)
        values = {
            name: _WRITTEN.get(name, numbers)(column)
            for name, column in zip(_COLUMNS, columns, strict=True)
        }
        found = await session.execute(_INSERT, values)
        return {(packet_id, order, pool) for packet_id, order, pool in found}

    async def contradicting(
        self, session: AsyncSession, rows: Sequence[Row]
    ) -> tuple[dict[Owner, Row], dict[Place, Row]]:
        """What stands where these rows would: by who may have it once, and by share."""
        if not rows:
            return {}, {}
        found = await session.execute(
            select(*(getattr(Claim, name) for name in _COLUMNS)).where(
                or_(
                    sql_tuple(Claim.packet_id, Claim.pool, Claim.shopper_id, Claim.turn).in_(
                        [owner_of(each) for each in rows]
                    ),
                    sql_tuple(Claim.packet_id, Claim.pool, Claim.share).in_(
                        [place_of(each) for each in rows]
                    ),
                )
            )
        )
        standing = [Row(*each) for each in found]
        return (
            {owner_of(each): each for each in standing},
            {place_of(each): each for each in standing if not each.lost},
        )

    async def add_up(self, session: AsyncSession, sums: Mapping[int, Sums]) -> None:
        """Add new rows to the packets' sums."""
        for packet_id, more in sorted(sums.items()):
            statement = insert(Tally).values(packet_id=packet_id, **more._asdict())
            new = statement.excluded
            better = sql_tuple(new.best_minor, -new.best_order) > sql_tuple(
                Tally.best_minor, -Tally.best_order
            )
            await session.execute(
                statement.on_conflict_do_update(
                    index_elements=[Tally.packet_id],
                    set_={
                        "claims": Tally.claims + new.claims,
                        "granted_minor": Tally.granted_minor + new.granted_minor,
                        "lost_claims": Tally.lost_claims + new.lost_claims,
                        "lost_minor": Tally.lost_minor + new.lost_minor,
                        **{
                            name: case((better, new[name]), else_=getattr(Tally, name))
                            for name in ("best_minor", "best_shopper_id", "best_order")
                        },
                    },
                )
            )

    async def sums(self, session: AsyncSession, packet_ids: Iterable[int]) -> dict[int, Sums]:
        """The sums of packets that anybody claimed from."""
        columns = [getattr(Tally, name) for name in Sums._fields]
        found = await session.execute(
            select(Tally.packet_id, *columns).where(Tally.packet_id.in_(packet_ids))
        )
        return {packet_id: Sums(*sums) for packet_id, *sums in found}

    async def counted(
        self, session: AsyncSession, packet_id: int, up_to: int | None = None
    ) -> Sums:
        """The sums counted anew from the rows, up to a decision's order, for audits; best luck
        aside."""
        lost = Claim.lost
        last = ID_MAX if up_to is None else up_to
        found = await session.execute(
            select(
                func.count().filter(~lost),
                func.coalesce(func.sum(Claim.amount_minor).filter(~lost), 0),
                func.count().filter(lost),
                func.coalesce(func.sum(Claim.amount_minor).filter(lost), 0),
            ).where(Claim.packet_id == packet_id, Claim.order <= last)
        )
        return Sums(*(int(each) for each in found.one()))

    async def all_of(self, session: AsyncSession, packet_id: int) -> AsyncIterator[Sequence[Held]]:
        """Every claim of a packet, a page at a time, in the order of their decisions."""
        after = (-1, 0)
        while True:
            found = await session.execute(
                select(*(getattr(Claim, name) for name in Held._fields))
                .where(Claim.packet_id == packet_id, sql_tuple(Claim.order, Claim.pool) > after)
                .order_by(Claim.order, Claim.pool)
                .limit(_PAGE)
            )
            page = [Held(*each) for each in found]
            if page:
                yield page
            if len(page) < _PAGE:
                return
            after = (page[-1].order, page[-1].pool)

    async def take_back(self, session: AsyncSession, rows: Iterable[Row]) -> None:
        """Remove rows that this transaction wrote and whose decision turned out to be none."""
        which = [identity_of(each) for each in rows]
        if which:
            columns = sql_tuple(Claim.packet_id, Claim.order, Claim.pool)
            await session.execute(delete(Claim).where(columns.in_(which)))

    async def enter(
        self, session: AsyncSession, entries: Collection[Entered]
    ) -> dict[Entered, int | None]:
        """Write entries of draws. Returns those that were not new, with the order of the entry
        that the shopper has; None for who has none."""
        written = await session.execute(
            insert(Entry)
            .values([each._asdict() for each in sorted(entries)])
            .on_conflict_do_nothing()
            .returning(Entry.packet_id, Entry.order)
        )
        new = {(packet_id, order) for packet_id, order in written}
        rest = [each for each in entries if (each.packet_id, each.order) not in new]
        if not rest:
            return {}
        found = await session.execute(
            select(Entry.packet_id, Entry.shopper_id, Entry.order).where(
                sql_tuple(Entry.packet_id, Entry.shopper_id).in_(
                    [(each.packet_id, each.shopper_id) for each in rest]
                )
            )
        )
        standing = {(packet_id, shopper_id): order for packet_id, shopper_id, order in found}
        return {each: standing.get((each.packet_id, each.shopper_id)) for each in rest}

    async def entries_of(
        self, session: AsyncSession, packet_id: int
    ) -> AsyncIterator[Sequence[Held]]:
        """Every entry of a draw in the order of their numbers, which stand as shares."""
        after = -1
        while True:
            found = await session.execute(
                select(Entry.number, Entry.shopper_id, Entry.order)
                .where(Entry.packet_id == packet_id, Entry.number > after)
                .order_by(Entry.number)
                .limit(_PAGE)
            )
            page = [Held(0, number, who, 0, None, 0, order, False) for number, who, order in found]
            if page:
                yield page
            if len(page) < _PAGE:
                return
            after = page[-1].share

    async def entries_count(self, session: AsyncSession, packet_id: int) -> int:
        """How many take part in a draw."""
        statement = select(func.count()).where(Entry.packet_id == packet_id)
        return int(await session.scalar(statement) or 0)

    async def entry_number(
        self, session: AsyncSession, packet_id: int, shopper_id: int
    ) -> int | None:
        """The number of a shopper's entry in a draw."""
        return await session.scalar(
            select(Entry.number).where(Entry.packet_id == packet_id, Entry.shopper_id == shopper_id)
        )

    async def helps_of(self, session: AsyncSession, packet_id: int, link: int) -> int:
        """How many have helped a link."""
        statement = select(func.count()).where(
            Claim.packet_id == packet_id, Claim.pool == HELPERS, Claim.turn == link
        )
        return int(await session.scalar(statement) or 0)

    async def of_shopper(
        self, session: AsyncSession, packet_id: int, shopper_id: int
    ) -> Sequence[Claim]:
        """What a shopper got of a packet, in the order of its pools."""
        found = await session.scalars(
            select(Claim)
            .where(Claim.packet_id == packet_id, Claim.shopper_id == shopper_id)
            .order_by(Claim.pool, Claim.share)
        )
        return found.all()

    async def sharers(
        self, session: AsyncSession, packet_id: int, orders: Collection[int]
    ) -> dict[int, int]:
        """Whom the helps of these decisions helped."""
        found = await session.execute(
            select(Claim.order, Claim.shopper_id).where(
                Claim.packet_id == packet_id, Claim.pool == BONUSES, Claim.order.in_(orders)
            )
        )
        return {row.order: row.shopper_id for row in found}

    async def page(
        self, session: AsyncSession, packet_id: int, before: Sequence[int] | None, limit: int
    ) -> Sequence[Claim]:
        """Who got what, the latest first."""
        statement = select(Claim).where(Claim.packet_id == packet_id)
        if before is not None:
            statement = statement.where(sql_tuple(Claim.order, Claim.pool) < tuple(before))
        statement = statement.order_by(Claim.order.desc(), Claim.pool.desc())
        return (await session.scalars(statement.limit(limit))).all()

    async def settled_among(
        self, session: AsyncSession, decisions: Collection[tuple[int, int]]
    ) -> set[tuple[int, int]]:
        """Which of these (packet, order) are rows by now."""
        if not decisions:
            return set()
        found = await session.execute(
            select(Claim.packet_id, Claim.order).where(
                sql_tuple(Claim.packet_id, Claim.order).in_(list(decisions))
            )
        )
        return {(packet_id, order) for packet_id, order in found}


def identity_of(row: Row) -> Identity:
    """What the row is."""
    return row.packet_id, row.order, row.pool


def owner_of(row: Row) -> Owner:
    """Who may have only one of these."""
    return row.packet_id, row.pool, row.shopper_id, row.turn


def place_of(row: Row) -> Place:
    """What may be given only once."""
    return row.packet_id, row.pool, row.share
