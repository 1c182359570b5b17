"""What other slices may know and ask of packets, and what packets ask of the floors above."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Annotated, NamedTuple, Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.money import Money
from app.kernel.structs import Id, Input, Timestamp, View

COUNT_MAX = 1_000_000
"""Shares of one packet."""
SHARE_MINOR_MAX = 2_000_000_000
"""Fits 4 bytes, which is how the live state keeps it."""
TOTAL_MINOR_MAX = 10**13
"""Sums stay exact in a Lua number, which holds 53 bits."""
WAVES_MAX = 48
DAY_SECONDS = 86_400
WATCHED_MS_MAX = 6 * 3_600_000
LIFE_SECONDS_MAX = 30 * DAY_SECONDS

Count = Annotated[int, msgspec.Meta(ge=1, le=COUNT_MAX, examples=[100])]
ShareMinor = Annotated[int, msgspec.Meta(ge=1, le=SHARE_MINOR_MAX, examples=[88])]
TotalMinor = Annotated[int, msgspec.Meta(ge=1, le=TOTAL_MINOR_MAX, examples=[8_800])]
Seconds = Annotated[int, msgspec.Meta(ge=1, le=DAY_SECONDS, examples=[60])]


class Equal(Input, tag_field="form", tag="equal"):
    """Every share is the same."""

    count: Count
    each_minor: ShareMinor


class Lucky(Input, tag_field="form", tag="lucky"):
    """Shares of random size between a minimum and a maximum that add up to the total."""

    count: Count
    total_minor: TotalMinor
    min_minor: ShareMinor = 1
    max_minor: ShareMinor | None = None
    """Default: whatever is left when everybody else gets the minimum."""


Split = Equal | Lucky


class Passphrase(Input, tag_field="form", tag="passphrase"):
    """口令: whoever says the phrase opens a share. Width, case and spaces do not matter."""

    phrase: Annotated[str, msgspec.Meta(min_length=1, max_length=80, examples=["新年快乐"])]
    split: Split
    guesses_max: Annotated[int, msgspec.Meta(ge=3, le=50)] = 10
    """Wrong phrases of one shopper before ten minutes' rest."""


class Wave(Input):
    """One fall of a rain."""

    after_seconds: Annotated[int, msgspec.Meta(ge=0, le=LIFE_SECONDS_MAX, examples=[0])]
    """After the packet opens."""
    lasts_seconds: Seconds
    split: Split


class Rain(Input, tag_field="form", tag="rain"):
    """红包雨: waves, each with money of its own; a shopper catches one share a wave."""

    waves: Annotated[list[Wave], msgspec.Meta(min_length=1, max_length=WAVES_MAX)]
    cap: Annotated[int, msgspec.Meta(ge=1, le=WAVES_MAX)] = WAVES_MAX
    """Shares of one shopper over all waves."""
    stagger_seconds: Annotated[int, msgspec.Meta(ge=0, le=60)] = 0
    """Each shopper's wave begins up to so much later, by chance, so that they do not all come in
    the same second."""


class FollowToOpen(Input, tag_field="form", tag="follow"):
    """Whoever follows an account opens a share; following no longer takes nothing back."""

    split: Split
    account_id: Id | None = None
    """Default: the brand's own."""


class WatchToOpen(Input, tag_field="form", tag="watch"):
    """In a film: opens for who could have watched it to a moment. By time, see `WatchCredits`: it
    does not prove that anybody looked."""

    split: Split
    video_id: Id
    at_ms: Annotated[int, msgspec.Meta(ge=0, le=WATCHED_MS_MAX, examples=[15_000])]
    """The moment, in the film. Whenever a timeline of the film is published that has a cue for the
    packet, it becomes that of the first such cue; once the packet is open, or opens within a
    minute, only an earlier one: who could open it still can."""


class PopUp(Input, tag_field="form", tag="popup"):
    """Shown to who enters the brand's page."""

    split: Split


class Attached(Input, tag_field="form", tag="attached"):
    """Carried by posts of the brand."""

    split: Split


class Draw(Input, tag_field="form", tag="draw"):
    """福袋: whoever enters in time takes part; winners are drawn at the end, from a seed whose hash
    everybody could see before."""

    split: Split


class Fission(Input, tag_field="form", tag="fission"):
    """裂变: a grab makes a link with shares set aside for it; each new helper opens one of them,
    and enlarges what the sharer gets."""

    links: Annotated[int, msgspec.Meta(ge=1, le=100_000, examples=[100])]
    base_minor: ShareMinor
    """What the sharer gets at once."""
    helpers: Annotated[int, msgspec.Meta(ge=1, le=20, examples=[5])]
    """Of one link."""
    helper_minor: ShareMinor
    """What each helper gets."""
    bonus_minor: ShareMinor
    """What the sharer gets for each helper."""
    helps_max: Annotated[int, msgspec.Meta(ge=1, le=100)] = 3
    """Links that one helper may help."""
    device_helps_max: Annotated[int, msgspec.Meta(ge=1, le=100)] = 3
    """Helps from one device."""


Rules = (
    Draw
    | Fission
    | Equal
    | Lucky
    | Passphrase
    | Rain
    | FollowToOpen
    | WatchToOpen
    | PopUp
    | Attached
)


class Window(NamedTuple):
    """When a pool's shares are to be had."""

    opens_ms: int
    closes_ms: int
    stagger_ms: int


FOLLOW = "follow"
"""The condition of following an account."""
WATCH = "watch"
"""The condition of having had the time to watch a film so far."""
KIND = "packet"
"""Of changes in the change log, and the first word of the kinds of transfers."""


