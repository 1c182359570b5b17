"""Bodies of API keys."""

from typing import Annotated

import msgspec

from app.identity.interfaces import Scope
from app.identity.keys.models import NAME_CHARS_MAX
from app.kernel.structs import Id, Input, Timestamp, View

OVERLAP_HOURS_MAX = 168


class KeyCreate(Input):
    """What the key is for and what it may do."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_CHARS_MAX)]
    scopes: Annotated[list[Scope], msgspec.Meta(min_length=1, max_length=len(Scope))]
    live: bool = False
    """false: an `sk_test_` key, which sees and makes test data only."""


class KeyRotate(Input):
    """How long the old key opens beside the new one."""

    overlap_hours: Annotated[int, msgspec.Meta(ge=0, le=OVERLAP_HOURS_MAX)] = 24


class KeyView(View):
    """A key without its secret."""

    id: Id
    name: str
    hint: str
    """The beginning and the last four characters."""
    scopes: list[Scope]
    live: bool
    made_at: Timestamp
    expires_at: Timestamp | None
    """When a rotated key stops to open."""
    last_used_at: Timestamp | None
    """To a quarter of an hour."""


class NewKeyView(KeyView):
    """A key with its secret: the only time it is shown."""

    key: str | None
    """null when an Idempotency-Key repeats the request: the secret is stored nowhere."""
