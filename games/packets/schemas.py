"""The bodies of the brand's routes."""

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from app.kernel.money import Money
from app.kernel.structs import Currency, Id, Input, Timestamp, View
from games.packets.interfaces import Rules
from games.packets.models import THANKS_CHARS_MAX, TITLE_CHARS_MAX

Title = Annotated[
    str, msgspec.Meta(min_length=1, max_length=TITLE_CHARS_MAX, examples=["山茶工坊请你拆红包"])
]
Thanks = Annotated[str, msgspec.Meta(max_length=THANKS_CHARS_MAX, examples=["谢谢你来！"])]


class PacketCreate(Input):
    """A new packet; nothing moves before it is funded."""

    title: Title
    rules: Rules
    thanks: Thanks = ""
    currency: Currency = msgspec.field(default_factory=lambda: Currency("CNY"))
    """Default: CNY."""


class PacketUpdate(Input):
    """What changes; what is left out stays. Rules and currency only before it is funded."""

    title: Title | UnsetType = UNSET
    thanks: Thanks | UnsetType = UNSET
    rules: Rules | UnsetType = UNSET
    currency: Currency | UnsetType = UNSET


class PacketSchedule(Input):
    """When it opens. All windows follow from that."""

    opens_at: Timestamp | None = None
    """Default: at once."""
    closes_at: Timestamp | None = None
    """Default: 24 hours after it opens. Then what nobody opened goes back to the budget."""
    announced_at: Timestamp | None = None
    """From then on shoppers see it. Default: at once."""


class ManagedPacket(View):
    """A packet as its brand sees it. `figures` has what happens live."""

    id: Id
    brand_id: Id
    title: str
    thanks: str
    rules: Rules
    total: Money
    count: int
    status: str
    paused: bool
    announced_at: Timestamp | None
    opens_at: Timestamp | None
    closes_at: Timestamp | None
    ends_at: Timestamp | None
    """From then on nobody gets a share: of a rain the end of its last wave. What is left returns
    at `closesAt`."""
    created_at: Timestamp
    closed_at: Timestamp | None
    returned: Money | None
    live: bool


class FundingView(View):
    """What funding does, or with `dryRun` would do."""

    packet_id: Id
    total: Money
    count: int
    smallest: Money
    largest: Money
    budget_before: Money
    budget_after: Money
    missing: Money
    """What the budget lacks; in a dry run only, since without it such a funding is refused."""
    dry_run: bool
