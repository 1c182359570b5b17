"""The red packets of the demo festival: a rain every ten minutes, a phrase, a fission, and packets
in posts. They are made anew each week, and rains three days ahead, whenever the demo is loaded."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, cast

from app.composition import Composed
from app.demo.steps import OPERATOR, Step
from app.identity.interfaces import Actor, ActorKind, Role
from app.kernel.database import Transaction
from app.kernel.structs import Id, Timestamp
from campaigns.ledger.interfaces import Ledger, Transfer, budget, platform
from feeds.posts.interfaces import PostKind
from feeds.posts.schemas import PacketAttachment, PostCreate
from feeds.posts.service import PostService
from games.packets.interfaces import Attached, Equal, Fission, Lucky, Passphrase, Rain, Rules, Wave
from games.packets.schemas import PacketCreate, PacketSchedule
from games.packets.service import PacketService

RAIN_EVERY = timedelta(minutes=10)
_WAVES = 48
_SLOT = RAIN_EVERY * _WAVES
"""One packet rains for eight hours."""
_SLOTS_AHEAD = 9
_WAVE_SECONDS = 40
_WEEK = timedelta(days=7)
_MONEY_MINOR = 20_000_000
_THANKS = "谢谢你来逛狂欢城，祝你手气常红！"


class Treat(NamedTuple):
    """A packet of the week, and the post that tells of it."""

    title: str
    rules: Rules
    post: str
    attached: bool


class Host(NamedTuple):
    """A brand that gives: its account, who publishes for it, and pictures for its posts."""

    account_id: int
    owner_id: int
    picture_ids: list[int]


_PHRASE = "狂欢城新年快乐"
_TREATS: tuple[Treat, ...] = (
    Treat(
        "说出口令拆红包",
        Passphrase(
            phrase=_PHRASE,
            split=Lucky(count=2_000, total_minor=600_000, min_minor=18, max_minor=2_018),
        ),
        f"口令红包来了！点开红包，输入「{_PHRASE}」，手慢无。#口令红包",
        True,
    ),
    Treat(
        "叫上好友一起拆",
        Fission(links=300, base_minor=88, helpers=5, helper_minor=66, bonus_minor=58),
        "拆开红包，分享链接，好友帮你越拆越大，每位帮手也有份。#裂变红包",
        True,
    ),
    Treat(
        "拼手气红包",
        Attached(split=Lucky(count=1_000, total_minor=300_000, min_minor=8, max_minor=8_888)),
        "今天人人有机会：一千个拼手气红包，最大 88.88 元！#拼手气",
        True,
    ),
    Treat(
        "见者有份",
        Attached(split=Equal(count=1_500, each_minor=88)),
        "开门红，见者有份，每人 0.88 元，先到先得。#开门红",
        True,
    ),
)


async def give(composed: Composed, step: Step, hosts: Mapping[str, Host]) -> None:
    """Everything of this week and of the coming days that is not there yet."""
    fortune = _Fortune(composed, step)
    now = composed.house.clock.now()
    week = _start_of(now, _WEEK)
    order = sorted(hosts)
    for key in order:
        await fortune.top_up(key, hosts[key], week)
    for number, treat in enumerate(_TREATS):
        key = order[number % len(order)]
        await fortune.treat(f"{key} {number} {week:%Y%m%d}", hosts[key], treat)
    first = _start_of(now, _SLOT)
    for number in range(_SLOTS_AHEAD):
        await fortune.rain(order[0], hosts[order[0]], first + number * _SLOT, now)


class _Fortune:
    """The steps, with the services that brands use as well."""

    def __init__(self, composed: Composed, step: Step) -> None:
        self._step = step
        self._ledger = composed.house.doors.get(Ledger)
        self._packets = cast("PacketService", composed.service("packets"))
        self._publishing = cast("PostService", composed.service("publishing"))

    async def top_up(self, key: str, host: Host, week: datetime) -> None:
        """Money for the week."""
        transfer = Transfer(
            f"demo:topup:{key}:{week:%Y%m%d}",
            "topup",
            platform("CNY"),
            budget(host.account_id, "CNY"),
            _MONEY_MINOR,
        )

        async def pay(tx: Transaction) -> None:
            await self._ledger.post(tx, [transfer])

        await self._step(f"money {key} {week:%Y%m%d}", pay)

    async def treat(self, name: str, host: Host, treat: Treat) -> None:
        """A packet that opens now, in a post of its brand."""

        async def make(tx: Transaction) -> int:
            times = PacketSchedule(closes_at=Timestamp.of(datetime.now(UTC) + _WEEK))
            packet_id = await self._open(tx, host, treat.title, treat.rules, times)
            body = PostCreate(
                kind=PostKind.PICTURES,
                account_id=Id(host.account_id),
                text=treat.post,
                picture_ids=[Id(each) for each in host.picture_ids[:1]],
                attachment=PacketAttachment(packet_id=Id(packet_id)),
            )
            await self._publishing.create(tx, _publisher(host), body)
            return packet_id

        await self._step(f"packet {name}", make)

    async def rain(self, key: str, host: Host, begins: datetime, now: datetime) -> None:
        """Eight hours of waves from a moment on; of hours that have begun, what is left."""
        every = int(RAIN_EVERY.total_seconds())
        opens = max(begins, _start_of(now, RAIN_EVERY) + RAIN_EVERY)
        count = (begins + _SLOT - opens) // RAIN_EVERY
        if count < 1:
            return
        split = Lucky(count=300, total_minor=9_000, min_minor=1, max_minor=888)
        waves = [
            Wave(after_seconds=number * every, lasts_seconds=_WAVE_SECONDS, split=split)
            for number in range(count)
        ]
        times = PacketSchedule(
            opens_at=Timestamp.of(opens),
            closes_at=Timestamp.of(begins + _SLOT),
            announced_at=Timestamp.of(max(now, opens - RAIN_EVERY)),
        )

        async def make(tx: Transaction) -> int:
            rules = Rain(waves=waves, stagger_seconds=2)
            return await self._open(tx, host, "整点红包雨", rules, times)

        await self._step(f"rain {key} {begins:%Y%m%d%H}", make)

    async def _open(
        self, tx: Transaction, host: Host, title: str, rules: Rules, times: PacketSchedule
    ) -> int:
        brand_id = host.account_id
        body = PacketCreate(title=title, rules=rules, thanks=_THANKS)
        packet = await self._packets.create(tx, OPERATOR, brand_id, body)
        await self._packets.fund(tx, OPERATOR, brand_id, int(packet.id), dry_run=False)
        await self._packets.schedule(tx, OPERATOR, brand_id, int(packet.id), times)
        return int(packet.id)


def _publisher(host: Host) -> Actor:
    return Actor(
        kind=ActorKind.MEMBER, id=host.owner_id, brand_id=host.account_id, role=Role.OWNER.value
    )


def _start_of(moment: datetime, span: timedelta) -> datetime:
    """When the present span began, counted from the year 2001."""
    origin = datetime(2001, 1, 1, tzinfo=UTC)
    return moment - (moment - origin) % span
