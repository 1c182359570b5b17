"""Grab against close: every history of a packet is one of grabs and closings in some single line.

Histories are recorded on real servers while connections are cut, so that some calls are never
answered, and checked by `history`.
"""

import asyncio
import random
import time
from collections.abc import Hashable, Sequence
from typing import NamedTuple

import pytest

from app.kernel.errors import AppError
from app.kernel.valkey.errors import ValkeyUnavailable
from app.kernel.valkey.scripts import Script
from games.claims import store
from games.claims.errors import PacketOver
from games.claims.settling.settler import CLOSE
from games.packets.interfaces import CloseReason, PacketRecord
from tests.games.claims.history import OPEN, Model, Recorded, is_linearizable
from tests.games.conftest import Fair
from tests.servers import Servers, Valkeys

SHARES = 24
RULES = {"form": "lucky", "count": SHARES, "totalMinor": 5_000}
END = "end"
SOMEBODY = 0


@pytest.fixture
def valkeys(servers: Servers) -> Valkeys:
    """Single servers, since their connections are cut."""
    return servers.singles


class Packet(NamedTuple):
    """A packet as one shopper after the other would find it."""

    owners: frozenset[tuple[int, int]] = frozenset()
    closed_with: int | None = None


def in_one_line(calls: Sequence[Recorded]) -> bool:
    """Whether a history is one of grabs and closings in some single line. Shoppers of whom nothing
    is known are all alike, with one share each at most; what somebody was told to have was nobody
    else's; and who was told of nothing never had anything, for nothing comes after that."""
    told = {c.asked: c.answer for c in calls if c.ended != OPEN and c.answer is not None}
    heard = {END, *(c.asked for c in calls if c.ended != OPEN)}
    unheard = {c.asked: c for c in sorted(calls, reverse=True) if c.asked not in heard}
    alike = [c for c in calls if c.asked in (END, *told) or c.ended != OPEN]
    alike += [c._replace(asked=SOMEBODY) for c in unheard.values()]
    shares = set(told.values())

    def possible(packet: Packet, asked: Hashable) -> tuple[Packet, object] | None:
        after, answer = step(packet, asked)
        if asked != END and after != packet and told.get(asked, answer) != answer:
            return None
        if asked != END and after != packet and asked not in told and answer in shares:
            return None
        return after, answer

    return is_linearizable(alike, Model(Packet(), possible))


def step(packet: Packet, asked: Hashable) -> tuple[Packet, object]:
    """A shopper is answered with a share, or with None where nothing is to be had; the end, with
    how many had one."""
    given = len(packet.owners)
    if asked == END:
        counted = given if packet.closed_with is None else packet.closed_with
        return packet._replace(closed_with=counted), counted
    for shopper, share in packet.owners:
        if shopper == asked != SOMEBODY:
            return packet, share
    if packet.closed_with is not None or given == SHARES:
        return packet, None
    assert isinstance(asked, int)
    return packet._replace(owners=packet.owners | {(asked, given)}), given


def call(began: float, ended: float, asked: Hashable, answer: object = None) -> Recorded:
    return Recorded(began, ended, asked, answer)


@pytest.mark.parametrize(
    ("calls", "holds"),
    [
        ([call(0, 1, 7, 0), call(2, 3, 8, 1), call(4, 5, 7, 0), call(6, 7, END, 2)], True),
        # at the same time, either may be first
        ([call(0, 9, 7, 1), call(1, 8, 8, 0), call(2, 7, END, 2), call(3, 9, 9, None)], True),
        ([call(0, 1, 7, 1), call(2, 3, 8, 0)], False),
        # one that was never answered took the first share, or none
        ([call(0, OPEN, 7), call(2, 3, 8, 1)], True),
        ([call(0, OPEN, 7), call(2, 3, 8, 0), call(4, 5, END, 1)], True),
        ([call(4, OPEN, 7), call(2, 3, 8, 1)], False),
        ([call(0, OPEN, END), call(2, 3, 8, None), call(4, 5, 9, None)], True),
        ([call(0, OPEN, END), call(2, 3, 8, None), call(4, 5, 9, 0)], False),
        ([call(0, 1, END, 0), call(2, 3, 8, 0)], False),
        ([call(0, 1, 8, 0), call(2, 3, END, 0)], False),
        ([call(0, 1, 8, 0), call(0, 1, 9, 0)], False),
        ([call(0, 1, 8, 0), call(2, 3, 8, 1)], False),
    ],
)
def test_the_checker_itself(calls: list[Recorded], holds: bool):
    assert in_one_line(calls) is holds


