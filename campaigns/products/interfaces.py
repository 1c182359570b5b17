"""What other slices may ask of the catalogues."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.money import Money
from app.kernel.structs import Id, View
from media.images.interfaces import ImageView


class Stock(StrEnum):
    """Whether it can be bought, as the brand says."""

    IN_STOCK = "in_stock"
    LOW = "low"
    SOLD_OUT = "sold_out"


class ProductCard(View):
    """A product as posts and lists show it."""

    id: Id
    brand_id: Id
    title: str
    price: Money
    original_price: Money | None
    image: ImageView | None
    link: str | None
    stock: Stock


class ProductRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of a product that others decide by."""

    id: int
    brand_id: int
    live: bool
    """False for products of test keys; live readers never see them."""
    archived: bool


class Products(Protocol):
    """Products of all brands."""

    async def cards(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, ProductCard]:
        """The cards of those ids that exist and are not archived."""
        ...

    async def records(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, ProductRecord]:
        """The facts of those ids that exist."""
        ...
