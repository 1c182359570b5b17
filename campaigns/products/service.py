"""The use cases of products."""

from collections.abc import Iterable, Sequence

from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, Scope
from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.errors import FieldError, Invalid, NotFound
from app.kernel.events import Events
from app.kernel.http.cursors import Cursors
from app.kernel.ids import Ids
from app.kernel.money import Money, Price
from app.kernel.structs import Currency, Id, Page, Timestamp
from app.kernel.text import folded, grams, one_line, query_grams
from campaigns.brands.errors import BrandNotFound
from campaigns.brands.interfaces import Brands
from campaigns.products.errors import (
    CatalogueFull,
    ExternalIdTaken,
    ImportRefused,
    ProductNotFound,
)
from campaigns.products.events import ProductsChanged
from campaigns.products.interfaces import ProductCard, ProductRecord, Products, Stock
from campaigns.products.models import Product
from campaigns.products.repository import ProductRepository
from campaigns.products.rules import product_errors, repeated_errors, rows_of_csv
from campaigns.products.schemas import (
    PRODUCTS_MAX,
    ImportView,
    ProductCreate,
    ProductRow,
    ProductUpdate,
    ProductView,
)
from media.images.interfaces import Images, PictureOwner

_LIST, _MANAGED = "brand-products", "managed-products"
_SCOPE = Scope.PRODUCTS_WRITE


