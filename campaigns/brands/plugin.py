"""Plugs brands into the house."""

from litestar.di import Provide

from app.identity.interfaces import BrandDirectory
from app.kernel.house import House, Slice, Wiring
from campaigns.brands.controllers import BrandController
from campaigns.brands.interfaces import Brands
from campaigns.brands.repository import BrandRepository
from campaigns.brands.service import BrandService


def wire(house: House) -> Wiring:
    """Brands and the door `Brands`."""
    service = BrandService(BrandRepository(), house.ids, house.clock, house.events, house.cursors)
    house.doors.provide(Brands, service)
    house.doors.provide(BrandDirectory, service)
    return Wiring(
        routes=[BrandController],
        dependencies={"brands": Provide(lambda: service, sync_to_thread=False)},
    )


slice_ = Slice("brands", wire)
