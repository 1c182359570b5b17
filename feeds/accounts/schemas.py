"""The bodies of the account routes."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

from app.kernel.structs import Id, Input, View
from feeds.accounts.interfaces import AccountCard, AccountViewer
from feeds.accounts.models import BIO_CHARS_MAX, NAME_CHARS_MAX
from media.images.interfaces import ImageView

Name = Annotated[
    str, msgspec.Meta(min_length=1, max_length=NAME_CHARS_MAX, examples=["城市美食志"])
]
Bio = Annotated[str, msgspec.Meta(max_length=BIO_CHARS_MAX, examples=["每天一道家常菜"])]


class AccountCreate(Input):
    """An expert's, a medium's or an institution's account."""

    kind: Literal["expert", "media", "institution"]
    owner_shopper_id: Id
    """Who publishes as it."""
    name: Name
    bio: Bio = ""
    verified: bool = True


class AccountUpdate(Input):
    """What changes; what is left out stays."""

    name: Name | UnsetType = UNSET
    """Not for brands and shoppers: theirs follow the brand and the profile."""
    bio: Bio | UnsetType = UNSET
    avatar_image_id: Id | UnsetType | None = UNSET
    cover_image_id: Id | UnsetType | None = UNSET
    verified: bool | UnsetType = UNSET
    """Operators only."""


class AccountCounts(View):
    """Figures of an account; exact."""

    followers: int
    following: int
    posts: int


class AccountView(AccountCard):
    """An account's page."""

    bio: str
    cover: ImageView | None
    counts: AccountCounts
    viewer: AccountViewer


class MyAccounts(View):
    """The accounts the caller may publish as, the own one first."""

    items: list[AccountCard]
