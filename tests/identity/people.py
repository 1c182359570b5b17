"""People who sign in the way people do: by the code on the console."""

import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from app.identity.interfaces import Memberships, Role
from app.kernel.house import House

_numbers = itertools.count(10_000_000)


def new_phone() -> str:
    """A Chinese mobile number that no other test uses."""
    return f"138{next(_numbers):08d}"


@dataclass
class Person:
    """Somebody with a phone, who may have signed in."""

    phone: str
    answer: dict[str, Any]

    @property
    def id(self) -> int:
        return int(self.answer["shopper"]["id"])

    @property
    def access(self) -> str:
        return self.answer["accessToken"]

    @property
    def refresh(self) -> str:
        return self.answer["refreshToken"]

    @property
    def auth(self) -> dict[str, str]:
        return bearer(self.access)


def bearer(token: str) -> dict[str, str]:
    """The header that carries a token."""
    return {"authorization": f"Bearer {token}"}


@dataclass
class Door:
    """The way in."""

    client: httpx.AsyncClient
    codes: Path
    house: House

    def code_for(self, phone: str) -> str:
        """The last code sent to a phone."""
        lines = self.codes.read_text().splitlines() if self.codes.exists() else []
        sent = [json.loads(line) for line in lines]
        return [each["code"] for each in sent if each["phone"].endswith(phone)][-1]

    async def ask(self, phone: str, **options: Any) -> httpx.Response:
        """Ask for a code."""
        return await self.client.post("/v1/auth/codes", json={"phone": phone}, **options)

    async def enter(self, phone: str, code: str, **options: Any) -> httpx.Response:
        """Try a code."""
        body = {"phone": phone, "code": code, "deviceName": "a test"}
        return await self.client.post("/v1/auth/sessions", json=body, **options)

    async def sign_in(self, phone: str | None = None, **options: Any) -> Person:
        """The whole way."""
        phone = phone or new_phone()
        asked = await self.ask(phone)
        assert asked.status_code == 202, asked.text
        entered = await self.enter(phone, self.code_for(phone), **options)
        assert entered.status_code == 201, entered.text
        return Person(phone, entered.json())

    async def refresh(self, token: str, **options: Any) -> httpx.Response:
        """Exchange a refresh token."""
        body = {"refreshToken": token}
        return await self.client.post("/v1/auth/sessions/refresh", json=body, **options)

    async def work_token(self, person: Person, brand_id: int | str) -> str:
        """A token with the role the person has in a brand; "operator" for the house."""
        path = f"/v1/auth/workplaces/{brand_id}"
        answer = await self.client.post(path, headers=person.auth)
        assert answer.status_code == 201, answer.text
        return answer.json()["accessToken"]

    async def operator(self) -> dict[str, str]:
        """The header of somebody who runs the house."""
        person = await self.sign_in()
        async with self.house.database.transaction() as tx:
            await self.house.doors.get(Memberships).make_operator(tx, person.phone)
        return bearer(await self.work_token(person, "operator"))

    async def brand(self, operator: dict[str, str]) -> int:
        """A new brand."""
        body = {"name": f"Brand {next(_numbers)}"}
        answer = await self.client.post("/v1/brands", json=body, headers=operator)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    async def member(self, brand_id: int, role: str) -> tuple[Person, dict[str, str]]:
        """Somebody who works for the brand, and the header of their work."""
        person = await self.sign_in()
        async with self.house.database.transaction() as tx:
            await self.house.doors.get(Memberships).appoint(tx, brand_id, person.phone, Role(role))
        return person, bearer(await self.work_token(person, brand_id))

    async def status(self, token: str) -> int:
        """What the profile answers to a token: 200 or 401."""
        return (await self.client.get("/v1/me", headers=bearer(token))).status_code
