"""The bodies of the shopper's routes, and the brand's figures."""

from typing import Annotated

import msgspec

from app.kernel.money import Money
from app.kernel.structs import Id, Input, Timestamp, View
from app.kernel.tickets import TICKET_CHARS_MAX

Ticket = Annotated[str, msgspec.Meta(max_length=TICKET_CHARS_MAX)]


class GrabCreate(Input):
    """Opening a packet. The ticket comes with the packet's view."""

    ticket: Ticket
    wave: Annotated[int, msgspec.Meta(ge=0, le=255)] | None = None
    """Of a rain; default: the present one, by the servers' clock."""
    phrase: Annotated[str, msgspec.Meta(max_length=80)] | None = None
    """Of a passphrase packet."""


class RestoreCreate(Input):
    """A receipt of an earlier grab."""

    receipt: Ticket


class ClaimView(View):
    """A share that the caller has."""

    packet_id: Id
    wave: int
    share: int
    """Its number, from 1."""
    amount: Money
    receipt: str
    """Signed: keep it. Should the servers ever forget this share, it brings it back."""
    link: str | None
    """Of a fission: what the sharer passes on to helpers."""


class GrabView(View):
    """What came of it."""

    outcome: str
    """`granted`, `sold_out`, or for a draw `entered`."""
    claim: ClaimView | None
    entry: int | None
    """The number with which one takes part in a draw, from 1."""
    receipt: str | None = None
    """Of an entry. Signed: should the servers forget it, it brings it back."""


class DrawView(View):
    """What proves that a draw is fair."""

    commitment: str
    """SHA-256 of the seed, in hexadecimal; the same before and after."""
    seed: str | None
    """In hexadecimal, once the winners are drawn."""
    entries: int
    entry: int | None
    """The caller's own number, from 1."""


class LinkView(View):
    """A sharer's link, as its helpers see it."""

    packet_id: Id
    sharer_id: Id
    sharer_name: str
    helped: int
    """How many have helped so far."""
    helpers: int
    """How many it takes."""
    helper_amount: Money
    bonus: Money
    """What the sharer gets for each."""
    own: bool
    """Whether the caller is the sharer."""


Device = Annotated[str, msgspec.Meta(min_length=8, max_length=80)]
LinkCode = Annotated[str, msgspec.Meta(min_length=8, max_length=TICKET_CHARS_MAX)]


class HelpCreate(Input):
    """Wanting to help, and helping with what was set aside."""

    link: LinkCode
    device: Device
    """Names the device, for its limit: any text that stays the same there."""


class ReservationView(View):
    """A share that is set aside for the caller."""

    until: Timestamp | None
    """None when it was given up, or opened already."""
    claim: ClaimView | None
    """The help that was given already."""


class WaveView(View):
    """A time in which shares are to be had."""

    wave: int
    opens_at: Timestamp
    closes_at: Timestamp
    enters_at: Timestamp
    """When it begins for the caller: entry is staggered."""
    count: int
    sold_out: bool
    """Whether somebody has all of its shares."""


class ConditionView(View):
    """What has to be done before the packet opens."""

    kind: str
    """`follow` an account, or `watch` a film."""
    target_id: Id
    at_ms: int | None
    """How far to watch, in milliseconds of the film."""
    met: bool


class PacketView(View):
    """A packet as the caller sees it now."""

    id: Id
    brand_id: Id
    form: str
    title: str
    thanks: str
    total: Money
    count: int
    cap: int
    """Shares that one shopper may have; helping friends aside."""
    status: str
    """`upcoming`, `open`, `paused`, `sold_out`, `closed` or `cancelled`. What is sold out or
    closed gives nobody a share any more; `closed` as soon as the last wave of a rain is over."""
    opened: int
    """Shares that somebody has."""
    now: Timestamp
    """The servers' clock, for the countdown."""
    opens_at: Timestamp
    closes_at: Timestamp
    waves: list[WaveView]
    condition: ConditionView | None
    draw: DrawView | None
    ticket: str | None
    """What a grab takes; None for nobody, when the condition is not met and when it is over."""
    ticket_seconds: int
    """How long it is good for."""
    mine: list[ClaimView]


class PopUpView(View):
    """What pops up, if anything does."""

    packet: PacketView | None


class ResultItem(View):
    """Who got what."""

    shopper_id: Id
    name: str
    wave: int
    amount: Money
    claimed_at: Timestamp
    best: bool
    """The largest share so far: best luck, where not all are of one size."""


class FiguresView(View):
    """What happens with a packet, live."""

    packet_id: Id
    status: str
    funded: Money
    granted: Money
    opened: int
    remaining: Money
    refunded: Money
    unsettled: Money
    """Granted, and on its way into the ledger."""
    lost: Money
    """Paid twice across a loss of live state, by the platform."""
