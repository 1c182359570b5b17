"""A brand that opens packet after packet, and a crowd that grabs and keeps the outside log."""

import asyncio
import json
import random
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx

from loadtests.common.money import MoneyLog, Wish, broken_money, restored_otherwise
from loadtests.common.outside import Told, told_by
from tests.faults.healing import HEAL_SECONDS
from tests.faults.installation import Installation
from tests.faults.wire import NoAnswer, Wire

BUDGET_MINOR = 1_000_000_000
_TRIES_SECONDS = 60.0
_HEADERS_OF = dict[str, str]


class Person:
    """Somebody who is signed in."""

    def __init__(self, line: str) -> None:
        made = json.loads(line)
        self.id, self.phone = int(made["shopperId"]), made["phone"]
        self.token: str = made["accessToken"]
        self.headers = _bearer(self.token)


class Brand:
    """A brand with money: its owner's wishes are repeated until they are answered."""

    def __init__(self, installation: Installation, owner: Person) -> None:
        self._client = httpx.Client(base_url=installation.url, timeout=8.0)
        installation.run("operator", owner.phone)
        at_work = self._insist("POST", "/v1/auth/workplaces/operator", owner.headers)
        operator = _bearer(at_work["accessToken"])
        made = self._insist("POST", "/v1/brands", operator, {"name": "山茶工坊"})
        self.id = int(made["id"])
        body = {"phone": owner.phone, "role": "owner"}
        self._insist("POST", f"/v1/brands/{self.id}/members", operator, body)
        money = {"amountMinor": BUDGET_MINOR, "currency": "CNY"}
        body = {"amount": money, "reference": "the first"}
        self._insist("POST", f"/v1/brands/{self.id}/ledger/top-ups", operator, body)
        at_work = self._insist("POST", f"/v1/auth/workplaces/{self.id}", owner.headers)
        self.headers = _bearer(at_work["accessToken"])

    def open(self, rules: dict[str, Any], **schedule: Any) -> tuple[int, int, list[int]]:
        """A packet that can be grabbed: its id, what it was funded with, and how many shares each
        of its waves has."""
        body = {"title": "拆红包", "rules": rules}
        path = f"/v1/brands/{self.id}/packets"
        made = self._insist("POST", path, self.headers, body)
        id_ = int(made["id"])
        # what went through, though its answer was lost, is refused when asked again
        self._insist("POST", f"{path}/{id_}/fund", self.headers, ok=(409,))
        self._insist("POST", f"{path}/{id_}/schedule", self.headers, schedule, ok=(409,))
        seen = self._insist("GET", f"{path}/{id_}", self.headers)
        assert seen["status"] in ("scheduled", "closed", "settled"), seen
        waves = [wave["split"]["count"] for wave in rules.get("waves", ())]
        return id_, int(made["total"]["amountMinor"]), waves or [rules["count"]]

    def end(self, packet: int) -> None:
        """No more shares."""
        path = f"/v1/brands/{self.id}/packets/{packet}/end"
        self._insist("POST", path, self.headers, ok=(409,))

    def _insist(
        self,
        method: str,
        path: str,
        headers: _HEADERS_OF,
        body: Any = None,
        *,
        ok: tuple[int, ...] = (),
    ) -> Any:
        until = time.monotonic() + _TRIES_SECONDS
        while True:
            try:
                answer = self._client.request(method, path, json=body, headers=headers)
            except httpx.HTTPError as error:
                said = repr(error)
            else:
                if answer.status_code < 300 or answer.status_code in ok:
                    return answer.json()
                said = f"{answer.status_code} {answer.text}"
                assert answer.status_code >= 500, f"{method} {path}: {said}"
            assert time.monotonic() < until, f"{method} {path}: {said}"
            time.sleep(0.2)


