"""The live Valkey's disk: what an append-only file that ends anywhere still holds, and a full one.

These run on a live Valkey of their own, and on grabs without a worker: everything acknowledged is
in the file and nowhere else.
"""

import asyncio
import os
import random
import resource
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from app.kernel.embedded.process import Running, free_ports
from app.kernel.embedded.valkey import ValkeyServer
from app.kernel.errors import Unavailable
from app.kernel.valkey.decisions import Decision, stream_key
from app.kernel.valkey.keys import BUCKETS
from campaigns.ledger.interfaces import AccountKind
from games.claims.interfaces import Grant
from tests.faults.tracing import Fsyncs, Synced
from tests.games.conftest import Fair
from tests.servers import Servers, Valkeys

LUCKY = {"form": "lucky", "count": 2_000, "totalMinor": 400_000}
Held = dict[tuple[int, int], Decision]
"""By packet and order."""


class Told(NamedTuple):
    """A share that somebody was told to have, and when."""

    at: float
    packet: int
    shopper: int
    grant: Grant


@pytest.fixture
def own_live(tmp_path: Path) -> Iterator[tuple[ValkeyServer, Running]]:
    """A live Valkey that a test may ruin."""
    (port,) = free_ports(1)
    server = ValkeyServer(
        kind="live", folder=tmp_path / "live", port=port, password=secrets.token_hex(8)
    )
    program = server.prepare()
    # to exceed a file's size limit is then an error like a full disk, and not a signal
    shell = ("/bin/sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh")
    program = msgspec.structs.replace(program, argv=(*shell, *program.argv))
    running = Running(program, tmp_path / "live.log")
    running.start()
    running.wait_until(server.ready)
    yield server, running
    running.kill()


@pytest.fixture
def valkeys(own_live: tuple[ValkeyServer, Running], servers: Servers) -> Valkeys:
    return Valkeys(own_live[0].url, servers.cache.url)


class Crowd:
    """Shoppers who grab, each packet once, until the server is gone."""

    def __init__(self, fair: Fair) -> None:
        self.fair = fair
        self.told: list[Told] = []
        self.unanswered: set[tuple[int, int]] = set()
        self.over = False

    async def grab(self, packet_id: str, shopper: int) -> None:
        record = await self.fair.record(packet_id)
        try:
            grant = await self.fair.give(record, shopper)
        except Unavailable:
            self.unanswered.add((record.id, shopper))
            return
        assert grant is not None
        self.told.append(Told(time.monotonic(), record.id, shopper, grant))

    async def rush(self, packet_ids: list[str], shoppers: range) -> None:
        """Everybody wants one of each; so many at once."""
        turns = asyncio.Semaphore(40)

        async def one(packet_id: str, shopper: int) -> None:
            async with turns:
                if not self.over:
                    await self.grab(packet_id, shopper)

        wanted = [(packet_id, shopper) for shopper in shoppers for packet_id in packet_ids]
        await asyncio.gather(*(one(*each) for each in wanted))


def file_of(server: ValkeyServer) -> Path:
    """The part of the append-only file that grows."""
    (found,) = (server.folder / "appendonlydir").glob("*.incr.aof")
    return found


def held_by(server: ValkeyServer, folder: Path, size: int) -> Held:
    """The decisions that a server finds in a copy of the file cut at `size`."""
    (port,) = free_ports(1)
    copy = msgspec.structs.replace(server, folder=folder, port=port)
    shutil.copytree(server.folder, folder)
    os.truncate(file_of(copy), size)
    running = copy.start(folder.with_suffix(".log"))
    try:
        found: Held = {}
        for bucket in range(BUCKETS):
            for entry_id, fields in copy.call("XRANGE", stream_key(bucket), "-", "+"):
                flat = [x for pair in fields.items() for x in pair] if fields else []
                decision = Decision.read(bucket, entry_id, flat)
                found[int(decision.fields["packet"]), decision.order] = decision
        return found
    finally:
        running.kill()
        shutil.rmtree(folder)


def missing(told: list[Told], held: Held) -> list[Told]:
    """What somebody was told and the server does not know, or knows otherwise."""
    gone: list[Told] = []
    for each in told:
        decision = held.get((each.packet, each.grant.order))
        fields = decision.fields if decision is not None else {}
        have = tuple(int(fields.get(name, -1)) for name in ("packet", "shopper", "share", "amount"))
        if have != (each.packet, each.shopper, each.grant.share, each.grant.amount_minor):
            gone.append(each)
    return gone


def cuts_of(synced: list[Synced], cuts: int, chance: random.Random) -> list[tuple[int, float]]:
    """(bytes, moment): files that end at an fsync or anywhere before the next one, each with the
    moment until which nobody was told more than it holds."""
    found = [(synced[-1].size, float("inf"))]
    for at in chance.sample(range(len(synced) - 1), cuts - 1):
        size, following = synced[at].size, synced[at + 1]
        found.append((chance.randint(size, following.size), following.at))
    return found


