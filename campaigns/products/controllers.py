"""HTTP of products."""

from typing import Annotated, Any

from litestar import Controller, Request, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.errors import TooLarge
from app.kernel.http.paging import Cursor, Limit
from app.kernel.structs import Page, PathId
from campaigns.products.interfaces import ProductCard
from campaigns.products.models import EXTERNAL_ID_CHARS_MAX
from campaigns.products.schemas import (
    ImportView,
    ProductCreate,
    ProductImport,
    ProductUpdate,
    ProductView,
)
from campaigns.products.service import ProductService

IMPORT_BYTES_MAX = 1024 * 1024

BrandFilter = Annotated[
    int | None, QueryParameter(name="brandId", ge=1, le=2**63 - 1, description="Of this brand only")
]
ExternalIdFilter = Annotated[
    str | None,
    QueryParameter(
        name="externalId",
        min_length=1,
        max_length=EXTERNAL_ID_CHARS_MAX,
        description="With this number of the brand's own",
    ),
]
Query = Annotated[
    str, QueryParameter(name="q", min_length=1, max_length=60, description="A part of the title")
]


class CatalogueController(Controller):
    """The products of one brand."""

    path = "/v1/brands/{brand_id:int}/products"
    tags = ("products",)

    @get("/", operation_id="listProducts", summary="A brand's products")
    async def page(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        products: NamedDependency[ProductService],
        brand_id: PathId,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[ProductCard]:
        """The newest first. Test keys see the test catalogue."""
        return await products.page(tx.session, viewer, brand_id, cursor, limit)

    @get(
        "/managed",
        operation_id="listManagedProducts",
        summary="A brand's products, as it keeps them",
    )
    async def managed(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        products: NamedDependency[ProductService],
        brand_id: PathId,
        external_id: ExternalIdFilter = None,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[ProductView]:
        """The newest first, with the brand's own numbers, and with what is archived. For the
        brand's owner and operations people, and keys with `products:write`."""
        return await products.managed_page(tx.session, actor, brand_id, external_id, cursor, limit)

    @post("/", operation_id="createProduct", summary="Add a product")
    async def create(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        products: NamedDependency[ProductService],
        brand_id: PathId,
        data: JSONBody[ProductCreate],
    ) -> ProductView:
        """For the brand's owner and operations people, and keys with `products:write`."""
        return await products.create(tx, actor, brand_id, data)

    @post(
        "/import",
        operation_id="importProducts",
        summary="Add or change many products (JSON)",
        status_code=200,
        request_max_body_size=IMPORT_BYTES_MAX,
    )
    async def import_json(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        products: NamedDependency[ProductService],
        brand_id: PathId,
        data: JSONBody[ProductImport],
    ) -> ImportView:
        """At most 1,000 rows, found again by `externalId`. All are taken, or none."""
        return await products.import_rows(tx, actor, brand_id, data.items)

    @post(
        "/import/csv",
        operation_id="importProductsCsv",
        summary="Add or change many products (CSV)",
        status_code=200,
        request_max_body_size=IMPORT_BYTES_MAX,
    )
    async def import_csv(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        products: NamedDependency[ProductService],
        brand_id: PathId,
        request: Request[Any, Any, Any],
    ) -> ImportView:
        """The body is the file: UTF-8, a header with externalId, title, priceMinor, currency and
        optionally originalPriceMinor, imageId, link, stock. All rows are taken, or none; problems
        name line and column."""
        data = await request.body()
        if len(data) > IMPORT_BYTES_MAX:
            raise TooLarge(f"At most {IMPORT_BYTES_MAX} bytes are read here")
        return await products.import_csv(tx, actor, brand_id, data)


class ProductController(Controller):
    """Products of all brands."""

    path = "/v1/products"
    tags = ("products",)

    @get("/search", operation_id="searchProducts", summary="Find products by title")
    async def search(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        products: NamedDependency[ProductService],
        q: Query,
        brand_id: BrandFilter = None,
        limit: Limit = 20,
    ) -> Page[ProductCard]:
        """Titles that hold `q`, whatever its case; those that begin with it first."""
        return await products.search(tx.session, viewer, q, brand_id, limit)

    @get("/{product_id:int}", operation_id="getProduct", summary="One product")
    async def one(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        products: NamedDependency[ProductService],
        product_id: PathId,
    ) -> ProductCard:
        """A product by its id."""
        return await products.get(tx.session, viewer, product_id)

    @patch("/{product_id:int}", operation_id="updateProduct", summary="Change a product")
    async def update(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        products: NamedDependency[ProductService],
        product_id: PathId,
        data: JSONBody[ProductUpdate],
    ) -> ProductView:
        """What is left out stays. Posts show the change at once."""
        return await products.update(tx, actor, product_id, data)

    @delete("/{product_id:int}", operation_id="archiveProduct", summary="Take a product away")
    async def archive(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        products: NamedDependency[ProductService],
        product_id: PathId,
    ) -> None:
        """It leaves lists and posts; an import of its external id brings it back."""
        await products.archive(tx, actor, product_id)
