"""HTTP of brands."""

from litestar import Controller, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.http.paging import Cursor, Limit
from app.kernel.structs import Page, PathId
from campaigns.brands.schemas import BrandCreate, BrandUpdate, BrandView
from campaigns.brands.service import BrandService


class BrandController(Controller):
    """Brands: made by operators, shown to everybody."""

    path = "/v1/brands"
    tags = ("brands",)

    @post("/", operation_id="createBrand", summary="Make a brand")
    async def create(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        brands: NamedDependency[BrandService],
        data: JSONBody[BrandCreate],
    ) -> BrandView:
        """Makes the brand, its content account and the twin account of its test keys."""
        return await brands.create(tx, actor, data)

    @get("/", operation_id="listBrands", summary="All brands")
    async def page(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        brands: NamedDependency[BrandService],
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[BrandView]:
        """The newest first."""
        return await brands.page(tx.session, viewer, cursor, limit)

    @get("/{brand_id:int}", operation_id="getBrand", summary="One brand")
    async def one(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        brands: NamedDependency[BrandService],
        brand_id: PathId,
    ) -> BrandView:
        """A brand by its id."""
        return await brands.get(tx.session, viewer, brand_id)

    @patch("/{brand_id:int}", operation_id="updateBrand", summary="Rename a brand")
    async def rename(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        brands: NamedDependency[BrandService],
        brand_id: PathId,
        data: JSONBody[BrandUpdate],
    ) -> BrandView:
        """For its owner, its operations people and operators; posts show the new name at once."""
        return await brands.rename(tx, actor, brand_id, data)
