"""A fair: brands with money, packets, and shoppers who open them, on real servers."""

import asyncio
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
from sqlalchemy import event, select, text

from app.kernel.valkey.decisions import Decision, clock_key, epoch_key, stream_key
from app.kernel.valkey.keys import BUCKETS, bucket_of
from app.kernel.valkey.routes import parse
from campaigns.ledger.interfaces import AccountKind, Ledger, Transfer, budget, platform
from campaigns.ledger.models import LedgerAccount
from games.claims.models import Claim
from games.claims.service import ClaimService
from games.claims.settling.settler import CLAIM, ClaimSettler
from games.claims.store import PacketStore
from games.packets.interfaces import PacketRecord, Packets
from tests.factories.town import Resident, Shop, Town

EQUAL = {"form": "equal", "count": 3, "eachMinor": 88}


def soon(seconds: float) -> str:
    """A moment so many seconds from now, as the API reads it."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


class Fair:
    """A town whose brands give packets away."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.house = town.house
        self.claims: ClaimService = town.composed.service("claims")
        self.packets = town.house.doors.get(Packets)
        self.ledger = town.house.doors.get(Ledger)
        self.store = PacketStore(town.house.live)
        self._wipes = 0
        self._tops = 0

    async def rich_shop(self, amount_minor: int = 1_000_000) -> Shop:
        """A brand with a budget."""
        shop = await self.town.shop()
        await self.top_up(shop, amount_minor)
        return shop

    async def top_up(self, shop: Shop, amount_minor: int) -> None:
        self._tops += 1
        async with self.house.database.transaction() as tx:
            await self.ledger.post(
                tx,
                [
                    Transfer(
                        f"test:topup:{shop.id}:{self._tops}",
                        "topup",
                        platform("CNY"),
                        budget(shop.id, "CNY"),
                        amount_minor,
                    )
                ],
            )

    async def draft(self, shop: Shop, rules: dict[str, Any] = EQUAL, **more: Any) -> str:
        """The id of a new packet."""
        body = {"title": "拆红包", "rules": rules, **more}
        path = f"/v1/brands/{shop.id}/packets"
        made = await self.town.good("POST", path, shop.owner, json=body)
        return made["id"]

    async def act(self, shop: Shop, packet_id: str, what: str, **options: Any) -> Any:
        """What the brand does with a packet: fund, schedule, pause, …"""
        path = f"/v1/brands/{shop.id}/packets/{packet_id}/{what}"
        if what == "schedule":
            options.setdefault("json", {})
        return await self.town.good("POST", path, shop.owner, **options)

    async def open(self, shop: Shop, rules: dict[str, Any] = EQUAL, **schedule: Any) -> str:
        """The id of a packet that is open."""
        packet_id = await self.draft(shop, rules)
        await self.act(shop, packet_id, "fund")
        await self.act(shop, packet_id, "schedule", json=schedule)
        return packet_id

    async def view(self, packet_id: str, who: Resident | None) -> dict[str, Any]:
        return await self.town.good("GET", f"/v1/packets/{packet_id}", who)

    async def statements(self, packet_id: str, who: Resident | None) -> int:
        """How often a view asks SQL, once the process holds what it tells everybody. The news of
        what the brand did last drops a held packet once more, some moments later."""
        for _ in range(8):
            await self.view(packet_id, None)
            await asyncio.sleep(0.05)
        await self.view(packet_id, None)
        asked: list[str] = []

        def note(*given: Any) -> None:
            asked.append(str(given[2]))

        engine = self.house.database._engine.sync_engine
        event.listen(engine, "before_cursor_execute", note)
        await self.view(packet_id, who)
        event.remove(engine, "before_cursor_execute", note)
        return len(asked)

    async def ask_grab(self, packet_id: str, who: Resident, **body: Any) -> Any:
        """The answer of a grab, whatever it is."""
        if "ticket" not in body:
            body["ticket"] = (await self.view(packet_id, who))["ticket"] or ""
        return await self.town.ask("POST", f"/v1/packets/{packet_id}/grab", who, json=body)

    async def grab(self, packet_id: str, who: Resident, **body: Any) -> dict[str, Any]:
        answer = await self.ask_grab(packet_id, who, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refused(self, packet_id: str, who: Resident, **body: Any) -> str:
        """The code of a grab that is refused."""
        answer = await self.ask_grab(packet_id, who, **body)
        assert answer.status_code >= 400, answer.text
        return answer.json()["code"]

    async def figures(self, shop: Shop, packet_id: str) -> dict[str, Any]:
        """The brand's figures, amounts as numbers."""
        path = f"/v1/brands/{shop.id}/packets/{packet_id}/figures"
        made = await self.town.good("GET", path, shop.owner)
        return {k: v["amountMinor"] if isinstance(v, dict) else v for k, v in made.items()}

    async def record(self, packet_id: str) -> PacketRecord:
        async with self.house.database.reading() as session:
            found = await self.packets.record(session, int(packet_id))
        assert found is not None
        return found

    async def give(self, record: PacketRecord, shopper_id: int, wave: int | None = None) -> Any:
        """A grab without HTTP: the grant, or None when it is sold out."""
        return (await self.claims.grab(record, shopper_id, wave, None))[1]

    async def step(self, packet_id: str, seconds: float) -> None:
        """Move the clock of the packet's bucket, and the house's with it. Tokens last ten minutes
        of that."""
        key = clock_key(bucket_of(int(packet_id)))
        await self.house.live.call("INCRBY", key, round(seconds * 1000))
        self.house.clock.shift(timedelta(seconds=seconds))

    async def balance(self, kind: AccountKind, owner_id: int) -> int:
        async with self.house.database.reading() as session:
            return (await self.ledger.balances(session, kind, owner_id)).get("CNY", 0)

    async def wallets(self) -> dict[int, int]:
        """Every shopper's balance."""
        async with self.house.database.reading() as session:
            found = await session.execute(
                select(LedgerAccount.owner_id, LedgerAccount.balance_minor).where(
                    LedgerAccount.kind == str(AccountKind.WALLET)
                )
            )
            return {row.owner_id: row.balance_minor for row in found}

    async def money(self, shop: Shop, packet_id: str, *shoppers: Resident) -> list[int]:
        """Budget, escrow, and wallets."""
        wallets = [await self.balance(AccountKind.WALLET, each.id) for each in shoppers]
        return [
            await self.balance(AccountKind.BUDGET, shop.id),
            await self.balance(AccountKind.ESCROW, int(packet_id)),
            *wallets,
        ]

    async def rows(self, packet_id: str) -> list[Claim]:
        async with self.house.database.reading() as session:
            statement = select(Claim).where(Claim.packet_id == int(packet_id))
            return list((await session.scalars(statement.order_by(Claim.order))).all())

    async def quarantined(self) -> list[str]:
        async with self.house.database.reading() as session:
            found = await session.execute(text("SELECT reason FROM quarantined_decisions"))
            return [reason for (reason,) in found]

    async def decisions(self, packet_id: str) -> list[Decision]:
        """What waits in the packet's bucket."""
        bucket = bucket_of(int(packet_id))
        entries = await self.house.live.call("XRANGE", stream_key(bucket), "-", "+")
        return [Decision.read(bucket, entry_id, flat) for entry_id, flat in entries]

    @property
    def settler(self) -> ClaimSettler:
        settlers = [s for w in self.town.composed.wirings for s in w.settlers]
        (handle,) = [each.handle for each in settlers if each.kind == CLAIM]
        return handle.__self__  # type: ignore[attr-defined]

    async def settle_these(self, decisions: list[Decision]) -> list[str]:
        """Hand decisions to their handlers, as a worker would. The reasons of conflicts."""
        reasons: list[str] = []
        settlers = [s for w in self.town.composed.wirings for s in w.settlers]
        for settler in settlers:
            batch = [each for each in decisions if each.kind == settler.kind]
            if batch:
                async with self.house.database.transaction() as tx:
                    reasons += [c.reason for c in await settler.handle(tx, batch) or ()]
        return reasons

    async def sweep(self) -> None:
        tasks = {task.name: task for w in self.town.composed.wirings for task in w.tasks}
        await tasks["packets.sweep"].run()
        await self.town.settle()

    async def audit(self) -> list[str]:
        """Every audit of the house."""
        audits = [a for w in self.town.composed.wirings for a in w.audits.values()]
        found = await asyncio.gather(*(audit() for audit in audits))
        return [sentence for sentences in found for sentence in sentences]

    @contextmanager
    def cutting(self) -> Generator[Callable[[], object]]:
        """What leaves all that is under way to the live Valkey without an answer. Where it is a
        single server."""
        target = parse(self.house.settings.valkey_url)
        ((host, port),) = target.addresses
        with redis.Redis(host=host, port=port, password=target.login.password) as connection:
            connection.ping()
            yield lambda: connection.client_kill_filter(_type="normal", skipme=True)

    async def wipe_live(self) -> None:
        """As after the loss of the live Valkey's disk, some time later: epochs are in seconds."""
        await self.house.live.everywhere("FLUSHALL")
        self._wipes += 1
        epoch = int(time.time()) - 1_704_067_200 + 100 * self._wipes
        for bucket in range(BUCKETS):
            await self.house.live.call("SET", epoch_key(bucket), epoch)


@pytest.fixture
def fair(town: Town) -> Fair:
    return Fair(town)
