"""The bodies of the product routes."""

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from app.kernel.money import Price
from app.kernel.structs import Id, Input, Timestamp, View
from campaigns.products.interfaces import ProductCard, Stock
from campaigns.products.models import EXTERNAL_ID_CHARS_MAX, LINK_CHARS_MAX, TITLE_CHARS_MAX

ROWS_MAX = 1_000
"""Rows of one import."""
PRODUCTS_MAX = 50_000
"""Products of one brand, archived ones included."""

Title = Annotated[
    str, msgspec.Meta(min_length=1, max_length=TITLE_CHARS_MAX, examples=["山茶花瓷杯"])
]
Link = Annotated[
    str,
    msgspec.Meta(
        max_length=LINK_CHARS_MAX,
        pattern=r"^https?://[^\s]+$",
        examples=["https://example.com/p/1"],
    ),
]
ExternalId = Annotated[
    str, msgspec.Meta(min_length=1, max_length=EXTERNAL_ID_CHARS_MAX, examples=["SKU-0001"])
]


class ProductCreate(Input):
    """A new product."""

    title: Title
    price: Price
    original_price: Price | None = None
    """The price before a reduction, in the same currency and not lower."""
    image_id: Id | None = None
    link: Link | None = None
    stock: Stock = Stock.IN_STOCK
    external_id: ExternalId | None = None


class ProductUpdate(Input):
    """What changes; what is left out stays."""

    title: Title | UnsetType = UNSET
    price: Price | UnsetType = UNSET
    original_price: Price | UnsetType | None = UNSET
    image_id: Id | UnsetType | None = UNSET
    link: Link | UnsetType | None = UNSET
    stock: Stock | UnsetType = UNSET


class ProductRow(Input):
    """A row of an import; `externalId` finds the product again next time."""

    external_id: ExternalId
    title: Title
    price: Price
    original_price: Price | None = None
    image_id: Id | None = None
    link: Link | None = None
    stock: Stock = Stock.IN_STOCK


class ProductImport(Input):
    """Many products at once: all are taken, or none."""

    items: Annotated[list[ProductRow], msgspec.Meta(min_length=1, max_length=ROWS_MAX)]


class ImportView(View):
    """What an import did."""

    created: int
    updated: int
    unchanged: int


class ProductView(ProductCard):
    """A product as its managers see it."""

    external_id: str | None
    archived: bool
    created_at: Timestamp
    updated_at: Timestamp