class PacketStatus(StrEnum):
    """What SQL knows of a packet's life; whether it is open or sold out is decided live."""

    DRAFT = "draft"
    FUNDED = "funded"
    """Its money is set aside."""
    SCHEDULED = "scheduled"
    """It opens, or has opened, by the clock."""
    CLOSED = "closed"
    """No more grabs; what was granted is on its way into the ledger."""
    SETTLED = "settled"
    """The rest went back, if there was any: the books are closed."""
    CANCELLED = "cancelled"
    """It never opened; all money went back."""


class CloseReason(IntEnum):
    """Why a packet was closed."""

    DUE = 0
    """Its time was over."""
    ENDED = 1
    """The brand ended it."""
    CANCELLED = 2
    """The brand called it off before it opened."""


class PacketRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A packet's facts as of one version."""

    id: int
    brand_id: int
    live: bool
    form: str
    rules: Rules
    cap: int
    """Shares of one shopper over all pools."""
    seed: bytes
    commitment: str
    """The seed's hash, which everybody may see."""
    title: str
    thanks: str
    currency: str
    total_minor: int
    count: int
    status: PacketStatus
    paused: bool
    version: int
    announced_at: datetime | None
    opens_at: datetime | None
    closes_at: datetime | None
    ends_at: datetime | None
    """After this no grab can succeed: of a rain the end of its last wave, else its closing."""
    closed_at: datetime | None
    closed_claims: int | None
    closed_minor: int | None
    closed_entries: int | None
    returned_minor: int | None
    windows: Sequence[Window]
    """Of every pool; none before it is scheduled."""


class PacketCard(View, tag_field="type", tag="packet"):
    """What everybody may see of an announced packet; also what a post carries."""

    id: Id
    brand_id: Id
    form: str
    title: str
    total: Money
    count: int
    opens_at: Timestamp
    closes_at: Timestamp
    """From then on nobody gets a share: of a rain the end of its last wave."""


class AnnouncedPacket(PacketCard, tag_field="type", tag="packet"):
    """A packet in the list of what is on, with how it stands at this moment."""

    sold_out: bool


class Standings(Protocol):
    """How packets stand where they are opened; the floor above registers it."""

    async def sold_out(self, packets: Collection[PacketRecord]) -> Collection[int]:
        """Which of these packets have nothing left that a grab could get, now or later. What is
        not known for certain is not among them: missing is not empty."""
        ...


class Closing(msgspec.Struct, frozen=True):
    """What a closing decision said."""

    packet_id: int
    order: int
    closed_at: datetime
    claims: int
    granted_minor: int
    entries: int
    reason: CloseReason


class Packets(Protocol):
    """The packets, as far as others need them."""

    async def held(self, packet_id: int) -> PacketRecord | None:
        """This process's copy, read from SQL when missing; kept honest by the change log. Raises
        Unavailable when it may be more than ten seconds old: money is not given on hearsay."""
        ...

    async def record(
        self, session: AsyncSession, packet_id: int, *, lock: bool = False
    ) -> PacketRecord | None:
        """As SQL has it now."""
        ...

    async def managed(
        self, session: AsyncSession, actor: Actor, brand_id: int, packet_id: int, *, write: bool
    ) -> PacketRecord:
        """A packet of a brand the actor works for. Raises PacketNotFound, Forbidden."""
        ...

    async def shares(self, record: PacketRecord) -> Sequence[Sequence[int]]:
        """The amounts of every pool. Takes seconds for a million, in a thread."""
        ...

    def drawn(self, record: PacketRecord, entries: int) -> Sequence[int]:
        """Which of so many entries won, by their places, in the order of the shares."""
        ...

    async def cards(self, session: AsyncSession, ids: Collection[int]) -> dict[int, PacketCard]:
        """The cards of those that are scheduled, or were."""
        ...

    async def check_carried(
        self, session: AsyncSession, packet_id: int, brand_id: int | None, live: bool
    ) -> None:
        """Pass for a packet that posts of this brand, in this mode, may carry: one that is
        scheduled. Raises Invalid."""
        ...

    async def pop_ups(self, session: AsyncSession, brand_id: int, now: datetime) -> Collection[int]:
        """A brand's pop-up packets that are open by the clock, the newest first; a few."""
        ...

    async def unfinished(
        self, session: AsyncSession, now: datetime, after: int, limit: int
    ) -> Collection[int]:
        """Packets whose time is over and whose books are not closed, in the order of their ids."""
        ...

    async def ids_after(self, session: AsyncSession, after: int, limit: int) -> Collection[int]:
        """Packets that were ever scheduled, in the order of their ids: for audits."""
        ...

    async def close(self, tx: Transaction, closing: Closing) -> None:
        """A closing decision reached SQL. An older one than SQL holds changes nothing."""
        ...

    async def settle(self, tx: Transaction, packet_id: int, returned_minor: int) -> None:
        """The books are closed, and so much went back."""
        ...


class Condition(Protocol):
    """Something a shopper has to have done: asked before the decision, signed into a ticket."""

    async def holds(
        self, session: AsyncSession, shopper_id: int, target_id: int, measure: int
    ) -> bool:
        """Whether it is done, for this account, film or whatever it concerns; `measure` says how
        far, where there are degrees: milliseconds of a film."""
        ...

    async def knows(self, session: AsyncSession, target_id: int) -> bool:
        """Whether there is such an account, film or whatever it concerns."""
        ...

    async def most(self, session: AsyncSession, target_id: int) -> int | None:
        """The highest measure that can ever be met; None where that is not known."""
        ...


class Conditions(Protocol):
    """Where the floors above register what they can vouch for."""

    def add(self, name: str, condition: Condition) -> None:
        """`FOLLOW` and `WATCH` are two."""
        ...

    def find(self, name: str) -> Condition | None:
        """The condition of this name, if anybody registered it."""
        ...
