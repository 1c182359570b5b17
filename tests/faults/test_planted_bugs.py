"""Every bug we could think of is planted, and the judge of the faults finds each of them.

A drill lets shoppers grab, settles, loses the live state, lets everybody ask again, ends the
packets and settles in the worst order. The outside log and the audits have to be content without a
bug, and to complain of each one.
"""

import asyncio
import inspect
import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from app.composition import compose
from app.kernel import audits, safety
from app.kernel.errors import AppError
from app.kernel.settings import Settings
from app.kernel.valkey import settle
from app.kernel.valkey.decisions import cut
from app.kernel.valkey.keys import BUCKETS
from app.kernel.valkey.scripts import Script
from games.claims import store
from games.claims.settling import settler
from loadtests.common.money import MoneyLog, broken_money
from loadtests.common.outside import told_by
from tests.factories.town import Resident, Shop
from tests.games.conftest import Fair
from tests.servers import Servers

SHOPPERS = 12
SCARCE = {"form": "equal", "count": SHOPPERS - 2, "eachMinor": 70}
PLENTY = {"form": "lucky", "count": 3 * SHOPPERS, "totalMinor": 9_000}


@dataclass
class Drill:
    """One run over a town, with what its shoppers were told."""

    fair: "Fairground"
    log: MoneyLog = field(default_factory=MoneyLog)
    tickets: dict[tuple[int, int], str] = field(default_factory=dict)

    async def run(self, *, lose: bool = True) -> list[str]:
        """All complaints."""
        fair = self.fair
        shop = await fair.rich_shop()
        people = [await fair.town.shopper() for _ in range(SHOPPERS)]
        packets = [await fair.open(shop, rules) for rules in (SCARCE, PLENTY)]
        for packet_id, rules in zip(packets, (SCARCE, PLENTY), strict=True):
            total = (await fair.record(packet_id)).total_minor
            self.log.note_packet(int(packet_id), total, [rules["count"]])
        half = SHOPPERS // 2
        await self._everybody(people[:half], packets)
        if lose:
            await self._settle()
            await fair.wipe_live()
        await self._everybody(people[half:], packets)
        await self._everybody(people, packets)
        for packet_id in packets:
            await fair.town.ask("POST", f"/v1/brands/{shop.id}/packets/{packet_id}/end", shop.owner)
        complaints = await self._settle()
        complaints += await fair.audit_all()
        complaints += await self._outside(shop, people)
        return complaints

    async def _everybody(self, people: list[Resident], packets: list[str]) -> None:
        wishes = [(who, packet_id) for packet_id in packets for who in people]
        await asyncio.gather(*(self._grab(*wish) for wish in wishes))

    async def _grab(self, who: Resident, packet_id: str) -> None:
        at = int(packet_id), who.id
        if at not in self.tickets:
            self.tickets[at] = (await self.fair.view(packet_id, who))["ticket"]
        wish = at[0], 0, at[1]
        self.log.asking(wish)
        answer = await self.fair.ask_grab(packet_id, who, ticket=self.tickets[at])
        good = answer.json() if answer.status_code == 200 else None
        self.log.note(wish, told_by(answer.status_code), good)

    async def _settle(self) -> list[str]:
        """As workers might: closings first, then everything, and what is left counted."""
        for packet_id in self.log.packets:
            found = await self.fair.decisions(str(packet_id))
            await self.fair.settle_these([d for d in found if d.kind == settler.CLOSE])
        await self.fair.town.settle()
        cuts = [await cut(self.fair.house.live, bucket) for bucket in range(BUCKETS)]
        waiting = sum(each.unsettled for each in cuts)
        return [f"{waiting} decisions are not settled"] if waiting else []

    async def _outside(self, shop: Shop, people: list[Resident]) -> list[str]:
        loop, by_id = asyncio.get_running_loop(), {who.id: who for who in people}

        def ask(shopper: int | None, method: str, path: str, body: Any) -> Any:
            who = shop.owner if shopper is None else by_id[shopper]
            call = self.fair.town.good(method, path, who, json=body)
            return asyncio.run_coroutine_threadsafe(call, loop).result(30)

        return await asyncio.to_thread(lambda: list(broken_money(self.log, shop.id, ask)))


class Fairground(Fair):
    """A fair whose audit that cannot be finished is a complaint like any other."""

    async def audit_all(self) -> list[str]:
        try:
            return [*await self.audit(), *await self.quarantined()]
        except AppError as error:
            return [f"the audit did not end: {error!r}"]


Plant = Callable[[pytest.MonkeyPatch], None]


