"""SQL of timelines."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from feeds.timelines.models import PulledAuthor


class TimelineRepository:
    """The pulled authors. Stateless."""

    async def pulled_authors(self, session: AsyncSession) -> list[int]:
        """All of them; accounts with that many followers are few."""
        return list(await session.scalars(select(PulledAuthor.account_id)))

    async def add_pulled_author(self, session: AsyncSession, account_id: int) -> None:
        """From now on this author's posts are merged at reading."""
        row = insert(PulledAuthor).values(account_id=account_id)
        await session.execute(row.on_conflict_do_nothing())
