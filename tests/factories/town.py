"""A small town to test in: shoppers, brands, their keys, pictures, and the jobs they leave."""

import io
import itertools
from dataclasses import dataclass
from typing import Any

import httpx
from PIL import Image
from sqlalchemy import text

from app.composition import Composed
from app.identity.interfaces import Actor, ActorKind, Memberships, Role, ShopperRegistry, SignIns
from app.kernel.house import House
from app.kernel.valkey.settle import SettleWorker
from media.images.interfaces import Images, PictureOwner

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Resident:
    """Somebody, or some key, that may call the API."""

    id: int
    headers: dict[str, str]
    actor: Actor


@dataclass(frozen=True)
class Shop:
    """A brand, somebody who runs it, and both of its accounts."""

    id: int
    owner: Resident
    test_account_id: int


class Town:
    """Makes people and brands the way the house does, and asks the API in their names."""

    def __init__(self, client: httpx.AsyncClient, composed: Composed) -> None:
        self.client = client
        self.composed = composed
        self.house: House = composed.house

    async def ask(
        self, method: str, path: str, who: Resident | None = None, **options: Any
    ) -> httpx.Response:
        """One request; ids in `json` may be given as ints."""
        if who is not None:
            options["headers"] = {**who.headers, **options.get("headers", {})}
        if options.get("json") is not None:
            options["json"] = _wired(options["json"])
        return await self.client.request(method, path, **options)

    async def good(
        self, method: str, path: str, who: Resident | None = None, **options: Any
    ) -> Any:
        """One request that has to succeed; its JSON."""
        answer = await self.ask(method, path, who, **options)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def shopper(self, name: str | None = None) -> Resident:
        """A new shopper, signed in."""
        return (await self._with_phone(name))[0]

    async def _with_phone(self, name: str | None = None) -> tuple[Resident, str]:
        number = next(_numbers)
        async with self.house.database.transaction() as tx:
            registry = self.house.doors.get(ShopperRegistry)
            phone = f"+86139{number:08d}"
            id_ = await registry.register(tx, phone, name=name or f"买家{number}")
            tokens = await self.house.doors.get(SignIns).begin(tx, id_, "a test", "pytest")
        actor = Actor(kind=ActorKind.SHOPPER, id=id_)
        return Resident(id_, _bearer(tokens.access_token), actor), phone

    async def operator(self) -> Resident:
        """Somebody who runs the house."""
        person, phone = await self._with_phone()
        async with self.house.database.transaction() as tx:
            await self.house.doors.get(Memberships).make_operator(tx, phone)
        return await self._at_work(person, "operator", ActorKind.OPERATOR, None)

    async def shop(self, name: str | None = None) -> Shop:
        """A brand and its owner."""
        operator = await self.operator()
        body = {"name": name or f"品牌{next(_numbers)}"}
        brand = await self.good("POST", "/v1/brands", operator, json=body)
        owner = await self.member(int(brand["id"]), Role.OWNER)
        return Shop(int(brand["id"]), owner, int(brand["testAccountId"]))

    async def member(self, brand_id: int, role: Role) -> Resident:
        """Somebody who works for a brand."""
        person, phone = await self._with_phone()
        async with self.house.database.transaction() as tx:
            await self.house.doors.get(Memberships).appoint(tx, brand_id, phone, role)
        return await self._at_work(person, str(brand_id), ActorKind.MEMBER, role)

    async def key(self, shop: Shop, *, live: bool, scopes: list[str] | None = None) -> Resident:
        """An API key of a brand."""
        body = {
            "name": "a test",
            "live": live,
            "scopes": scopes or ["posts:write", "products:write", "images:write"],
        }
        made = await self.good("POST", f"/v1/brands/{shop.id}/keys", shop.owner, json=body)
        actor = Actor(
            kind=ActorKind.KEY,
            id=int(made["id"]),
            brand_id=shop.id,
            scopes=frozenset(body["scopes"]),
            live=live,
        )
        return Resident(actor.id, _bearer(made["key"]), actor)

    async def picture(self, who: Resident) -> int:
        """A picture that somebody uploaded."""
        shade = next(_numbers)
        # far apart: JPEG makes neighbouring shades one, and the same bytes are the same picture
        image = Image.new("RGB", (64, 48), (shade * 37 % 256, shade * 91 % 256, shade * 53 % 256))
        data = io.BytesIO()
        image.save(data, "JPEG")
        async with self.house.database.transaction() as tx:
            owner = PictureOwner.of(who.actor)
            images = self.house.doors.get(Images)
            return int((await images.import_picture(tx, data.getvalue(), owner)).id)

    async def post(self, who: Resident, **fields: Any) -> dict[str, Any]:
        """A post; news unless said otherwise. The whole `ManagedPost`."""
        body = {"kind": "news", "text": "Something new", **fields}
        return await self.good("POST", "/v1/posts", who, json=body)

    async def post_id(self, who: Resident, **fields: Any) -> int:
        """The id of a new post."""
        return int((await self.post(who, **fields))["post"]["id"])

    async def follow(self, who: Resident, account_id: int) -> None:
        """Follow an account."""
        await self.good("PUT", f"/v1/accounts/{account_id}/follow", who)

    async def settle(self) -> None:
        """Bring every decision to SQL, as a worker would."""
        settlers = [settler for wiring in self.composed.wirings for settler in wiring.settlers]
        house = self.house
        worker = SettleWorker(house.live, house.database, house.metrics, settlers, name="town")
        while await worker.settle_once():
            pass

    async def run_jobs(
        self, *, also_later: bool = False, only: tuple[str, ...] = ("",)
    ) -> list[str]:
        """Run every job that is due, and what those defer, as a worker would. Their names.

        With `only` those whose names begin so.
        """
        tasks = {task.name: task for wiring in self.composed.wirings for task in wiring.tasks}
        due = "" if also_later else "AND (scheduled_at IS NULL OR scheduled_at <= now())"
        names: list[str] = []
        while True:
            async with self.house.database.transaction() as tx:
                found = await tx.session.execute(
                    text(
                        "UPDATE procrastinate_jobs SET status = 'succeeded' "
                        f"WHERE status = 'todo' {due} AND task_name LIKE ANY(:names) "
                        "RETURNING id, task_name, args"
                    ),
                    {"names": [f"{prefix}%" for prefix in only]},
                )
                jobs = sorted(tuple(row) for row in found)
            if not jobs:
                return names
            for _, name, arguments in jobs:
                names.append(name)
                await tasks[name].run(**arguments)

    async def _at_work(
        self, person: Resident, place: str, kind: ActorKind, role: Role | None
    ) -> Resident:
        made = await self.good("POST", f"/v1/auth/workplaces/{place}", person)
        brand_id = int(place) if place.isdigit() else None
        actor = Actor(kind=kind, id=person.id, brand_id=brand_id, role=role)
        return Resident(person.id, _bearer(made["accessToken"]), actor)


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def _wired(value: Any) -> Any:
    """JSON as the API reads it: ids, the only large integers, as strings."""
    if isinstance(value, dict):
        return {name: _wired(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_wired(each) for each in value]
    if isinstance(value, int) and not isinstance(value, bool) and value > 2**40:
        return str(value)
    return value