def in_grab(old: str, new: str) -> Plant:
    """Another text of the script that grabs."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        script = store._GRAB  # pyright: ignore[reportPrivateUsage]
        assert script.source.count(old) == 1, old
        planted = Script("planted", script.source.replace(old, new), script.refusals)
        patch.setattr(store, "_GRAB", planted)

    return plant


def in_method(owner: type, name: str, old: str, new: str) -> Plant:
    """Another text of a method."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        text = textwrap.dedent(inspect.getsource(getattr(owner, name)))
        assert old in text, old
        module = inspect.getmodule(owner)
        made: dict[str, Any] = {}
        exec(text.replace(old, new), vars(module), made)
        patch.setattr(owner, name, made[name])

    return plant


def both(*plants: Plant) -> Plant:
    """All of them."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        for each in plants:
            each(patch)

    return plant


APPEND = "return redis.call('XADD', KEYS[1], id, "
NEVER_MOVES = in_grab("'next:' .. pool, share + 1", "'next:' .. pool, share")
BUGS: dict[str, Plant] = {
    "the once check is dropped": in_grab("known[7 + at] or refusal(at)", "refusal(at)"),
    "two who come together are given one share": in_grab("amount }, found + 1", "amount }, found"),
    # the reply leaves, and who was to append afterwards is killed every other time
    "acknowledged before the append": in_grab(
        APPEND,
        "local later = redis.call('INCR', KEYS[2] .. ':later')\n"
        "  if later % 2 == 0 then return current_epoch(KEYS[2]) .. '-' .. (90000 + later) end\n  "
        + APPEND,
    ),
    "the acknowledgement is skipped": in_method(
        settle.SettleWorker, "_acknowledge", "await asyncio.gather(*runs)", "del runs"
    ),
    "unsettled entries are trimmed": in_grab(
        APPEND, "return redis.call('XADD', KEYS[1], 'MAXLEN', '=', 3, id, "
    ),
    "the rest is returned without the guard": in_method(
        settler.ClaimSettler,
        "_finish",
        "if not any(sums_with(sums, each) == _closed(record) for each in dismissed):",
        "if False:",
    ),
    "the same share is given again": NEVER_MOVES,
    "a conflicting share is swallowed": both(
        NEVER_MOVES,
        in_method(settler.ClaimSettler, "_judge", "conflicts.append(", "id("),
    ),
    "a missing key is read as empty": in_grab(
        "if not known then\n  return -2", "if not known then\n  return -13"
    ),
}


@pytest.fixture
def fairground(fair: Fair) -> Fairground:
    return Fairground(fair.town)


@pytest.mark.parametrize("lose", [True, False])
async def test_the_judge_is_content_without_a_bug(fairground: Fairground, lose: bool):
    drill = Drill(fairground)
    assert await drill.run(lose=lose) == []
    assert len(drill.log.granted) == 2 * SHOPPERS - 2
    assert drill.log.sold_out


@pytest.mark.parametrize("bug", BUGS)
async def test_a_planted_bug_is_found(
    fairground: Fairground, monkeypatch: pytest.MonkeyPatch, bug: str
):
    monkeypatch.setattr(audits, "_TRIES", 2)  # it need not hope that all comes right
    BUGS[bug](monkeypatch)
    lose = bug == "a missing key is read as empty"
    complaints = await Drill(fairground).run(lose=lose)
    assert complaints, f"nobody noticed that {bug}"
    print(*complaints[:3], sep="\n")


@pytest.fixture
def careless_valkey(servers: Servers) -> Iterator[None]:
    with ExitStack() as stack:
        stack.callback(servers.live.call, "CONFIG", "SET", "appendfsync", "always")
        servers.live.call("CONFIG", "SET", "appendfsync", "everysec")
        yield


@pytest.fixture
def careless_postgres(servers: Servers) -> Iterator[None]:
    with psycopg.connect(servers.postgres.admin_url, autocommit=True) as admin:
        admin.execute("ALTER ROLE carnival_app SET synchronous_commit = off")
        try:
            yield
        finally:
            admin.execute("ALTER ROLE carnival_app RESET synchronous_commit")


@pytest.mark.parametrize(
    ("careless", "setting"),
    [("careless_valkey", "appendfsync"), ("careless_postgres", "synchronous_commit")],
)
async def test_a_careless_setting_is_refused_at_the_start(
    request: pytest.FixtureRequest, settings: Settings, careless: str, setting: str
):
    request.getfixturevalue(careless)
    house = compose(settings).house
    try:
        with pytest.raises(safety.UnsafeServers, match=setting):
            await safety.refuse_unsafe(house)
    finally:
        await house.database.close()
        await house.live.close()
        await house.cache.close()