class Recorder:
    """Shoppers of one packet, somebody who ends it, and somebody who cuts connections."""

    def __init__(self, fair: Fair, record: PacketRecord, chance: random.Random) -> None:
        self.fair, self.record, self.chance = fair, record, chance
        self.calls: list[Recorded] = []

    async def run(self) -> list[Recorded]:
        crowds = (self.crowd(range(first, first + 3)) for first in range(1, 31, 3))
        await asyncio.gather(*crowds, self.end(), self.cut())
        decisions = await self.fair.decisions(str(self.record.id))
        mine = [each for each in decisions if int(each.fields["packet"]) == self.record.id]
        (closing,) = [each for each in mine if each.kind == CLOSE]
        counted = int(closing.fields["claims"])
        return [c._replace(answer=counted) if c.asked == END else c for c in self.calls]

    async def crowd(self, shoppers: range) -> None:
        """They come in the same turn, so one run of the script decides about all of them."""
        for _ in range(2):
            await asyncio.sleep(self.chance.random() * 0.03)
            await asyncio.gather(*map(self.shopper, shoppers))

    async def shopper(self, number: int) -> None:
        began, ended, share = time.monotonic(), OPEN, None
        try:
            grant = await self.fair.give(self.record, number)
        except PacketOver:
            ended = time.monotonic()
        except AppError:
            pass
        else:
            ended = time.monotonic()
            share = None if grant is None else grant.share
        self.calls.append(Recorded(began, ended, number, share))

    async def end(self) -> None:
        await asyncio.sleep(0.005 + self.chance.random() * 0.02)
        ended = OPEN
        while ended == OPEN:
            began = time.monotonic()
            try:
                await self.fair.claims.close(self.record.id, CloseReason.ENDED)
                ended = time.monotonic()
            except ValkeyUnavailable:
                await asyncio.sleep(0.002)
            self.calls.append(Recorded(began, ended, END, None))

    async def cut(self) -> None:
        with self.fair.cutting() as cut:
            for _ in range(12):
                await asyncio.sleep(self.chance.random() * 0.008)
                await asyncio.to_thread(cut)


async def histories(fair: Fair, count: int) -> list[list[Recorded]]:
    shop = await fair.rich_shop()
    found: list[list[Recorded]] = []
    for seed in range(count):
        packet_id = await fair.open(shop, RULES)
        await fair.claims.warm(int(packet_id))
        recorder = Recorder(fair, await fair.record(packet_id), random.Random(seed))
        found.append(await recorder.run())
    return found


async def test_grabs_and_closings_are_in_one_line(fair: Fair):
    found = await histories(fair, 8)
    assert any(each.ended == OPEN for calls in found for each in calls), "nothing was cut off"
    assert any(each.answer is None and each.ended != OPEN for calls in found for each in calls)
    for calls in found:
        assert in_one_line(calls), sorted(calls)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (
            "_GRAB",
            "if closed == '1' then\n    return function",
            "if false then\n    return function",
        ),
        ("_CLOSE", "'claims', known[5]", "'claims', math.max(known[5] - 1, 0)"),
        ("_GRAB", "known[7 + at] or refusal(at)", "refusal(at)"),
        ("_GRAB", "amount }, found + 1", "amount }, found"),
    ],
    ids=["gives after the end", "counts one less", "gives twice", "gives two together one"],
)
async def test_a_planted_bug_has_no_such_line(
    fair: Fair, monkeypatch: pytest.MonkeyPatch, name: str, old: str, new: str
):
    script: Script = vars(store)[name]
    assert script.source.count(old) == 1
    planted = Script("planted", script.source.replace(old, new), script.refusals)
    monkeypatch.setattr(store, name, planted)
    found = await histories(fair, 4)
    assert not all(in_one_line(calls) for calls in found), f"nobody noticed: {new}"
