"""The films of the demo festival: slide shows of the brands' products, one for each template.

They are ordered when the festival is loaded and made behind, by jobs. Each is published with its
timeline, and shown in a post, as soon as it is ready; one that takes too long when the demo is
loaded again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final, NamedTuple, cast

from app.composition import Composed
from app.demo.fortune import Host
from app.demo.models import DemoStep
from app.demo.steps import Step
from app.identity.interfaces import Actor, ActorKind, Role
from app.kernel.database import Transaction
from app.kernel.money import AmountOff, Sum
from app.kernel.structs import Currency, Id, Timestamp
from campaigns.benefits.schemas import CouponCreate
from campaigns.benefits.service import CouponService
from feeds.posts.interfaces import PostKind
from feeds.posts.schemas import PostCreate, VideoAttachment
from feeds.posts.service import PostService
from games.polls.schemas import PollCreate
from games.polls.service import PollService
from media.studio.schemas import FilmSize, SlideshowCreate
from media.studio.service import StudioService
from media.timelines.interfaces import CueKind, Timelines
from media.timelines.schemas import CueInput, TimelineSave
from media.timelines.service import TimelineService
from media.videos.interfaces import Videos, VideoState
from media.videos.showing.publishing import Publishing

_PRODUCTS_MAX: Final = 4
_YUAN: Final = Currency("CNY")
_OFFERED: Final = timedelta(days=365)
_ASKED: Final = timedelta(days=30)
_POLL_MS: Final = 15_000
_LOOKS_MAX: Final = 450
_LOOK_SECONDS: Final = 2
_NEVER: Final = (VideoState.REFUSED, VideoState.FAILED)


class Asked(NamedTuple):
    """What a film asks who watches it."""

    question: str
    options: tuple[str, ...]


class Reel(NamedTuple):
    """A film: who shows its products, how, what the post says, and the coupon it offers and the
    question it asks, if any."""

    player: str
    template: str
    title: str
    post: str
    coupon: str | None
    poll: Asked | None


REELS: Final[tuple[Reel, ...]] = (
    Reel(
        "noodles",
        "festive",
        "一碗好面 今晚开抢",
        "三代手艺，一口热汤。#一碗好面# #狂欢城#",
        "热汤满50减10",
        None,
    ),
    Reel(
        "home",
        "gallery",
        "让家慢慢变成自己的样子",
        "一盏灯，一个角落。#我的角落#",
        None,
        Asked("先给家里添哪一样？", ("一盏灯", "一把椅子", "一块毯子")),
    ),
    Reel("audio", "night", "听见细节", "戴上，世界就安静了。#听见细节#", None, None),
)


async def order(
    composed: Composed, step: Step, hosts: Mapping[str, Host], products: Mapping[str, Sequence[int]]
) -> None:
    """Ask the studio for every film that was not asked for."""
    studio = cast("StudioService", composed.service("studio"))
    for reel in REELS:
        host, sold = hosts.get(reel.player), products.get(reel.player, ())
        if host is None or not sold:
            continue
        body = SlideshowCreate(
            product_ids=[Id(each) for each in sold[:_PRODUCTS_MAX]],
            template=reel.template,
            title=reel.title,
            size=FilmSize.HD,
        )

        async def ask(tx: Transaction, host: Host = host, body: SlideshowCreate = body) -> int:
            work = await studio.slideshow(tx, _owner(host), host.account_id, body)
            return int(work.id)

        await step(f"film {reel.player}", ask)


async def premiere(composed: Composed, step: Step, hosts: Mapping[str, Host]) -> None:
    """Show every film once it is ready, for as long as somebody may wait for it."""
    for _ in range(_LOOKS_MAX):
        if not await show(composed, step, hosts):
            return
        await asyncio.sleep(_LOOK_SECONDS)


async def show(composed: Composed, step: Step, hosts: Mapping[str, Host]) -> int:
    """Publish the films that are ready, each with its timeline and a post of its own. Returns how
    many are still being made."""
    coming = 0
    house = composed.house
    screenings = cast("Publishing", composed.service("screenings"))
    posts = cast("PostService", composed.service("publishing"))
    for reel in REELS:
        host = hosts.get(reel.player)
        async with house.database.reading() as session:
            ordered = await session.get(DemoStep, f"film {reel.player}")
            if host is None or ordered is None or ordered.made_id is None:
                continue
            studio = cast("StudioService", composed.service("studio"))
            work = await studio.work(session, _owner(host), ordered.made_id)
            video_id = int(work.video_id) if work.video_id is not None else 0
            record = await house.doors.get(Videos).get(session, video_id)
        if record is None or record.state is not VideoState.READY:
            is_lost = record.state in _NEVER if record is not None else work.state == "failed"
            coming += not is_lost
            continue

        async def screen(
            tx: Transaction, reel: Reel = reel, host: Host = host, video_id: int = video_id
        ) -> int:
            actor = _owner(host)
            if reel.coupon is not None:
                await _offer(composed, tx, host, video_id, reel.coupon)
            if reel.poll is not None:
                await _ask(composed, tx, host, video_id, reel.poll)
            await house.doors.get(Timelines).publish(tx, actor, video_id)
            await screenings.publish(tx, actor, video_id)
            attachment = VideoAttachment(video_id=Id(video_id))
            body = PostCreate(
                kind=PostKind.NEWS,
                account_id=Id(host.account_id),
                text=reel.post,
                attachment=attachment,
            )
            made = await posts.create(tx, actor, body)
            return int(made.post.id)

        await step(f"screening {reel.player}", screen)
    return coming


async def _offer(
    composed: Composed, tx: Transaction, host: Host, video_id: int, title: str
) -> None:
    """A coupon of the brand, and its cue in the middle of the film."""
    coupons = cast("CouponService", composed.service("coupons"))
    actor, now = _owner(host), composed.house.clock.now()
    terms = CouponCreate(
        title=title,
        discount=AmountOff(amount=Sum(amount_minor=1_000, currency=_YUAN)),
        minimum=Sum(amount_minor=5_000, currency=_YUAN),
        count=10_000,
        collect_until=Timestamp.of(now + _OFFERED),
        valid_days=30,
    )
    coupon = await coupons.create(tx, actor, host.account_id, terms)
    await _put(composed, tx, host, video_id, CueKind.COUPON, str(coupon.id))


async def _ask(composed: Composed, tx: Transaction, host: Host, video_id: int, poll: Asked) -> None:
    """A poll of the brand, and its cue in the middle of the film."""
    polls = cast("PollService", composed.service("polls"))
    body = PollCreate(
        question=poll.question,
        options=list(poll.options),
        closes_at=Timestamp.of(composed.house.clock.now() + _ASKED),
    )
    made = await polls.create(tx, _owner(host), host.account_id, body)
    await _put(composed, tx, host, video_id, CueKind.POLL, str(made.id), _POLL_MS)


async def _put(
    composed: Composed,
    tx: Transaction,
    host: Host,
    video_id: int,
    kind: CueKind,
    ref: str,
    lasts_ms: int | None = None,
) -> None:
    """One more cue in the middle of the film's draft."""
    timelines = cast("TimelineService", composed.service("timelines"))
    actor = _owner(host)
    draft = await timelines.edited(tx.session, actor, video_id)
    at = draft.duration_ms // 2
    until = None if lasts_ms is None else min(at + lasts_ms, draft.duration_ms)
    cue = CueInput(at=at, until=until, kind=kind, ref=ref)
    there = [
        CueInput(
            id=each.id,
            at=each.at,
            until=each.until,
            kind=each.kind,
            ref=each.ref or "",
            position=each.position,
            text=each.text,
        )
        for each in draft.cues
    ]
    body = TimelineSave(revision=draft.revision, cues=[*there, cue])
    await timelines.save(tx, actor, video_id, body)


def _owner(host: Host) -> Actor:
    return Actor(
        kind=ActorKind.MEMBER, id=host.owner_id, brand_id=host.account_id, role=Role.OWNER.value
    )
