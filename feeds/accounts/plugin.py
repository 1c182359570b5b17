"""Plugs content accounts into the house."""

from litestar.di import Provide

from app.identity.events import ShopperChanged, ShopperRegistered
from app.identity.interfaces import Memberships
from app.kernel.house import House, Slice, Wiring
from campaigns.brands.events import BrandCreated, BrandRenamed
from feeds.accounts.controllers import AccountController
from feeds.accounts.interfaces import Accounts
from feeds.accounts.repository import AccountRepository
from feeds.accounts.service import AccountService
from feeds.accounts.tasks import AccountUpkeep
from feeds.posts.events import PostPublished, PostWithdrawn
from media.images.events import ImageRendered
from media.images.interfaces import Images


def wire(house: House) -> Wiring:
    """Accounts, the door `Accounts`, and what keeps them in step with brands and shoppers."""
    repository = AccountRepository()
    service = AccountService(
        repository,
        house.doors.get(Images),
        house.doors.get(Memberships),
        house.ids,
        house.clock,
        house.events,
        house.doors,
    )
    keeping = AccountUpkeep(repository, service, house.events)
    house.doors.provide(Accounts, service)
    house.events.subscribe(ShopperRegistered, keeping.shopper_registered)
    house.events.subscribe(ShopperChanged, keeping.shopper_changed)
    house.events.subscribe(BrandCreated, keeping.brand_created)
    house.events.subscribe(BrandRenamed, keeping.brand_renamed)
    house.events.subscribe(ImageRendered, keeping.image_rendered)
    house.events.subscribe(PostPublished, keeping.post_published)
    house.events.subscribe(PostWithdrawn, keeping.post_withdrawn)
    return Wiring(
        routes=[AccountController],
        dependencies={
            "accounts": Provide(lambda: service, sync_to_thread=False),
        },
    )


slice_ = Slice("accounts", wire)
