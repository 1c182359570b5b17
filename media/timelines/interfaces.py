"""The doors of timelines for other slices, and what it asks of those above."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actors import Actor
from app.kernel.database import Transaction
from app.kernel.money import Discount, Money
from app.kernel.structs import ID_MAX, Id, Timestamp, View
from media.images.interfaces import ImageView


class CueKind(StrEnum):
    """What happens at a moment."""

    PRODUCT = "product"
    """`ref` is a product's id."""
    PACKET = "packet"
    """`ref` is the id of a scheduled packet."""
    COUPON = "coupon"
    """`ref` is a coupon's id."""
    POLL = "poll"
    """`ref` is a poll's id."""
    CHAPTER = "chapter"
    """`text` is the part's title; nothing to refer to."""
    LINK = "link"
    """`ref` is an https address, or a path of this house."""


class CuePosition(StrEnum):
    """Where on the picture."""

    TOP_LEFT = "top_left"
    TOP_RIGHT = "top_right"
    CENTER = "center"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM_RIGHT = "bottom_right"


class Cue(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happens between two moments of the film itself: rolls never shift it."""

    id: int
    """Stays the same from version to version: what a cue earned is counted by it."""
    at: int
    """Milliseconds from the film's beginning."""
    until: int
    kind: CueKind
    ref: str
    position: CuePosition
    text: str


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """One published version; it never changes."""

    video_id: int
    version: int
    cues: tuple[Cue, ...]
    """By time."""
    pre_roll: int | None
    """The id of a video shown before the film."""
    post_roll: int | None

    def within(self, duration_ms: int) -> tuple[Cue, ...]:
        """The cues that a film of this length reaches, none of them longer than it: a film may
        have been replaced by a shorter one since."""
        return tuple(
            each if each.until <= duration_ms else msgspec.structs.replace(each, until=duration_ms)
            for each in self.cues
            if each.at < duration_ms
        )


class ProductTarget(View, tag_field="type", tag="product"):
    """A product at the time of asking."""

    id: Id
    title: str
    price: Money
    original_price: Money | None
    image: ImageView | None
    link: str | None
    stock: str
    """in_stock, low or sold_out."""


class PacketTarget(View, tag_field="type", tag="packet"):
    """A packet as it was announced."""

    id: Id
    title: str
    form: str
    total: Money
    count: int
    opens_at: Timestamp
    closes_at: Timestamp


class CouponLeft(StrEnum):
    """How many are still to be collected."""

    IN_STOCK = "in_stock"
    LOW = "low"
    SOLD_OUT = "sold_out"


class CouponTarget(View, tag_field="type", tag="coupon"):
    """A coupon at the time of asking."""

    id: Id
    title: str
    discount: Discount
    minimum: Money | None
    """What has to be spent; None for anything."""
    left: CouponLeft
    collect_from: Timestamp
    collect_until: Timestamp


class PollTargetOption(View):
    """One of a poll's answers."""

    id: Id
    text: str


class PollTarget(View, tag_field="type", tag="poll"):
    """What a poll asks. How its votes stand is another question for each viewer."""

    id: Id
    question: str
    options: list[PollTargetOption]
    results: str
    """From when on the counts are shown: always, after_vote or after_close."""
    state: str
    """scheduled, open or closed, at this moment."""
    opens_at: Timestamp
    closes_at: Timestamp


CueTarget = ProductTarget | PacketTarget | CouponTarget | PollTarget


class CueView(View):
    """A cue as clients see it."""

    id: Id
    at: int
    """Milliseconds from the film's beginning, whatever roll is shown before."""
    until: int
    kind: CueKind
    ref: str | None
    position: CuePosition
    text: str
    target: CueTarget | None
    """What `ref` means at this moment, with price and stock. Null for kinds that mean nothing
    beyond their text and `ref`, and in drafts for what is gone."""


class RollView(View):
    """A film before or after the film."""

    video_id: Id
    title: str
    duration_ms: int | None
    hls: str


class TimelineView(View):
    """What happens when in a video."""

    video_id: Id
    version: int
    """0 before anything was published."""
    duration_ms: int | None
    cues: list[CueView]
    """By time. What cannot be had any more is left out; what is sold out says so."""
    pre_roll: RollView | None
    post_roll: RollView | None


class CueOwner(msgspec.Struct, frozen=True, kw_only=True):
    """For whom a cue is drafted: a brand, or a shopper."""

    id: int
    by_shopper: bool
    live: bool


class CueTargets(Protocol):
    """What cues of one kind point to. The slice that owns the things registers it."""

    async def missing(
        self, session: AsyncSession, refs: Collection[str], owner: CueOwner
    ) -> Mapping[str, str]:
        """Those that cues of this owner may not point to, and why, in words for the brand."""
        ...

    async def shown(self, session: AsyncSession, refs: Collection[str]) -> Mapping[str, CueTarget]:
        """What they mean at this moment; without those that cannot be shown."""
        ...


def ref_id(ref: str) -> int:
    """The id that a `ref` is, written as ids are; 0 for what is none."""
    number = int(ref) if ref.isascii() and ref.isdigit() and len(ref) <= 19 else 0
    return number if number <= ID_MAX and str(number) == ref else 0


def ref_ids(refs: Collection[str]) -> list[int]:
    """The ids among them."""
    return [id_ for ref in refs if (id_ := ref_id(ref))]


class CueKinds(Protocol):
    """Where the floors above say what cues of a kind point to. Chapters and links need nobody to
    speak for them; of any other kind without a speaker nothing exists, and its cues are refused."""

    def add(self, kind: CueKind, targets: CueTargets) -> None:
        """Once for each kind, while being wired."""
        ...


class CueDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A cue that another slice drafts."""

    at: int
    until: int
    kind: CueKind
    ref: str = ""
    position: CuePosition = CuePosition.BOTTOM_LEFT
    text: str = ""


class Timelines(Protocol):
    """What other slices do with timelines."""

    async def current(self, session: AsyncSession, video_id: int) -> int:
        """The version that is published; 0 for none."""
        ...

    async def version(self, session: AsyncSession, video_id: int, version: int) -> Timeline | None:
        """A published version, old or new."""
        ...

    async def view(
        self, session: AsyncSession, video_id: int, version: int, duration_ms: int | None
    ) -> TimelineView:
        """What clients show of a version, with everything as it is at this moment. The caller has
        checked that the video may be seen."""
        ...

    async def draft(self, tx: Transaction, video_id: int, cues: Sequence[CueDraft]) -> None:
        """Replace the draft, for films whose cues are known when they are made. Raises Invalid."""
        ...

    async def publish(self, tx: Transaction, actor: Actor, video_id: int) -> int:
        """Publish the draft as it is. Returns the version. Raises Invalid, TimelineNotFound."""
        ...
