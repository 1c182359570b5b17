"""The stage of `bench grab`: a brand with money, packets, and shoppers with tokens.

{"do": "packet", "count": n}     a packet of so many shares, open and loaded; answers its id, the
                                 file of its tickets, and how its script is called
{"do": "hello"}                  the keys of access tokens and our settings, for baselines that
                                 check tokens
{"do": "settled"}                waits until no decision waits for SQL; answers {"seconds": …}
{"do": "claims", "packet": id}   answers how many claims SQL holds
{"do": "settle", "count": n, "batch": n}  settles made-up claims of a fresh packet, so many a
                                 transaction; answers {"seconds": …}
"""

import asyncio
import itertools
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from app.composition import Composed
from app.identity.sessions.tokens import AccessTokens
from app.kernel.actors import Actor, ActorKind
from app.kernel.secrets import keys_for
from app.kernel.tickets import Tickets
from app.kernel.valkey.decisions import UNSETTLED_MAX, Decision, cut
from app.kernel.valkey.keys import BUCKETS, bucket_of
from app.stage.servers import Servers, house_of, obey, say
from campaigns.brands.schemas import BrandCreate
from campaigns.brands.service import BrandService
from campaigns.ledger.interfaces import Ledger, Transfer, budget, platform
from games.claims.quarantine.repository import QuarantineRepository
from games.claims.repository import ClaimRepository
from games.claims.service import ClaimService
from games.claims.settling.news import PacketNews
from games.claims.settling.settler import ClaimSettler
from games.claims.store import GRAB_SHA, PacketStore
from games.packets.interfaces import Equal, Packets
from games.packets.schemas import PacketCreate, PacketSchedule
from games.packets.service import PacketService

SHOPPERS = 60_000
_FIRST_SHOPPER = 2_000_000_000_000
_MONEY_MINOR = 10**12
_OPERATOR = Actor(kind=ActorKind.OPERATOR, id=1)


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """What the client is told."""

    web: str
    pids: Mapping[str, int]
    live: Sequence[str | int]
    """Host, port and password of the live Valkey."""
    tokens: str
    """A file of access tokens, one a line: as many as there are shoppers."""