class ProductService(Products):
    """Catalogues: kept by brands, read by everybody. Test keys have a catalogue of their own."""

    def __init__(
        self,
        *,
        repository: ProductRepository,
        brands: Brands,
        images: Images,
        ids: Ids,
        clock: Clock,
        events: Events,
        cursors: Cursors,
    ) -> None:
        self._repository = repository
        self._brands = brands
        self._images = images
        self._ids = ids
        self._clock = clock
        self._events = events
        self._cursors = cursors

    async def create(
        self, tx: Transaction, actor: Actor, brand_id: int, body: ProductCreate
    ) -> ProductView:
        """A new product. Raises ExternalIdTaken, CatalogueFull."""
        await self._brands.check_manager(tx.session, actor, brand_id, _SCOPE)
        _refuse(product_errors("", body))
        await self._check_images(tx.session, actor, [body.image_id])
        await self._repository.lock_catalogue(tx.session, brand_id)
        await self._check_room(tx.session, brand_id, 1)
        if body.external_id is not None:
            taken = await self._repository.by_external_ids(
                tx.session, brand_id, actor.live, [body.external_id]
            )
            if taken:
                raise ExternalIdTaken
        product = self._new(brand_id, actor.live, body.external_id)
        _fill(product, body)
        tx.session.add(product)
        await tx.session.flush()
        return (await self._managed(tx.session, [product]))[0]

    async def update(
        self, tx: Transaction, actor: Actor, product_id: int, body: ProductUpdate
    ) -> ProductView:
        """Change what is given."""
        product = await self._own(tx.session, actor, product_id)
        if body.image_id is not UNSET and body.image_id != product.image_id:
            await self._check_images(tx.session, actor, [body.image_id])
        _refuse(_apply(product, body))
        await self._changed(tx, product)
        return (await self._managed(tx.session, [product]))[0]

    async def archive(self, tx: Transaction, actor: Actor, product_id: int) -> None:
        """Take it out of lists and posts. Doing it again changes nothing."""
        product = await self._own(tx.session, actor, product_id)
        if not product.archived:
            product.archived = True
            await self._changed(tx, product)

    async def import_rows(
        self, tx: Transaction, actor: Actor, brand_id: int, rows: Sequence[ProductRow]
    ) -> ImportView:
        """All rows of a JSON import, or none. Raises ImportRefused naming the items."""
        pointers = [f"/items/{i}" for i in range(len(rows))]
        return await self._import(tx, actor, brand_id, pointers, rows)

    async def import_csv(
        self, tx: Transaction, actor: Actor, brand_id: int, data: bytes
    ) -> ImportView:
        """All rows of a CSV, or none. Raises ImportRefused naming line and column."""
        await self._brands.check_manager(tx.session, actor, brand_id, _SCOPE)
        pointers, rows, errors = rows_of_csv(data)
        if errors:
            raise ImportRefused(errors=errors)
        return await self._import(tx, actor, brand_id, pointers, rows)

    async def get(
        self, session: AsyncSession, viewer: Actor | None, product_id: int
    ) -> ProductCard:
        """One product of the caller's mode that is not archived."""
        product = await self._repository.get(session, product_id)
        if product is None or product.archived or product.live != _live(viewer):
            raise ProductNotFound
        return (await self._cards(session, [product]))[0]

    async def page(
        self,
        session: AsyncSession,
        viewer: Actor | None,
        brand_id: int,
        cursor: str | None,
        limit: int,
    ) -> Page[ProductCard]:
        """A brand's catalogue, the newest first."""
        if not await self._brands.exists(session, brand_id):
            raise BrandNotFound
        before = self._cursors.read(_LIST, cursor, 1)[0] if cursor else None
        found = await self._repository.page(session, brand_id, _live(viewer), before, limit + 1)
        more = len(found) > limit
        return Page(
            items=await self._cards(session, found[:limit]),
            next_cursor=self._cursors.make(_LIST, found[limit - 1].id) if more else None,
        )

    async def managed_page(
        self,
        session: AsyncSession,
        actor: Actor,
        brand_id: int,
        external_id: str | None,
        cursor: str | None,
        limit: int,
    ) -> Page[ProductView]:
        """The same for those who keep it: with external ids, and what is archived."""
        await self._brands.check_manager(session, actor, brand_id, _SCOPE)
        before = self._cursors.read(_MANAGED, cursor, 1)[0] if cursor else None
        asked = (session, brand_id, actor.live, before, limit + 1)
        found = await self._repository.page(*asked, archived=True, external_id=external_id)
        more = len(found) > limit
        return Page(
            items=await self._managed(session, found[:limit]),
            next_cursor=self._cursors.make(_MANAGED, found[limit - 1].id) if more else None,
        )

    async def search(
        self,
        session: AsyncSession,
        viewer: Actor | None,
        query: str,
        brand_id: int | None,
        limit: int,
    ) -> Page[ProductCard]:
        """Products whose title holds the query, whatever its case or width."""
        text = folded(query)
        if not text:
            return Page(items=[])
        found = await self._repository.search(
            session, text, query_grams(text), brand_id=brand_id, live=_live(viewer), limit=limit
        )
        return Page(items=await self._cards(session, found))

    async def cards(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, ProductCard]:
        found = [p for p in await self._repository.many(session, ids) if not p.archived]
        return {int(card.id): card for card in await self._cards(session, found)}

    async def records(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, ProductRecord]:
        return {
            p.id: ProductRecord(id=p.id, brand_id=p.brand_id, live=p.live, archived=p.archived)
            for p in await self._repository.many(session, ids)
        }

    async def picture_changed(self, tx: Transaction, image_id: int) -> None:
        """A picture's view is another one: so are the cards that show it."""
        ids = await self._repository.with_image(tx.session, image_id)
        if ids:
            await self._events.publish(tx, ProductsChanged(tuple(ids)))

    async def _import(
        self,
        tx: Transaction,
        actor: Actor,
        brand_id: int,
        pointers: Sequence[str],
        rows: Sequence[ProductRow],
    ) -> ImportView:
        await self._brands.check_manager(tx.session, actor, brand_id, _SCOPE)
        errors = repeated_errors(pointers, rows)
        for pointer, row in zip(pointers, rows, strict=True):
            errors += product_errors(pointer, row)
        if errors:
            raise ImportRefused(errors=errors[:100])
        await self._check_images(tx.session, actor, [row.image_id for row in rows])
        await self._repository.lock_catalogue(tx.session, brand_id)
        known = await self._repository.by_external_ids(
            tx.session, brand_id, actor.live, [row.external_id for row in rows]
        )
        await self._check_room(tx.session, brand_id, len(rows) - len(known))
        changed: list[int] = []
        for row in rows:
            product = known.get(row.external_id)
            if product is None:
                product = self._new(brand_id, actor.live, row.external_id)
                _fill(product, row)
                tx.session.add(product)
            elif _fill(product, row):
                product.updated_at = self._clock.now()
                changed.append(product.id)
        await tx.session.flush()
        if changed:
            await self._events.publish(tx, ProductsChanged(tuple(changed)))
        return ImportView(
            created=len(rows) - len(known),
            updated=len(changed),
            unchanged=len(known) - len(changed),
        )

    async def _own(self, session: AsyncSession, actor: Actor, product_id: int) -> Product:
        product = await self._repository.get(session, product_id, lock=True)
        if product is None or product.live != actor.live:
            raise ProductNotFound
        try:
            await self._brands.check_manager(session, actor, product.brand_id, _SCOPE)
        except NotFound:
            raise ProductNotFound from None
        return product

    async def _changed(self, tx: Transaction, product: Product) -> None:
        product.updated_at = self._clock.now()
        await tx.session.flush()
        await self._events.publish(tx, ProductsChanged((product.id,)))

    async def _check_room(self, session: AsyncSession, brand_id: int, more: int) -> None:
        if more and await self._repository.count(session, brand_id) + more > PRODUCTS_MAX:
            raise CatalogueFull(f"A catalogue holds at most {PRODUCTS_MAX} products")

    async def _check_images(
        self, session: AsyncSession, actor: Actor, image_ids: Iterable[int | None]
    ) -> None:
        wanted = {id_ for id_ in image_ids if id_ is not None}
        if wanted:
            await self._images.owned(session, wanted, PictureOwner.of(actor))

    def _new(self, brand_id: int, live: bool, external_id: str | None) -> Product:
        now = self._clock.now()
        return Product(
            id=self._ids.new(),
            brand_id=brand_id,
            live=live,
            external_id=external_id,
            archived=False,
            created_at=now,
            updated_at=now,
        )

    async def _cards(self, session: AsyncSession, products: Sequence[Product]) -> list[ProductCard]:
        ids = {p.image_id for p in products if p.image_id is not None}
        images = await self._images.views(session, ids)
        return [
            ProductCard(
                id=Id(p.id),
                brand_id=Id(p.brand_id),
                title=p.title,
                price=Money(amount_minor=p.price_minor, currency=p.currency),
                original_price=_original(p),
                image=images.get(p.image_id) if p.image_id is not None else None,
                link=p.link,
                stock=Stock(p.stock),
            )
            for p in products
        ]

    async def _managed(
        self, session: AsyncSession, products: Sequence[Product]
    ) -> list[ProductView]:
        return [
            ProductView(
                **{name: getattr(card, name) for name in ProductCard.__struct_fields__},
                external_id=product.external_id,
                archived=product.archived,
                created_at=Timestamp.of(product.created_at),
                updated_at=Timestamp.of(product.updated_at),
            )
            for card, product in zip(await self._cards(session, products), products, strict=True)
        ]


