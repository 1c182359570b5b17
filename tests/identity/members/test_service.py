"""Members and operators: who may do what, until when."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.identity.errors import LastOwner
from app.identity.interfaces import Memberships, Role
from app.kernel.errors import Invalid
from app.kernel.house import House
from tests.identity.people import Door, new_phone
from tests.identity.sessions.test_revocations import until_refused

Auth = dict[str, str]


async def members_of(door: Door, brand_id: int, auth: Auth) -> list[dict[str, Any]]:
    answer = await door.client.get(f"/v1/brands/{brand_id}/members", headers=auth)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def invite(door: Door, brand_id: int, auth: Auth, role: str, phone: str) -> httpx.Response:
    return await door.client.post(
        f"/v1/brands/{brand_id}/members", json={"phone": phone, "role": role}, headers=auth
    )


class TestInviting:
    async def test_an_operator_gives_a_brand_its_owner_before_anybody_signs_in(
        self, door: Door
    ) -> None:
        operator = await door.operator()
        brand, phone = await door.brand(operator), new_phone()
        invited = await invite(door, brand, operator, "owner", phone)
        assert invited.status_code == 201

        owner = await door.sign_in(phone)
        listed = await door.client.get("/v1/auth/workplaces", headers=owner.auth)

        [place] = listed.json()["items"]
        assert (place["brandId"], place["role"]) == (str(brand), "owner")
        assert place["brandName"].startswith("Brand ")
        assert listed.json()["operator"] is False
        auth = {"authorization": f"Bearer {await door.work_token(owner, brand)}"}
        assert [each["role"] for each in await members_of(door, brand, auth)] == ["owner"]

    async def test_an_invitation_does_not_tell_whether_the_phone_is_known(self, door: Door) -> None:
        brand = await door.brand(await door.operator())
        _, owner = await door.member(brand, "owner")
        known, unknown = await door.sign_in(), new_phone()

        answers = [
            (await invite(door, brand, owner, "clerk", phone)).json()
            for phone in (known.phone, unknown)
        ]

        for answer in answers:
            assert answer["name"] is None
            assert answer["joinedAt"] is None
        listed = await members_of(door, brand, owner)
        assert [each["name"] for each in listed if each["role"] == "clerk"] == [None, None]
        await door.work_token(known, brand)
        names = {each["id"]: each["name"] for each in await members_of(door, brand, owner)}
        assert names[answers[0]["id"]] == known.answer["shopper"]["name"]
        assert names[answers[1]["id"]] is None

    async def test_invitation_and_registration_at_once_find_each_other(
        self, door: Door, house: House
    ) -> None:
        brand = await door.brand(await door.operator())
        _, owner = await door.member(brand, "owner")
        for _ in range(6):
            phone = new_phone()
            await door.ask(phone)
            code = door.code_for(phone)

            _, entered = await asyncio.gather(
                invite(door, brand, owner, "clerk", phone), door.enter(phone, code)
            )

            shopper = int(entered.json()["shopper"]["id"])
            async with house.database.reading() as session:
                memberships = house.doors.get(Memberships)
                assert await memberships.role_of(session, shopper, brand) == "clerk"

    async def test_a_phone_is_invited_once(self, door: Door) -> None:
        brand = await door.brand(await door.operator())
        _, owner = await door.member(brand, "owner")
        phone = new_phone()

        answers = await asyncio.gather(
            *(invite(door, brand, owner, "clerk", each) for each in (phone, "+86" + phone))
        )

        assert sorted(answer.status_code for answer in answers) == [201, 409]
        assert len(await members_of(door, brand, owner)) == 2

    async def test_a_role_that_is_none_is_refused(self, door: Door) -> None:
        brand = await door.brand(await door.operator())
        _, owner = await door.member(brand, "owner")

        assert (await invite(door, brand, owner, "king", new_phone())).status_code == 400
        wrong_phone = await invite(door, brand, owner, "clerk", "12345")
        assert wrong_phone.json()["errors"][0]["pointer"] == "/phone"

    async def test_the_number_of_members_is_bounded(
        self, door: Door, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.identity.members.service.MEMBERS_MAX", 3)
        brand = await door.brand(await door.operator())
        _, owner = await door.member(brand, "owner")

        answers = await asyncio.gather(
            *(invite(door, brand, owner, "clerk", new_phone()) for _ in range(5))
        )

        assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409]


class TestRoles:
    @pytest.mark.parametrize(
        ("role", "reads", "writes"),
        [
            ("owner", 200, 201),
            ("operations", 200, 403),
            ("manager", 200, 403),
            ("service", 403, 403),
            ("clerk", 403, 403),
        ],
    )
    async def test_who_sees_and_who_changes_members(
        self, door: Door, role: str, reads: int, writes: int
    ) -> None:
        brand = await door.brand(await door.operator())
        await door.member(brand, "owner")
        _, auth = await door.member(brand, role)

        read = await door.client.get(f"/v1/brands/{brand}/members", headers=auth)
        written = await invite(door, brand, auth, "clerk", new_phone())

        assert (read.status_code, written.status_code) == (reads, writes)

    async def test_what_is_not_yours_is_not_there(self, door: Door) -> None:
        operator = await door.operator()
        mine, theirs = await door.brand(operator), await door.brand(operator)
        _, owner = await door.member(mine, "owner")
        _, other = await door.member(theirs, "owner")
        shopper = await door.sign_in()
        [their_id] = [each["id"] for each in await members_of(door, theirs, other)]
        paths = [
            ("GET", f"/v1/brands/{theirs}/members", None),
            ("POST", f"/v1/brands/{theirs}/members", {"phone": new_phone(), "role": "clerk"}),
            ("PATCH", f"/v1/brands/{theirs}/members/{their_id}", {"role": "clerk"}),
            ("PATCH", f"/v1/brands/{mine}/members/{their_id}", {"role": "clerk"}),
            ("DELETE", f"/v1/brands/{theirs}/members/{their_id}", None),
            ("DELETE", f"/v1/brands/{mine}/members/{their_id}", None),
        ]
        for method, path, body in paths:
            answer = await door.client.request(method, path, json=body, headers=owner)
            assert answer.status_code == 404, (method, path)
            answer = await door.client.request(method, path, json=body, headers=shopper.auth)
            assert answer.status_code == 404, (method, path)
        assert len(await members_of(door, theirs, other)) == 1

    async def test_a_brand_that_is_none_is_not_there_for_operators_either(self, door: Door) -> None:
        operator = await door.operator()

        assert (await invite(door, 12345, operator, "owner", new_phone())).status_code == 404

    async def test_a_work_token_is_not_given_to_strangers(self, door: Door) -> None:
        brand = await door.brand(await door.operator())
        person = await door.sign_in()

        for place in (brand, 987, "operator"):
            path = f"/v1/auth/workplaces/{place}"
            assert (await door.client.post(path, headers=person.auth)).status_code == 404


class TestWorking:
    async def test_no_token_is_stored_for_an_idempotency_key(
        self, door: Door, house: House
    ) -> None:
        brand = await door.brand(await door.operator())
        _, auth = await door.member(brand, "owner")
        path, headers = f"/v1/auth/workplaces/{brand}", auth | {"idempotency-key": "once"}

        assert (await door.client.post(path, headers=headers)).status_code == 201

        async with house.database.reading() as session:
            stored = await session.scalar(
                text("SELECT count(*) FROM idempotency_keys WHERE key = 'once'")
            )
        assert stored == 0


class TestTakingBack:
    async def test_a_lower_role_ends_the_tokens_of_the_higher(self, door: Door, other) -> None:
        brand = await door.brand(await door.operator())
        _, owner = await door.member(brand, "owner")
        person, auth = await door.member(brand, "manager")
        path = f"/v1/brands/{brand}/members"
        member = next(m for m in await members_of(door, brand, owner) if m["role"] == "manager")

        changed = await door.client.patch(
            f"{path}/{member['id']}", json={"role": "clerk"}, headers=owner
        )

        assert changed.json()["role"] == "clerk"
        refused = await door.client.get(path, headers=auth)
        assert (refused.status_code, refused.json()["code"]) == (401, "session_revoked")
        await until_refused(other.door, auth["authorization"].removeprefix("Bearer "))
        # the shopper behind it stays signed in, and may ask for a token with the new role
        assert await door.status(person.access) == 200
        token = await door.work_token(person, brand)
        assert await door.status(token) == 200

    async def test_whoever_is_removed_is_out(self, door: Door, house: House) -> None:
        brand = await door.brand(await door.operator())
        _, owner = await door.member(brand, "owner")
        person, auth = await door.member(brand, "operations")
        member = next(m for m in await members_of(door, brand, owner) if m["role"] != "owner")

        path = f"/v1/brands/{brand}/members/{member['id']}"
        assert (await door.client.delete(path, headers=owner)).status_code == 204

        assert (await door.client.get("/v1/me", headers=auth)).status_code == 401
        place = await door.client.post(f"/v1/auth/workplaces/{brand}", headers=person.auth)
        assert place.status_code == 404
        assert (await door.client.delete(path, headers=owner)).status_code == 404

    async def test_signing_out_ends_work_as_well(self, door: Door) -> None:
        brand = await door.brand(await door.operator())
        person, auth = await door.member(brand, "owner")

        await door.client.delete("/v1/auth/sessions/current", headers=person.auth)

        assert (await door.client.get("/v1/me", headers=auth)).status_code == 401

    async def test_a_role_is_looked_up_before_rights_are_given(
        self, door: Door, house: House
    ) -> None:
        """A process that has not yet heard of the change must not let it through."""
        brand = await door.brand(await door.operator())
        await door.member(brand, "owner")
        person, auth = await door.member(brand, "owner")
        async with house.database.transaction() as tx:
            await house.doors.get(Memberships).appoint(tx, brand, person.phone, Role.CLERK)
        from app.identity.interfaces import Revocations

        house.doors.get(Revocations).denied.clear()  # pyright: ignore[reportAttributeAccessIssue]

        assert (await invite(door, brand, auth, "owner", new_phone())).status_code == 403

    async def test_an_operator_is_one_until_removed(self, door: Door, house: House) -> None:
        person = await door.sign_in()
        memberships = house.doors.get(Memberships)
        async with house.database.transaction() as tx:
            await memberships.make_operator(tx, person.phone)
        async with house.database.transaction() as tx:
            await memberships.make_operator(tx, person.phone)
        token = await door.work_token(person, "operator")
        auth = {"authorization": f"Bearer {token}"}
        listed = await door.client.get("/v1/auth/workplaces", headers=auth)
        assert listed.json()["operator"] is True

        async with house.database.transaction() as tx:
            await memberships.remove_operator(tx, person.phone)

        answer = await door.client.get("/v1/auth/workplaces", headers=auth)
        assert answer.json()["code"] == "session_revoked"
        assert await door.status(person.access) == 200

    async def test_an_operator_can_be_made_before_the_first_sign_in(
        self, door: Door, house: House
    ) -> None:
        phone = new_phone()
        async with house.database.transaction() as tx:
            await house.doors.get(Memberships).make_operator(tx, phone)

        assert await door.work_token(await door.sign_in(phone), "operator")

    async def test_no_operator_by_nonsense(self, house: House) -> None:
        with pytest.raises(Invalid):
            async with house.database.transaction() as tx:
                await house.doors.get(Memberships).make_operator(tx, "nobody")


class TestLastOwner:
    async def test_the_last_owner_stays(self, door: Door, house: House) -> None:
        brand = await door.brand(await door.operator())
        person, owner = await door.member(brand, "owner")
        [member] = await members_of(door, brand, owner)
        path = f"/v1/brands/{brand}/members/{member['id']}"

        removed = await door.client.delete(path, headers=owner)
        demoted = await door.client.patch(path, json={"role": "clerk"}, headers=owner)

        assert (removed.status_code, removed.json()["code"]) == (409, "last_owner")
        assert (demoted.status_code, demoted.json()["code"]) == (409, "last_owner")
        with pytest.raises(LastOwner):
            async with house.database.transaction() as tx:
                await house.doors.get(Memberships).appoint(tx, brand, person.phone, Role.CLERK)
        same = await door.client.patch(path, json={"role": "owner"}, headers=owner)
        assert same.status_code == 200
        assert (await door.client.get("/v1/me", headers=owner)).status_code == 200

    async def test_two_owners_who_remove_each_other_leave_one(self, door: Door) -> None:
        operator = await door.operator()
        for _ in range(4):
            brand = await door.brand(operator)
            owners = [await door.member(brand, "owner") for _ in range(2)]
            ids = [each["id"] for each in await members_of(door, brand, owners[0][1])]

            await asyncio.gather(
                *(
                    door.client.delete(
                        f"/v1/brands/{brand}/members/{ids[1 - n]}", headers=owners[n][1]
                    )
                    for n in range(2)
                )
            )

            left = await members_of(door, brand, operator)
            assert [each["role"] for each in left] == ["owner"]


class TestDoor:
    async def test_others_ask_who_works_where(self, door: Door, house: House) -> None:
        operator = await door.operator()
        one, two = await door.brand(operator), await door.brand(operator)
        person, _ = await door.member(one, "owner")
        async with house.database.transaction() as tx:
            await house.doors.get(Memberships).appoint(tx, two, person.phone, Role.CLERK)
            await house.doors.get(Memberships).appoint(tx, two, new_phone(), Role.CLERK)

        memberships = house.doors.get(Memberships)
        async with house.database.reading() as session:
            assert await memberships.role_of(session, person.id, one) is Role.OWNER
            assert await memberships.role_of(session, person.id, 77) is None
            assert await memberships.roles_of(session, person.id) == {
                one: Role.OWNER,
                two: Role.CLERK,
            }
            found = await memberships.members_of(session, two, {Role.CLERK, Role.OWNER})
            assert found == [person.id]
            assert await memberships.members_of(session, two, {Role.OWNER}) == []
