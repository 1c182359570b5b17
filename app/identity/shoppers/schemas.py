"""Bodies of the profile."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

from app.identity.shoppers.rules import BIO_CHARS_MAX, NAME_CHARS_MAX
from app.kernel.structs import Id, Input


class MeChange(Input):
    """What is left out stays as it is."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_CHARS_MAX)] | UnsetType = UNSET
    bio: Annotated[str, msgspec.Meta(max_length=BIO_CHARS_MAX)] | UnsetType = UNSET
    avatar_image_id: Id | UnsetType | None = UNSET
    """A picture of one's own; null for none."""
    locale: Literal["zh-CN", "en"] | UnsetType | None = UNSET
    """null follows the phone's language."""