def _live(viewer: Actor | None) -> bool:
    return viewer is None or viewer.live


def _original(product: Product) -> Money | None:
    if product.original_price_minor is None:
        return None
    return Money(amount_minor=product.original_price_minor, currency=product.currency)


def _refuse(errors: Sequence[FieldError]) -> None:
    if errors:
        raise Invalid("Some fields are not valid", errors=errors)


def _fill(product: Product, body: ProductCreate | ProductRow) -> bool:
    """Take over every field. Whether anything is another one now."""
    title = one_line(body.title)
    values: dict[str, object] = {
        "title": title,
        "title_folded": folded(title),
        "title_grams": grams(folded(title)),
        "currency": str(body.price.currency),
        "price_minor": body.price.amount_minor,
        "original_price_minor": body.original_price and body.original_price.amount_minor,
        "image_id": body.image_id,
        "link": body.link,
        "stock": str(body.stock),
        "archived": False,
    }
    changed = False
    for name, value in values.items():
        if getattr(product, name) != value:
            setattr(product, name, value)
            changed = True
    return changed


def _apply(product: Product, body: ProductUpdate) -> list[FieldError]:
    """Take over the given fields; what is wrong with the whole afterwards."""
    now, before = product.price_minor, product.original_price_minor
    whole = ProductCreate(
        title=product.title if body.title is UNSET else body.title,
        price=_price(product, now) if body.price is UNSET else body.price,
        original_price=(
            (None if before is None else _price(product, before))
            if body.original_price is UNSET
            else body.original_price
        ),
        image_id=_id(product.image_id) if body.image_id is UNSET else body.image_id,
        link=product.link if body.link is UNSET else body.link,
        stock=Stock(product.stock) if body.stock is UNSET else body.stock,
    )
    errors = product_errors("", whole)
    if not errors:
        archived = product.archived
        _fill(product, whole)
        product.archived = archived
    return errors


def _price(product: Product, amount_minor: int) -> Price:
    return Price(amount_minor=amount_minor, currency=Currency(product.currency))


def _id(value: int | None) -> Id | None:
    return None if value is None else Id(value)
