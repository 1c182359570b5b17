"""What the rooms of identity ask of members."""

from collections.abc import Collection
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Role
from app.kernel.actors import Actor


class MemberCheck(Protocol):
    """Who may act for a brand, by SQL."""

    async def check(
        self, session: AsyncSession, actor: Actor, brand_id: int, roles: Collection[Role]
    ) -> None:
        """Raises NotFound for whoever does not work there, Forbidden for other roles."""
        ...
