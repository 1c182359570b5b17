"""Plugs products into the house."""

from litestar.di import Provide

from app.kernel.database import Transaction
from app.kernel.house import House, Slice, Wiring
from campaigns.brands.interfaces import Brands
from campaigns.products.controllers import CatalogueController, ProductController
from campaigns.products.interfaces import Products
from campaigns.products.repository import ProductRepository
from campaigns.products.service import ProductService
from media.images.events import ImageRendered
from media.images.interfaces import Images


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

    async def rendered(tx: Transaction, event: ImageRendered) -> None:
        await service.picture_changed(tx, event.image_id)

    house.events.subscribe(ImageRendered, rendered)
    return Wiring(
        routes=[CatalogueController, ProductController],
        dependencies={"products": Provide(lambda: service, sync_to_thread=False)},
    )


slice_ = Slice("products", wire)
