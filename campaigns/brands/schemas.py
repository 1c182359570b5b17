"""The bodies of the brand routes."""

from typing import Annotated

import msgspec

from app.kernel.structs import Id, Input, Timestamp, View
from campaigns.brands.models import NAME_CHARS_MAX

BrandName = Annotated[
    str, msgspec.Meta(min_length=1, max_length=NAME_CHARS_MAX, examples=["山茶工坊"])
]


class BrandCreate(Input):
    """A new brand."""

    name: BrandName


class BrandUpdate(Input):
    """What an operator or the brand itself may change."""

    name: BrandName


class BrandView(View):
    """A brand."""

    id: Id
    name: str
    account_id: Id
    """The content account it publishes as."""
    test_account_id: Id | None
    """The content account of its test keys; shown to its managers only."""
    created_at: Timestamp
