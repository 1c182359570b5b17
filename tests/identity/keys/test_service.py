"""API keys from the first day to the last."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.identity.errors import KeyInvalid
from app.kernel.actors import Actor, ActorKind, Authenticator
from app.kernel.house import House
from tests.identity.people import Door, bearer

Auth = dict[str, str]


async def make(door: Door, brand_id: int, auth: Auth, **body: Any) -> httpx.Response:
    """A new key."""
    body = {"name": "the till", "scopes": ["posts:write"], "live": True} | body
    return await door.client.post(f"/v1/brands/{brand_id}/keys", json=body, headers=auth)


async def who(house: House, key: str) -> Actor | None:
    """The actor of a key; None when it opens nothing."""
    try:
        return await house.doors.get(Authenticator).authenticate(f"Bearer {key}")
    except KeyInvalid:
        return None


async def closed(house: House, key: str) -> None:
    """Wait until a key opens nothing."""
    for _ in range(1000):
        if await who(house, key) is None:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the key still opens")


@pytest.fixture
async def brand(door: Door) -> int:
    return await door.brand(await door.operator())


@pytest.fixture
async def owner(door: Door, brand: int) -> Auth:
    return (await door.member(brand, "owner"))[1]


class TestMaking:
    async def test_a_key_opens_with_its_scopes(self, door, house, brand, owner) -> None:
        made = await make(door, brand, owner, scopes=["products:write", "posts:write"])

        assert made.status_code == 201
        actor = await who(house, made.json()["key"])
        assert actor == Actor(
            kind=ActorKind.KEY,
            id=int(made.json()["id"]),
            brand_id=brand,
            scopes=frozenset({"posts:write", "products:write"}),
            live=True,
        )

    async def test_a_test_key_sees_test_data(self, door, house, brand, owner) -> None:
        made = (await make(door, brand, owner, live=False)).json()

        actor = await who(house, made["key"])
        assert made["key"].startswith("sk_test_")
        assert actor is not None
        assert actor.live is False

    async def test_the_secret_is_shown_once_and_stored_nowhere(
        self, door, house, brand, owner
    ) -> None:
        headers = owner | {"idempotency-key": "one order of a key"}
        made = (await make(door, brand, headers)).json()

        listed = await door.client.get(f"/v1/brands/{brand}/keys", headers=owner)

        [row] = listed.json()["items"]
        assert "key" not in row
        assert row == {name: value for name, value in made.items() if name != "key"}
        secret = made["key"].removeprefix("sk_live_")
        async with house.database.reading() as session:
            for table in ("brand_keys", "idempotency_keys", "procrastinate_jobs"):
                for stored in await session.execute(text(f"SELECT * FROM {table}")):
                    assert secret not in repr(
                        [bytes(v) if isinstance(v, memoryview) else v for v in stored]
                    )

    async def test_a_repeated_request_makes_no_second_key(self, door, brand, owner) -> None:
        headers = owner | {"idempotency-key": "one order"}
        first, again = await make(door, brand, headers), await make(door, brand, headers)

        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json() | {"key": None}
        listed = await door.client.get(f"/v1/brands/{brand}/keys", headers=owner)
        assert len(listed.json()["items"]) == 1

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"scopes": []}, "/scopes"),
            ({"scopes": ["everything"]}, "/scopes/0"),
            ({"scopes": ["posts:write"] * 50}, "/scopes"),
            ({"name": ""}, "/name"),
            ({"name": "  "}, "/name"),
            ({"name": "x" * 61}, "/name"),
        ],
    )
    async def test_what_is_no_key_is_refused(self, door, brand, owner, body, pointer) -> None:
        answer = await make(door, brand, owner, **body)

        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == pointer

    async def test_the_number_of_keys_is_bounded(
        self, door, brand, owner, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.identity.keys.service.KEYS_MAX", 3)

        answers = await asyncio.gather(*(make(door, brand, owner) for _ in range(5)))

        assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 2


class TestOpening:
    async def test_a_key_is_nobody(self, door, brand, owner) -> None:
        key = (await make(door, brand, owner)).json()["key"]

        for path in ("/v1/me", "/v1/auth/sessions", "/v1/auth/workplaces"):
            assert (await door.client.get(path, headers=bearer(key))).status_code == 403

    async def test_a_key_makes_no_keys_and_no_members(self, door, brand, owner) -> None:
        key = bearer((await make(door, brand, owner)).json()["key"])

        assert (await make(door, brand, key)).status_code == 403
        body = {"phone": "13800138000", "role": "owner"}
        path = f"/v1/brands/{brand}/members"
        assert (await door.client.post(path, json=body, headers=key)).status_code == 403
        assert (await make(door, 999, key)).status_code == 404

    async def test_a_key_nobody_made_opens_nothing(self, door, house, brand, owner) -> None:
        from app.identity.keys import rules

        made = (await make(door, brand, owner)).json()["key"]
        for key in (rules.make_key(live=True), made[:-1], made + "x", "sk_live_", made.lower()):
            answer = await door.client.get("/v1/me", headers=bearer(key))
            assert (answer.status_code, answer.json()["code"]) == (401, "key_invalid")

    async def test_what_sql_said_counts_for_a_second(
        self, door, house: House, brand, owner
    ) -> None:
        key = (await make(door, brand, owner)).json()["key"]
        assert await who(house, key)
        async with house.database.transaction() as tx:
            await tx.session.execute(text("DELETE FROM brand_keys"))

        house.clock.shift(timedelta(seconds=0.9))
        await who(house, key)  # perhaps still open
        house.clock.shift(timedelta(seconds=0.2))
        assert await who(house, key) is None

    async def test_last_use_is_noted_coarsely(self, door, house: House, brand, owner) -> None:
        key = (await make(door, brand, owner)).json()["key"]

        async def noted() -> str | None:
            listed = await door.client.get(f"/v1/brands/{brand}/keys", headers=owner)
            return listed.json()["items"][0]["lastUsedAt"]

        assert await noted() is None
        await who(house, key)
        first = await noted()
        assert first is not None
        house.clock.shift(timedelta(minutes=5))
        await who(house, key)
        assert await noted() == first
        house.clock.shift(timedelta(minutes=4))
        await who(house, key)
        assert await noted() == first


class TestRotating:
    async def test_old_and_new_open_until_the_overlap_has_passed(
        self, door, house: House, brand, owner
    ) -> None:
        old = (await make(door, brand, owner)).json()
        path = f"/v1/brands/{brand}/keys/{old['id']}/rotate"
        new = (await door.client.post(path, json={"overlapHours": 2}, headers=owner)).json()

        assert new["key"] != old["key"]
        assert (new["scopes"], new["live"], new["name"]) == (["posts:write"], True, "the till")
        assert await who(house, old["key"])
        assert await who(house, new["key"])
        house.clock.shift(timedelta(hours=2, seconds=1))
        assert await who(house, old["key"]) is None
        assert await who(house, new["key"])

    async def test_an_overlap_ends_on_the_second_whatever_is_remembered(
        self, door, house: House, brand, owner, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.identity.keys.service.CACHE_SECONDS", 86_400.0)
        old = (await make(door, brand, owner)).json()
        path = f"/v1/brands/{brand}/keys/{old['id']}/rotate"
        await door.client.post(path, json={"overlapHours": 1}, headers=owner)
        assert await who(house, old["key"])

        house.clock.shift(timedelta(hours=1))
        assert await who(house, old["key"]) is None

    async def test_no_overlap_closes_at_once(self, door, house: House, brand, owner, other) -> None:
        old = (await make(door, brand, owner)).json()
        assert await who(other.house, old["key"])
        path = f"/v1/brands/{brand}/keys/{old['id']}/rotate"
        await door.client.post(path, json={"overlapHours": 0}, headers=owner)

        assert await who(house, old["key"]) is None
        await closed(other.house, old["key"])

    async def test_a_key_is_rotated_once(self, door, brand, owner) -> None:
        old = (await make(door, brand, owner)).json()
        path = f"/v1/brands/{brand}/keys/{old['id']}/rotate"
        answers = await asyncio.gather(
            *(door.client.post(path, json={}, headers=owner) for _ in range(3))
        )

        assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


class TestRevoking:
    async def test_a_revoked_key_is_closed_everywhere(
        self, door, house: House, brand, owner, other
    ) -> None:
        made = (await make(door, brand, owner)).json()
        assert await who(house, made["key"])
        assert await who(other.house, made["key"])

        path = f"/v1/brands/{brand}/keys/{made['id']}"
        assert (await door.client.delete(path, headers=owner)).status_code == 204

        assert await who(house, made["key"]) is None
        await closed(other.house, made["key"])
        assert (await door.client.delete(path, headers=owner)).status_code == 204
        listed = await door.client.get(f"/v1/brands/{brand}/keys", headers=owner)
        assert listed.json()["items"] == []

    @pytest.mark.parametrize(
        ("role", "status"),
        [("owner", 200), ("operations", 200), ("manager", 403), ("service", 403), ("clerk", 403)],
    )
    async def test_who_sees_keys(self, door: Door, brand, role, status) -> None:
        _, auth = await door.member(brand, role)

        listed = await door.client.get(f"/v1/brands/{brand}/keys", headers=auth)
        assert listed.status_code == status

    async def test_what_is_not_yours_is_not_there(self, door: Door, house, brand, owner) -> None:
        made = (await make(door, brand, owner)).json()
        stranger_brand = await door.brand(await door.operator())
        _, stranger = await door.member(stranger_brand, "owner")
        for place in (brand, stranger_brand):
            path = f"/v1/brands/{place}/keys/{made['id']}"
            assert (await door.client.delete(path, headers=stranger)).status_code == 404
            rotated = await door.client.post(f"{path}/rotate", json={}, headers=stranger)
            assert rotated.status_code == 404
        shopper = await door.sign_in()
        path = f"/v1/brands/{brand}/keys"
        assert (await door.client.get(path, headers=shopper.auth)).status_code == 404
        assert (await door.client.get(path, headers=stranger)).status_code == 404
        assert (await make(door, brand, stranger)).status_code == 404
        assert await who(house, made["key"])