class Fair:
    """Everything about packets that a bench needs."""

    def __init__(self, composed: Composed, folder: Path, environment: Mapping[str, str]) -> None:
        house = composed.house
        self._environment = environment
        self._house = house
        self._folder = folder
        self._brands: BrandService = composed.service("brands")
        self._packets: PacketService = composed.service("packets")
        self._claims: ClaimService = composed.service("claims")
        self._ledger = house.doors.get(Ledger)
        self._records = house.doors.get(Packets)
        self._settler = ClaimSettler(
            house.database,
            PacketStore(house.live),
            ClaimRepository(),
            QuarantineRepository(),
            self._records,
            self._ledger,
            PacketNews(PacketStore(house.live), house.changes, house.clock),
        )
        self._tokens = AccessTokens(house.settings, house.clock)
        self._tickets = Tickets(keys_for(house.settings, "ticket"), "packet-grab")
        self._brand_id = 0
        self._decided = itertools.count(1)

    async def arrive(self) -> str:
        """A brand with money, and tokens for all shoppers. Returns the tokens' file."""
        async with self._house.database.transaction() as tx:
            brand = await self._brands.create(tx, _OPERATOR, BrandCreate(name="Bench"))
            self._brand_id = int(brand.id)
            money = Transfer(
                "bench:topup",
                "topup",
                platform("CNY"),
                budget(self._brand_id, "CNY"),
                _MONEY_MINOR,
            )
            await self._ledger.post(tx, [money])
        path = self._folder / "tokens"
        with path.open("w") as file:
            for number in range(SHOPPERS):
                shopper = Actor(
                    kind=ActorKind.SHOPPER, id=_FIRST_SHOPPER + number, session_id=number + 1
                )
                file.write(self._tokens.issue(shopper)[0] + "\n")
        return str(path)

    async def obey(self, command: Mapping[str, Any]) -> Mapping[str, Any]:
        """Carry out one command. Raises KeyError for an unknown one."""
        what = {
            "packet": self._packet,
            "hello": self._hello,
            "settled": self._settled,
            "claims": self._count,
            "settle": self._settle,
        }[command["do"]]
        return await what(command)

    async def _open(self, count: int) -> int:
        body = PacketCreate(title="拆红包", rules=Equal(count=count, each_minor=1))
        async with self._house.database.transaction() as tx:
            packet = await self._packets.create(tx, _OPERATOR, self._brand_id, body)
        id_ = int(packet.id)
        async with self._house.database.transaction() as tx:
            await self._packets.fund(tx, _OPERATOR, self._brand_id, id_, dry_run=False)
        async with self._house.database.transaction() as tx:
            await self._packets.schedule(tx, _OPERATOR, self._brand_id, id_, PacketSchedule())
        await self._claims.warm(id_)
        return id_

    async def _packet(self, command: Mapping[str, Any]) -> Mapping[str, Any]:
        id_ = await self._open(command["count"])
        ends = int(self._house.clock.now_seconds()) + 600
        path = self._folder / f"tickets-{id_}"
        with path.open("w") as file:
            for number in range(SHOPPERS):
                shopper_id = _FIRST_SHOPPER + number
                file.write(self._tickets.sign(id_, shopper_id, expires_seconds=ends) + "\n")
        return {
            "packet": id_,
            "tickets": str(path),
            "script": GRAB_SHA,
            "bucket": bucket_of(id_),
            "unsettled_max": UNSETTLED_MAX,
        }

    async def _hello(self, command: Mapping[str, Any]) -> Mapping[str, Any]:
        keys = self._tokens.accepted(int(self._house.clock.now_seconds()))
        return {
            "keys": {kid: key.hex() for kid, key in keys.items()},
            "environment": dict(self._environment),
        }

    async def _settled(self, command: Mapping[str, Any]) -> Mapping[str, Any]:
        begun = time.perf_counter()
        while True:
            if not await self._unsettled():
                return {"seconds": time.perf_counter() - begun}
            await asyncio.sleep(0.05)

    async def _unsettled(self) -> int:
        cuts = await asyncio.gather(*(cut(self._house.live, each) for each in range(BUCKETS)))
        return sum(each.unsettled for each in cuts)

    async def _count(self, command: Mapping[str, Any]) -> Mapping[str, Any]:
        async with self._house.database.reading() as session:
            sums = await ClaimRepository().sums(session, [command["packet"]])
        found = sums.get(command["packet"])
        return {"claims": found.claims if found is not None else 0}

    async def _settle(self, command: Mapping[str, Any]) -> Mapping[str, Any]:
        count, batch = command["count"], command["batch"]
        id_ = await self._open(count)
        decisions = [self._decision(id_, number) for number in range(count)]
        begun = time.perf_counter()
        for at in range(0, count, batch):
            async with self._house.database.transaction() as tx:
                assert not await self._settler.settle_claims(tx, decisions[at : at + batch])
        return {"seconds": time.perf_counter() - begun}

    def _decision(self, packet_id: int, number: int) -> Decision:
        fields = {
            "packet": packet_id,
            "shopper": _FIRST_SHOPPER + number,
            "pool": 0,
            "share": number,
            "amount": 1,
        }
        return Decision(
            bucket=bucket_of(packet_id),
            epoch=1,
            sequence=1_000_000_000 + next(self._decided),
            kind="packet.claim",
            version=1,
            decided_at=datetime.now(UTC),
            fields={name: b"%d" % value for name, value in fields.items()},
        )


async def run(servers: Servers) -> None:
    """Make the fair, tell the client about it, and obey it."""
    async with house_of(servers) as composed:
        fair = Fair(composed, servers.folder, servers.environment(servers.web_port))
        tokens = await fair.arrive()
        say(
            Stage(
                web=f"http://127.0.0.1:{servers.web_port}",
                pids={name: running.pid for name, running in servers.running.items()},
                live=["127.0.0.1", servers.live.port, servers.live.password],
                tokens=tokens,
            )
        )
        await obey(fair.obey)
