"""What other slices may ask of brands."""

from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, Scope


class Brands(Protocol):
    """The brands, and who may act for them."""

    async def exists(self, session: AsyncSession, brand_id: int) -> bool:
        """Whether there is such a brand."""
        ...

    async def check_manager(
        self, session: AsyncSession, actor: Actor, brand_id: int, scope: Scope | None
    ) -> None:
        """Pass for the brand's members with the role owner or operations, its keys with `scope`,
        and operators. Raises NotFound for who does not work for the brand, Forbidden for who
        does and lacks the role or scope."""
        ...
