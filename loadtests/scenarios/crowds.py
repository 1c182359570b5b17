"""Crowds that come for packets: one user of Locust is a whole crowd, whose arrivals are scheduled.

A user of Locust waits for each answer before it goes on, which is how one person behaves. A
hundred people who wait for ten o'clock come at ten, however the server feels about it.
"""

# Locust ships without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

import random
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from gevent.event import AsyncResult
from locust import constant

from loadtests.common.arrivals import Act, Arrivals, rush
from loadtests.common.journey import GRABS, MONEY, Shopper, sign_ins
from loadtests.common.money import Wish
from loadtests.common.outside import Told
from loadtests.common.shoppers import SignIn

GATHER_SECONDS = 5.0
"""Before a packet opens its crowd looks at it, and gets the tickets."""
_TICKET_SECONDS = 15.0

Plan = list[tuple[float, Act]]


class Crowd(Shopper):
    """What crowds have in common: people, an owner who makes packets, and the outside log."""

    abstract = True
    fixed_count = 1
    concurrency = 500
    wait_time = constant(3.0)
    people = 120
    reactions_seconds = 3.0

    def on_start(self) -> None:
        """Gather the people."""
        made = sign_ins()
        self.me = made.owner
        self.crowd = [made.take() for _ in range(self.people)]
        self.arrivals = Arrivals()
        self.chance = random.Random()
        self.ahead = 0.0
        """The server's clock less ours: seconds since 1970 less `time.perf_counter`."""
        self.views: dict[int, AsyncResult[Any]] = {}

    def on_stop(self) -> None:
        """Whoever has asked gets an answer still."""
        self.arrivals.join(self.network_timeout)

    def open_packet(
        self, rules: dict[str, Any], counts: Sequence[int], closes_after: float
    ) -> tuple[int, float] | None:
        """A packet with so many shares a wave that opens when the crowd has gathered: its id, and
        that moment of ours."""
        opens = time.perf_counter() + GATHER_SECONDS
        if (now := self._now()) is None:
            return None
        at_work = self._at_work()
        path = f"/v1/brands/{self.me.brand}/packets"
        body = {"title": "排练红包", "rules": rules, "currency": "XTS"}
        _, made = self.call("POST", path, "createPacket", json=body, headers=at_work)
        if not made:
            return None
        packet = int(made["id"])
        funded, _ = self.call("POST", f"{path}/{packet}/fund", "fundPacket", headers=at_work)
        if funded is not Told.YES:
            return None
        times = {
            "opensAt": _text(now + timedelta(seconds=opens - time.perf_counter())),
            "closesAt": _text(now + timedelta(seconds=GATHER_SECONDS + closes_after)),
        }
        path = f"{path}/{packet}/schedule"
        told, _ = self.call("POST", path, "schedulePacket", json=times, headers=at_work)
        if told is not Told.YES:
            return None
        MONEY.note_packet(packet, int(made["total"]["amountMinor"]), counts)
        return packet, opens

    def gather(self, packet: int, opens: float) -> None:
        """Everybody looks at the packet and gets a ticket, before it opens."""
        self.views = {who.shopper: AsyncResult() for who in self.crowd}
        begins = time.perf_counter()
        span = max(0.0, opens - begins - 1.0)
        self.arrivals.fire(
            (begins + self.chance.random() * span, self._look(packet, who)) for who in self.crowd
        )

    def grabs(
        self, packet: int, wave: int, begins: dict[int, float], said: Sequence[str] = ()
    ) -> Plan:
        """All of the crowd, each soon after a moment of its own and saying one of some phrases; one
        in four asks twice."""
        plan: Plan = []
        moments = rush(len(self.crowd), self.reactions_seconds, self.chance)
        self.chance.shuffle(moments)
        for who, reaction in zip(self.crowd, moments, strict=True):
            due = begins[who.shopper] + 0.05 + reaction
            more = {"phrase": self.chance.choice(said)} if said else {}
            act = self._grab(who, (packet, wave, who.shopper), more)
            plan.append((due, act))
            if self.chance.random() < 0.25:
                plan.append((due + self.chance.random() * 0.5, act))
        return plan

    def ticket(self, who: SignIn) -> str | None:
        """What the packet's view gave; waits for a view that is late."""
        view = self.views[who.shopper].get(timeout=_TICKET_SECONDS)
        return None if view is None else view["ticket"]

    def _look(self, packet: int, who: SignIn) -> Act:
        seen = self.views[who.shopper]

        def look(due: float) -> None:
            _, view = self.call("GET", f"/v1/packets/{packet}", "getPacket", who=who, due=due)
            seen.set(view)

        return look

    def _grab(self, who: SignIn, wish: Wish, more: dict[str, Any]) -> Act:
        packet, wave, _ = wish
        name = f"grabPacket: {type(self).__name__.lower()}, from its moment"

        def grab(due: float) -> None:
            if (ticket := self.ticket(who)) is None:
                return
            body = {"ticket": ticket, "wave": wave, **more}
            GRABS[wish] = body
            MONEY.asking(wish)
            path = f"/v1/packets/{packet}/grab"
            # who comes too late is told so: no failure of the server's
            fine = ("packet_over",)
            told, answer = self.call("POST", path, name, who=who, json=body, due=due, fine=fine)
            MONEY.note(wish, told, answer if told is Told.YES else None)

        return grab

    def _now(self) -> datetime | None:
        told, answer = self.call("GET", "/v1/time", "getTime")
        if told is not Told.YES:
            return None
        now = datetime.fromisoformat(answer["now"])
        self.ahead = now.timestamp() - time.perf_counter()
        return now

    def _at_work(self) -> dict[str, str]:
        _, token = self.call("POST", f"/v1/auth/workplaces/{self.me.brand}", "goToWork")
        return {"authorization": f"Bearer {token['accessToken']}"} if token else {}


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
