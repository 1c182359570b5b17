"""What the studio asks of the floors above."""

from collections.abc import Sequence
from typing import Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actors import Actor
from app.kernel.money import Money


class ShownProduct(msgspec.Struct, frozen=True, kw_only=True):
    """A product as a slide shows it."""

    id: int
    title: str
    price: Money
    original_price: Money | None
    image_id: int | None


class SlideProducts(Protocol):
    """The catalogue that slide shows are made from; the slice of products provides it."""

    async def for_slides(
        self, session: AsyncSession, actor: Actor, brand_id: int, ids: Sequence[int]
    ) -> Sequence[ShownProduct]:
        """These products of the brand, in this order. Raises NotFound for whoever does not work for
        the brand, Forbidden for who lacks role or scope, Invalid where one is not the brand's,
        is archived, or belongs to the other of live and test."""
        ...
