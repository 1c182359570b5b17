"""SQL of claims. Batches of thousands travel as arrays: one statement, however many rows."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import case, func, or_, select, text
from sqlalchemy import tuple_ as sql_tuple
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.structs import ID_MAX
from games.claims.models import Claim, Tally
from games.claims.store import Held

_PAGE = 5_000


class Row(NamedTuple):
    """A claim as its decision told it."""

    packet_id: int
    order: int
    pool: int
    share: int
    shopper_id: int
    amount_minor: int
    lost: bool
    claimed_at: datetime


class Sums(NamedTuple):
    """What the rows of a packet add up to."""

    claims: int = 0
    granted_minor: int = 0
    lost_claims: int = 0
    lost_minor: int = 0
    best_minor: int = 0
    best_shopper_id: int = 0
    best_order: int = 0


_COLUMNS = Row._fields
_TYPES = {"lost": "boolean[]", "claimed_at": "timestamptz[]"}
_GIVEN = ", ".join(f"CAST(:{name} AS {_TYPES.get(name, 'bigint[]')})" for name in _COLUMNS)
_INSERT = text(
    f"""
    INSERT INTO packet_claims ({", ".join(f'"{name}"' for name in _COLUMNS)})
    SELECT * FROM unnest({_GIVEN})
    ON CONFLICT DO NOTHING
    RETURNING packet_id, "order"
    """  # noqa: S608
)


class ClaimRepository:
    """Rows of claims and their sums. Stateless."""

    async def insert(self, session: AsyncSession, rows: Collection[Row]) -> set[tuple[int, int]]:
        """Write what is new. Returns (packet, order) of what was written: the rest is known
        already, or contradicts what is."""
        if not rows:
            return set()
        columns = zip(*sorted(rows), strict=True)
        values = {name: list(column) for name, column in zip(_COLUMNS, columns, strict=True)}
        found = await session.execute(_INSERT, values)
        return {(packet_id, order) for packet_id, order in found}

    async def contradicting(
        self, session: AsyncSession, rows: Sequence[Row]
    ) -> tuple[dict[tuple[int, int, int], Row], dict[tuple[int, int, int], Row]]:
        """What stands where these rows would: by (packet, pool and shopper), and by share."""
        if not rows:
            return {}, {}
        found = await session.execute(
            select(*(getattr(Claim, name) for name in _COLUMNS)).where(
                or_(
                    sql_tuple(Claim.packet_id, Claim.pool, Claim.shopper_id).in_(
                        [(each.packet_id, each.pool, each.shopper_id) for each in rows]
                    ),
                    sql_tuple(Claim.packet_id, Claim.pool, Claim.share).in_(
                        [(each.packet_id, each.pool, each.share) for each in rows]
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
        after = -1
        while True:
            found = await session.execute(
                select(*(getattr(Claim, name) for name in Held._fields))
                .where(Claim.packet_id == packet_id, Claim.order > after)
                .order_by(Claim.order)
                .limit(_PAGE)
            )
            page = [Held(*each) for each in found]
            if page:
                yield page
            if len(page) < _PAGE:
                return
            after = page[-1].order

    async def of_shopper(
        self, session: AsyncSession, packet_id: int, shopper_id: int
    ) -> Sequence[Claim]:
        """What a shopper got of a packet, in the order of its pools."""
        found = await session.scalars(
            select(Claim)
            .where(Claim.packet_id == packet_id, Claim.shopper_id == shopper_id)
            .order_by(Claim.pool)
        )
        return found.all()

    async def page(
        self, session: AsyncSession, packet_id: int, before: int | None, limit: int
    ) -> Sequence[Claim]:
        """Who got what, the latest first."""
        statement = select(Claim).where(Claim.packet_id == packet_id)
        if before is not None:
            statement = statement.where(Claim.order < before)
        return (await session.scalars(statement.order_by(Claim.order.desc()).limit(limit))).all()

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


def owner_of(row: Row) -> tuple[int, int, int]:
    """Who may have only one of these."""
    return row.packet_id, row.pool, row.shopper_id


def place_of(row: Row) -> tuple[int, int, int]:
    """What may be given only once."""
    return row.packet_id, row.pool, row.share
