"""A primary of the live cluster dies under grabs, and its replica lacks the last of them.

The replica is cut off a moment before: the worst that a failover can be. With
`CARNIVAL_DURABILITY=replicated` nothing that was answered is lost. By default it may be, and the
receipts bring it back, as after any other loss of live state.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest

from app.kernel.embedded.cluster import ValkeyCluster, start_cluster
from app.kernel.settings import Settings
from app.kernel.valkey.errors import ValkeyUnavailable
from app.kernel.valkey.keys import bucket_of
from app.kernel.valkey.settle import SettleWorker
from campaigns.ledger.interfaces import AccountKind
from games.claims.interfaces import Grant
from games.claims.service import Receipt
from games.packets.interfaces import CloseReason
from tests.games.claims.test_kills import LUCKY, Crowd
from tests.games.conftest import Fair
from tests.kernel.valkey.failing import Failover
from tests.servers import Servers, Valkeys

SHOPPERS = 24


@pytest.fixture
def doomed(tmp_path: Path) -> Iterator[ValkeyCluster]:
    """A live cluster of the test's own: its nodes die."""
    cluster = start_cluster(tmp_path / "doomed", secrets.token_hex(8), "live")
    yield cluster
    cluster.stop()


@pytest.fixture
def valkeys(doomed: ValkeyCluster, servers: Servers) -> Valkeys:
    return Valkeys(doomed.url, servers.cache.url)


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    return msgspec.structs.replace(settings, durability=request.param)


@pytest.fixture
async def crowd(fair: Fair) -> AsyncIterator[Crowd]:
    """Shoppers who grab from one packet until it is enough."""
    shop = await fair.rich_shop(10**9)
    packet_id = await fair.open(shop, LUCKY)
    crowd = Crowd(fair, await fair.record(packet_id))
    tasks = [asyncio.create_task(crowd.shopper(n, SHOPPERS)) for n in range(1, SHOPPERS + 1)]
    yield crowd
    crowd.stopped = True
    await asyncio.gather(*tasks)


@pytest.fixture
async def worker(fair: Fair) -> AsyncIterator[asyncio.Event]:
    """Settles from the event on: until the fault everything answered is in the live Valkey only."""
    house, begin = fair.house, asyncio.Event()
    settlers = [s for wiring in fair.town.composed.wirings for s in wiring.settlers]
    settle = SettleWorker(house.live, house.database, house.metrics, settlers, name="after")

    async def run() -> None:
        await begin.wait()
        await settle.run()

    task = asyncio.create_task(run())
    yield begin
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("settings", ["replicated"], indirect=True)
async def test_replicated_loses_nothing(
    fair: Fair, doomed: ValkeyCluster, crowd: Crowd, worker: asyncio.Event
):
    told = await _fail_over(doomed, crowd, worker)
    rows = await _settled(fair, crowd)
    for number, grant in told.items():
        assert rows.get(number, ())[:2] == grant[:2], f"{number} was told {grant}"
    assert await fair.balance(AccountKind.LOSS, 0) == 0
    assert await fair.audit() == []


@pytest.mark.faults
@pytest.mark.parametrize("settings", ["local"], indirect=True)
async def test_what_the_default_loses_comes_back_by_receipt(
    fair: Fair, doomed: ValkeyCluster, crowd: Crowd, worker: asyncio.Event
):
    told = await _fail_over(doomed, crowd, worker)
    crowd.stopped = True
    record = crowd.record
    restored = 0
    for number, grant in told.items():
        receipt = Receipt(record.id, number, 0, grant.share, grant.amount_minor, grant.order)
        again = await fair.claims.restore(record, receipt)
        assert again[:2] == grant[:2]
        restored += again.new
    print(f"{restored} of {len(told)} answers were lost with the primary")
    assert restored, "the replica lacked nothing"
    rows, wallets = await _settled(fair, crowd), await fair.wallets()
    for number, grant in told.items():
        assert rows[number][:2] == grant[:2], f"{number} was told {grant}"
        assert wallets[number] == grant.amount_minor
    twice = sum(each.amount_minor for each in await fair.rows(str(record.id)) if each.lost)
    assert await fair.balance(AccountKind.LOSS, 0) == -twice
    assert await fair.audit() == []


async def _fail_over(
    cluster: ValkeyCluster, crowd: Crowd, worker: asyncio.Event
) -> dict[int, Grant]:
    """The replica hears no more, then its primary dies. Returns what everybody was told until
    then, once the crowd is served again."""
    failover = Failover(cluster, bucket_of(crowd.record.id))
    await crowd.progress()
    await asyncio.to_thread(failover.part)
    await asyncio.sleep(0.2)
    cluster.running[failover.primary].kill()
    told = dict(crowd.told)
    await asyncio.to_thread(failover.lose)
    # a heir without a replica answers nothing until the old primary is back; in this thread: a
    # server dies with the thread that started it
    cluster.running[failover.primary].start()
    worker.set()
    await crowd.progress()
    return told


async def _settled(fair: Fair, crowd: Crowd) -> dict[int, Grant]:
    """What SQL holds after the end."""
    crowd.stopped = True
    async with asyncio.timeout(90):
        while (await fair.record(str(crowd.record.id))).returned_minor is None:
            try:
                await fair.claims.close(crowd.record.id, CloseReason.ENDED)
            except ValkeyUnavailable:
                await asyncio.sleep(0.1)
            await asyncio.sleep(0.1)
    assert await fair.quarantined() == []
    rows = await fair.rows(str(crowd.record.id))
    return {r.shopper_id: Grant(r.share, r.amount_minor, r.order, new=False) for r in rows}
