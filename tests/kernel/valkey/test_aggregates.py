"""Live state of aggregates comes from SQL once, and never over what was decided since."""

import asyncio

from app.kernel.valkey.aggregates import Aggregates
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.decisions import epoch_key, raise_epoch
from app.kernel.valkey.keys import bucket_of

THING = 7_000_001


class Process:
    """Loads as a slice does: `loads` counts how often SQL was read and put in place."""

    def __init__(self, live: Valkey) -> None:
        self.live, self.loads = live, 0
        self.things = Aggregates(live, "things")

    async def load(self) -> None:
        await self.things.load(THING, self._build)

    async def _build(self, token: str) -> None:
        epoch = await self.live.call("GET", epoch_key(bucket_of(THING)))
        state, token_key, _ = self.things.loading_keys(THING)
        await self.live.call("DEL", state)
        await self.live.call("HSET", state, "epoch", epoch)
        await self.live.call("DEL", token_key)
        self.loads += 1


async def test_who_comes_after_the_load_finds_it_done(valkey: Valkey):
    """Two processes were told NOT_LOADED; the second asks when the first has loaded, and shoppers
    have decided since: what it would read from SQL now may lack that."""
    await raise_epoch(valkey, bucket_of(THING))
    first, second = Process(valkey), Process(valkey)
    await first.load()
    await second.load()
    assert (first.loads, second.loads) == (1, 0)
    assert await valkey.call("EXISTS", first.things.loading_keys(THING)[1]) == 0


async def test_a_new_epoch_or_a_broken_state_is_loaded_again(valkey: Valkey):
    await raise_epoch(valkey, bucket_of(THING))
    process = Process(valkey)
    await process.load()
    await raise_epoch(valkey, bucket_of(THING))
    await process.load()
    await valkey.call("HDEL", process.things.state_key(THING), "epoch")
    await process.load()
    assert process.loads == 3


async def test_a_storm_of_processes_loads_once(valkey: Valkey):
    await raise_epoch(valkey, bucket_of(THING))
    processes = [Process(valkey) for _ in range(20)]
    await asyncio.gather(*(each.load() for each in processes))
    await asyncio.gather(*(each.load() for each in processes))
    assert sum(each.loads for each in processes) == 1
