"""Scripts do not roll back: whichever call of one fails, no share is half given.

A failure before the append changes nothing. One after it leaves a decision that counts; then the
packet is loaded again once SQL holds it, and rows, sums, ledger and live state agree.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from app.kernel.errors import AppError
from app.kernel.valkey.decisions import cut
from app.kernel.valkey.keys import bucket_of
from app.kernel.valkey.scripts import Script
from games.claims import store
from games.claims.interfaces import Grant
from games.claims.loading import parts
from games.claims.service import Receipt
from games.packets.interfaces import CloseReason, PacketRecord
from tests.games.conftest import Fair
from tests.kernel.valkey.faults import faulty

CALLS_MAX = 60
LUCKY = {"form": "lucky", "count": 200, "totalMinor": 20_000}
RAIN = {
    "form": "rain",
    "cap": 1,
    "waves": [{"afterSeconds": at, "lastsSeconds": 600, "split": LUCKY} for at in (0, 600)],
}

Act = Callable[[Fair, PacketRecord, int], Awaitable[object]]


async def grab(fair: Fair, record: PacketRecord, shopper_id: int) -> object:
    return await fair.give(record, shopper_id)


async def grab_together(fair: Fair, record: PacketRecord, shopper_id: int) -> object:
    """Three shoppers, one of them twice, in one run: it fails for all of them or for none."""
    crowd = (shopper_id, shopper_id + 10_000, shopper_id, shopper_id + 20_000)
    told = await asyncio.gather(
        *(fair.give(record, each) for each in crowd), return_exceptions=True
    )
    failures = [each for each in told if isinstance(each, BaseException)]
    if failures:
        assert len(failures) == len(told)
        raise failures[0]
    one, _, again, _ = told
    assert isinstance(one, Grant)
    assert one._replace(new=False) == again
    return one


async def restore(fair: Fair, record: PacketRecord, shopper_id: int) -> object:
    """Of a share that nobody was given, and for every third shopper of one that somebody was."""
    share = 0 if shopper_id % 3 == 0 else 199 - shopper_id % 100
    pools = await fair.packets.shares(record)
    receipt = Receipt(record.id, shopper_id, 0, share, pools[0][share], 77 << 32 | shopper_id)
    return await fair.claims.restore(record, receipt)


async def pause(fair: Fair, record: PacketRecord, shopper_id: int) -> object:
    return await fair.claims.pause(record.id, record.version, paused=False)


SCRIPTS = [
    pytest.param("_GRAB", grab, LUCKY, id="grab"),
    pytest.param("_GRAB", grab_together, RAIN, id="grab together in the rain"),
    pytest.param("_RESTORE", restore, LUCKY, id="restore"),
    pytest.param("_LOAD", grab, LUCKY, id="load"),
    pytest.param("_PAUSE", pause, LUCKY, id="pause"),
]


@pytest.mark.parametrize(("name", "act", "rules"), SCRIPTS)
async def test_every_call_may_fail(
    fair: Fair, monkeypatch: pytest.MonkeyPatch, name: str, act: Act, rules: dict[str, object]
):
    shop = await fair.rich_shop()
    record = await fair.record(await fair.open(shop, rules))
    await fair.give(record, 1)
    await fair.town.settle()
    for at in range(1, CALLS_MAX):
        if name == "_LOAD":
            await fair.wipe_live()
        failed = await fail_once(
            fair, monkeypatch, name, at, partial(act, fair, record, 1_000 + at)
        )
        settling = asyncio.create_task(settle_soon(fair))
        assert await fair.give(record, 2_000 + at)
        await settling
        await fair.town.settle()
        assert await fair.audit() == []
        one, other = await act(fair, record, 1_000 + at), await act(fair, record, 1_000 + at)
        if isinstance(one, Grant) and isinstance(other, Grant):
            assert one.order == other.order
        await fair.town.settle()
        if isinstance(one, Grant):
            rows = {row.order: row for row in await fair.rows(str(record.id))}
            assert rows[one.order].shopper_id == 1_000 + at, "told of a share that SQL never had"
        assert await fair.audit() == []
        assert await fair.quarantined() == []
        if not failed:
            return
    raise AssertionError(f"{name} makes more than {CALLS_MAX} calls")


async def test_every_call_of_a_closing_may_fail(fair: Fair, monkeypatch: pytest.MonkeyPatch):
    shop = await fair.rich_shop()
    for at in range(1, CALLS_MAX):
        packet_id = await fair.open(shop, LUCKY)
        record = await fair.record(packet_id)
        granted = await fair.give(record, 1)
        failed = await fail_once(
            fair,
            monkeypatch,
            "_CLOSE",
            at,
            partial(fair.claims.close, record.id, CloseReason.ENDED),
        )
        await fair.town.settle()
        await fair.claims.close(record.id, CloseReason.ENDED)
        await fair.town.settle()
        record = await fair.record(packet_id)
        assert record.returned_minor == 20_000 - granted.amount_minor
        assert await fair.audit() == []
        if not failed:
            return
    raise AssertionError("too many calls")


async def fail_once(
    fair: Fair,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    at: int,
    act: Callable[[], Awaitable[object]],
) -> bool:
    """Act while the script's call number `at` fails. Returns whether there was such a call."""
    live = fair.house.live
    script: Script = vars(store).get(name) or vars(parts)[name]
    real_run = live.run
    failures: list[str] = []

    def run(asked: Script, keys: object, args: object = ()) -> object:
        if asked is not script or failures:
            return real_run(asked, keys, args)  # pyright: ignore[reportArgumentType]
        failures.append(name)
        return real_run(faulty(script), keys, [*args, at])  # pyright: ignore[reportArgumentType, reportGeneralTypeIssues]

    monkeypatch.setattr(live, "run", run)
    try:
        await act()
    except AppError:
        return True
    finally:
        monkeypatch.setattr(live, "run", real_run)
    return False


async def settle_soon(fair: Fair) -> None:
    await asyncio.sleep(0.05)
    await fair.town.settle()


async def test_a_script_that_is_told_nonsense_changes_nothing(fair: Fair):
    shop = await fair.rich_shop()
    record = await fair.record(await fair.open(shop))
    await fair.give(record, 1)
    state = fair.store.packets.state_key(record.id)
    before = await fair.house.live.call("HGETALL", state)
    for pool in (-1, 256):
        with pytest.raises(AppError):
            await fair.store.grab(record.id, 2, pool, later_ms=0, guesses_max=0)
    for share, amount in ((-1, 1), (10**6, 1), (1, 0), (1, 2 * 10**9 + 1)):
        with pytest.raises(AppError):
            await fair.store.restore(record.id, 2, 0, share, amount, 1)
    assert await fair.house.live.call("HGETALL", state) == before
    assert (await cut(fair.house.live, bucket_of(record.id))).unsettled == 1