@pytest.mark.parametrize(
    ("answers", "cuts"), [(150, 3), pytest.param(700, 8, marks=pytest.mark.faults)]
)
async def test_a_file_cut_anywhere_holds_all_that_was_acknowledged(
    fair: Fair,
    own_live: tuple[ValkeyServer, Running],
    tmp_path: Path,
    answers: int,
    cuts: int,
):
    server, running = own_live
    shop = await fair.rich_shop(2_000_000)
    packet_ids = [await fair.open(shop, LUCKY) for _ in range(3)]
    await asyncio.gather(*(fair.claims.warm(int(each)) for each in packet_ids))
    watched = Fsyncs(running.pid, file_of(server))
    watched.start()
    crowd = Crowd(fair)
    rush = asyncio.create_task(crowd.rush(packet_ids, range(1, 1_000)))
    while len(crowd.told) < answers:
        await asyncio.sleep(0.01)
        assert not rush.done(), "everybody was served before the end"
    watched.kill()
    crowd.over = True
    await rush
    told, synced = list(crowd.told), watched.seen
    assert crowd.unanswered
    chance = random.Random(1)
    for number, (size, moment) in enumerate(cuts_of(synced, cuts, chance)):
        held = await asyncio.to_thread(held_by, server, tmp_path / f"cut-{number}", size)
        gone = missing([each for each in told if each.at < moment], held)
        assert not gone, f"{len(gone)} of {len(told)} gone at {size} bytes, such as {gone[0]}"
    os.truncate(file_of(server), synced[-1].size)
    await _up_again(fair, running)
    await _pays(fair, crowd)
    for packet_id in packet_ids:
        await fair.act(shop, packet_id, "end")
    await fair.town.settle()
    await _sums(fair, packet_ids)


async def test_a_full_disk_acknowledges_nothing_and_loses_nothing(
    fair: Fair, own_live: tuple[ValkeyServer, Running]
):
    server, running = own_live
    shop = await fair.rich_shop(2_000_000)
    people = [await fair.town.shopper() for _ in range(3)]
    packet_id = await fair.open(shop, LUCKY)
    tickets = [(await fair.view(packet_id, who))["ticket"] for who in people]
    crowd = Crowd(fair)
    await crowd.rush([packet_id], range(1, 50))
    room = file_of(server).stat().st_size + 4_000
    resource.prlimit(running.pid, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    await crowd.rush([packet_id], range(50, 200))
    assert crowd.unanswered, "the disk never was full"
    answers = [
        await fair.ask_grab(packet_id, who, ticket=ticket)
        for who, ticket in zip(people, tickets, strict=True)
    ]
    assert {answer.status_code for answer in answers} == {503}
    assert "retry-after" in answers[0].headers
    # an append that fails under `always` ends the server, as it ends nothing else
    await asyncio.to_thread(running.kill)
    await _up_again(fair, running)
    await _pays(fair, crowd)
    await fair.act(shop, packet_id, "end")
    await fair.town.settle()
    await _sums(fair, [packet_id])


async def _up_again(fair: Fair, running: Running) -> None:
    """Start the server and wait until the house has found it."""
    running.start()
    until = time.monotonic() + 30
    while True:
        try:
            await fair.house.live.ping()
        except Unavailable:
            assert time.monotonic() < until, running.last_lines()
            await asyncio.sleep(0.05)
        else:
            return


async def _pays(fair: Fair, crowd: Crowd) -> None:
    """Whoever was told, and whoever was not, asks again; then everything is settled and right."""
    records = {each.packet: await fair.record(str(each.packet)) for each in crowd.told}
    for each in crowd.told:
        again = await fair.give(records[each.packet], each.shopper)
        assert again._replace(new=True) == each.grant._replace(new=True)
        assert not again.new
    for packet, shopper in crowd.unanswered:
        grant = await fair.give(records[packet], shopper)
        crowd.told.append(Told(0.0, packet, shopper, grant))
    await fair.town.settle()
    wanted: dict[int, int] = {}
    for each in crowd.told:
        wanted[each.shopper] = wanted.get(each.shopper, 0) + each.grant.amount_minor
    wallets = await fair.wallets()
    assert {shopper: wallets.get(shopper) for shopper in wanted} == wanted
    rows = [row for packet in records for row in await fair.rows(str(packet))]
    assert len(rows) == len(crowd.told)


async def _sums(fair: Fair, packet_ids: list[str]) -> None:
    for packet_id in packet_ids:
        record = await fair.record(packet_id)
        paid = sum(row.amount_minor for row in await fair.rows(packet_id))
        assert record.returned_minor == record.total_minor - paid
        assert await fair.balance(AccountKind.ESCROW, record.id) == 0
    assert await fair.quarantined() == []
    assert await fair.audit() == []
