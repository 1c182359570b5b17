"""What happened to shoppers, told inside the transaction that made it true."""

import msgspec


class ShopperRegistered(msgspec.Struct, frozen=True):
    """Somebody is here for the first time."""

    shopper_id: int
    name: str


class ShopperChanged(msgspec.Struct, frozen=True):
    """A shopper's profile is different now; the fields are those after the change."""

    shopper_id: int
    name: str
    bio: str
    avatar_image_id: int | None
