"""Plugs products into the house."""

from collections.abc import Collection, Mapping, Sequence

from litestar.di import Provide
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, Scope
from app.kernel.database import Transaction
from app.kernel.errors import Invalid
from app.kernel.house import House, Slice, Wiring
from campaigns.brands.interfaces import Brands
from campaigns.products.controllers import CatalogueController, ProductController
from campaigns.products.interfaces import Products
from campaigns.products.repository import ProductRepository
from campaigns.products.service import ProductService
from media.images.events import ImageRendered
from media.images.interfaces import Images
from media.studio.interfaces import ShownProduct, SlideProducts
from media.timelines.interfaces import (
    CueKind,
    CueKinds,
    CueOwner,
    CueTarget,
    CueTargets,
    ProductTarget,
    ref_id,
    ref_ids,
)


class ProductCues(CueTargets):
    """Products as cues of films point to them."""

    def __init__(self, products: Products) -> None:
        self._products = products

    async def missing(
        self, session: AsyncSession, refs: Collection[str], owner: CueOwner
    ) -> Mapping[str, str]:
        """Shoppers show what they bought anywhere, brands only what they sell."""
        found = await self._products.records(session, ref_ids(refs))
        words: dict[str, str] = {}
        for ref in refs:
            record = found.get(ref_id(ref))
            mine = record is not None and (owner.by_shopper or record.brand_id == owner.id)
            if record is None or not mine or record.live is not owner.live or record.archived:
                words[ref] = "There is no such product in this catalogue"
        return words

    async def shown(self, session: AsyncSession, refs: Collection[str]) -> Mapping[str, CueTarget]:
        """With the price and stock of this moment."""
        cards = await self._products.cards(session, ref_ids(refs))
        return {
            str(card.id): ProductTarget(
                id=card.id,
                title=card.title,
                price=card.price,
                original_price=card.original_price,
                image=card.image,
                link=card.link,
                stock=card.stock.value,
            )
            for card in cards.values()
        }


class ProductSlides(SlideProducts):
    """Products as slide shows are made of them."""

    def __init__(self, products: Products, brands: Brands) -> None:
        self._products = products
        self._brands = brands

    async def for_slides(
        self, session: AsyncSession, actor: Actor, brand_id: int, ids: Sequence[int]
    ) -> Sequence[ShownProduct]:
        """See `SlideProducts`."""
        await self._brands.check_manager(session, actor, brand_id, Scope.VIDEOS_WRITE)
        records = await self._products.records(session, ids)
        cards = await self._products.cards(session, ids)
        shown: list[ShownProduct] = []
        for number, id_ in enumerate(ids):
            record, card = records.get(id_), cards.get(id_)
            mine = record is not None and record.brand_id == brand_id
            if card is None or record is None or not mine or record.live is not actor.live:
                raise Invalid.field(
                    f"/productIds/{number}", "There is no such product in this catalogue"
                )
            shown.append(
                ShownProduct(
                    id=int(id_),
                    title=card.title,
                    price=card.price,
                    original_price=card.original_price,
                    image_id=int(card.image.id) if card.image is not None else None,
                )
            )
        return shown


def wire(house: House) -> Wiring:
    """Products and the door `Products`."""
    service = ProductService(
        repository=ProductRepository(),
        brands=house.doors.get(Brands),
        images=house.doors.get(Images),
        ids=house.ids,
        clock=house.clock,
        events=house.events,
        cursors=house.cursors,
    )
    house.doors.provide(Products, service)
    house.doors.provide(SlideProducts, ProductSlides(service, house.doors.get(Brands)))
    house.doors.get(CueKinds).add(CueKind.PRODUCT, ProductCues(service))

    async def rendered(tx: Transaction, event: ImageRendered) -> None:
        await service.picture_changed(tx, event.image_id)

    house.events.subscribe(ImageRendered, rendered)
    return Wiring(
        routes=[CatalogueController, ProductController],
        dependencies={"products": Provide(lambda: service, sync_to_thread=False)},
    )


slice_ = Slice("products", wire)