class Grabbers:
    """Runs in a thread of its own, so that a test can kill servers meanwhile."""

    def __init__(
        self,
        url: str,
        people: list[Person],
        seed: int,
        *,
        pause: float = 1.0,
        log: MoneyLog | None = None,
    ) -> None:
        self.log = log if log is not None else MoneyLog()
        self.answers = self.again = 0
        self._url = url
        self._people = {person.id: person for person in people}
        self._random = random.Random(seed)
        self._pause = pause
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._failure: BaseException | None = None

    def __enter__(self) -> "Grabbers":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=60)
        assert self._failure is None, repr(self._failure)

    async def _run(self) -> None:
        try:
            await asyncio.gather(*map(self._live, self._people.values()))
        except BaseException as error:
            self._failure = error

    async def _live(self, me: Person) -> None:
        url = httpx.URL(self._url)
        wire = Wire(url.host, url.port or 80)
        tickets: dict[int, tuple[str | None, list[Any]]] = {}
        done: dict[Wish, bool] = {}
        while not self._stop.is_set():
            await asyncio.sleep(self._random.random() * self._pause)
            for packet in [p for p in list(self.log.packets) if p not in tickets]:
                view = await self._call(wire, me, "GET", f"/v1/packets/{packet}")
                if view[1] is not None:
                    tickets[packet] = view[1]["ticket"], view[1]["waves"]
            wishes = [
                wish
                for packet, (ticket, waves) in tickets.items()
                if ticket is not None  # else it was over before we saw it
                for wish in _wishes(packet, waves, me.id)
            ]
            left = [wish for wish in wishes if not done.get(wish)]
            have = [wish for wish in wishes if wish in self.log.granted]
            if left and not (have and self._random.random() < 0.2):
                wish = self._random.choice(left)
                done[wish] = await self._grab(wire, me, tickets[wish[0]][0], wish)
            elif have:
                wish = self._random.choice(have)
                await self._grab(wire, me, tickets[wish[0]][0], wish)
                self.again += 1

    async def _grab(self, wire: Wire, me: Person, ticket: str | None, wish: Wish) -> bool:
        """One grab. True when it was answered: then it need not be asked again."""
        packet, wave, _ = wish
        body = {"ticket": ticket, "wave": wave}
        self.log.asking(wish)
        told, answer = await self._call(wire, me, "POST", f"/v1/packets/{packet}/grab", body)
        self.log.note(wish, told, answer)
        return told is not Told.UNSURE

    async def _call(
        self, wire: Wire, me: Person, method: str, path: str, body: Any = None
    ) -> tuple[Told, Any]:
        try:
            status, answer = await wire.call(method, path, me.token, body)
        except NoAnswer:
            await asyncio.sleep(0.3)
            return Told.UNSURE, None
        told = told_by(status)
        self.answers += told is Told.YES
        assert status not in (400, 401, 403, 404, 429), answer
        return told, answer if told is Told.YES else None

    def ask(self, brand: Brand) -> "Callable[[int | None, str, str, Any], Any]":
        """How anybody of the crowd, or the brand, asks for JSON."""
        client = httpx.Client(base_url=self._url, timeout=15.0)

        def ask(shopper: int | None, method: str, path: str, body: Any) -> Any:
            headers = brand.headers if shopper is None else self._people[shopper].headers
            answer = client.request(method, path, json=body, headers=headers)
            answer.raise_for_status()
            return answer.json()

        return ask

    def heals(self, brand: Brand, *, sample: int = 200, lost_minor: int = 0) -> None:
        """All packets being over, everything settles without help and the money is right; of some
        shares, or all if there are fewer, the same is answered again."""
        assert not self.log.contradictions, "\n".join(self.log.contradictions[:30])
        ask = self.ask(brand)
        until = time.monotonic() + HEAL_SECONDS
        while broken := list(broken_money(self.log, brand.id, ask, lost_minor=lost_minor)):
            assert time.monotonic() < until, f"{len(broken)} broken:\n" + "\n".join(broken[:30])
            time.sleep(1.0)
        wishes = self._random.sample(sorted(self.log.granted), min(sample, len(self.log.granted)))
        again = list(restored_otherwise(self.log, wishes, ask))
        assert not again, "\n".join(again[:30])


def _wishes(packet: int, waves: list[Any], me: int) -> list[Wish]:
    """What may be asked already: of a rain, every wave that has begun."""
    if not waves:
        return [(packet, 0, me)]
    now = time.time()
    return [
        (packet, each["wave"], me)
        for each in waves
        if datetime.fromisoformat(each["entersAt"]).timestamp() < now
    ]


def _bearer(token: str) -> _HEADERS_OF:
    return {"authorization": f"Bearer {token}"}
