"""Staying signed in, and signing out."""

import asyncio
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import text

from app.identity.sessions import rules
from app.kernel.house import House
from tests.identity.people import Door, bearer

PHONE_APP = {"user-agent": "Carnival/1.0 (phone)"}
ANOTHER_APP = {"user-agent": "curl/8"}


async def ended(door: Door, access: str, refresh: str) -> bool:
    """Whether a sign-in is over for both of its tokens."""
    answer = await door.refresh(refresh)
    return answer.status_code == 401 and await door.status(access) == 401


class TestRefreshing:
    async def test_each_exchange_gives_the_next_tokens(self, door: Door, house: House) -> None:
        person = await door.sign_in()
        token, seen = person.refresh, {person.refresh}
        for _ in range(5):
            house.clock.shift(timedelta(minutes=1))
            answer = await door.refresh(token)
            assert answer.status_code == 200
            assert set(answer.json()) == {"accessToken", "accessExpiresAt", "refreshToken"}
            assert await door.status(answer.json()["accessToken"]) == 200
            token = answer.json()["refreshToken"]
            assert token not in seen
            seen.add(token)

    async def test_an_access_token_ends_and_a_refresh_helps(self, door: Door, house: House) -> None:
        person = await door.sign_in()
        house.clock.shift(timedelta(minutes=10, seconds=1))

        late = await door.client.get("/v1/me", headers=person.auth)
        assert (late.status_code, late.json()["code"]) == (401, "token_expired")
        fresh = (await door.refresh(person.refresh)).json()["accessToken"]
        assert await door.status(fresh) == 200

    async def test_an_old_token_ends_the_whole_family(self, door: Door, house: House) -> None:
        person = await door.sign_in()
        first = (await door.refresh(person.refresh)).json()
        house.clock.shift(timedelta(minutes=1))
        second = (await door.refresh(first["refreshToken"])).json()

        reused = await door.refresh(person.refresh)

        assert (reused.status_code, reused.json()["code"]) == (401, "session_revoked")
        assert await ended(door, second["accessToken"], second["refreshToken"])

    async def test_the_token_before_is_reuse_when_too_late(self, door: Door, house: House) -> None:
        person = await door.sign_in()
        next_ = (await door.refresh(person.refresh)).json()
        house.clock.shift(rules.RETRY_WITHIN + timedelta(seconds=1))

        assert (await door.refresh(person.refresh)).status_code == 401
        assert await ended(door, next_["accessToken"], next_["refreshToken"])

    async def test_reuse_ends_no_other_device(self, door: Door, house: House) -> None:
        person = await door.sign_in()
        house.clock.shift(timedelta(minutes=2))
        tablet = await door.sign_in(person.phone)
        await door.refresh(person.refresh)
        house.clock.shift(timedelta(minutes=1))
        await door.refresh(person.refresh)

        assert await door.status(tablet.access) == 200
        assert (await door.refresh(tablet.refresh)).status_code == 200


class TestRetrying:
    async def test_a_lost_answer_can_be_asked_for_again(self, door: Door, house: House) -> None:
        person = await door.sign_in()
        lost = await door.refresh(person.refresh, headers=PHONE_APP)
        house.clock.shift(timedelta(seconds=2))

        again = await door.refresh(person.refresh, headers=PHONE_APP)

        assert again.json()["refreshToken"] == lost.json()["refreshToken"]
        assert await door.status(again.json()["accessToken"]) == 200
        house.clock.shift(timedelta(minutes=1))
        assert (await door.refresh(again.json()["refreshToken"])).status_code == 200

    async def test_many_at_once_get_one_successor(
        self, door: Door, other, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # however long a slow machine takes over them
        monkeypatch.setattr(rules, "RETRY_WITHIN", timedelta(minutes=5))
        person = await door.sign_in()
        doors = [door, other.door] * 10

        answers = await asyncio.gather(*(each.refresh(person.refresh) for each in doors))

        assert {answer.status_code for answer in answers} == {200}
        successors = {answer.json()["refreshToken"] for answer in answers}
        assert len(successors) == 1
        assert (await door.refresh(successors.pop())).status_code == 200

    async def test_other_software_with_the_token_before_is_a_thief(
        self, door: Door, house: House
    ) -> None:
        person = await door.sign_in()
        next_ = (await door.refresh(person.refresh, headers=PHONE_APP)).json()

        assert (await door.refresh(person.refresh, headers=ANOTHER_APP)).status_code == 401
        assert await ended(door, next_["accessToken"], next_["refreshToken"])

    async def test_a_successor_in_use_ends_the_time_for_retries(
        self, door: Door, house: House
    ) -> None:
        person = await door.sign_in()
        first = (await door.refresh(person.refresh)).json()
        second = (await door.refresh(first["refreshToken"])).json()

        assert (await door.refresh(person.refresh)).status_code == 401
        assert await ended(door, second["accessToken"], second["refreshToken"])

    async def test_a_thief_taken_for_a_retry_is_found_out_later(
        self, door: Door, house: House
    ) -> None:
        person = await door.sign_in()
        owners = (await door.refresh(person.refresh)).json()
        thiefs = (await door.refresh(person.refresh)).json()
        house.clock.shift(timedelta(minutes=5))
        assert (await door.refresh(thiefs["refreshToken"])).status_code == 200
        house.clock.shift(timedelta(minutes=5))

        assert (await door.refresh(owners["refreshToken"])).status_code == 401
        assert await ended(door, owners["accessToken"], thiefs["refreshToken"])


class TestForeignTokens:
    @pytest.mark.parametrize("token", ["x", "rt_", "rt_" + "A" * 80, "rt_" + "A" * 93, "rt_é"])
    async def test_nonsense_is_refused(self, door: Door, token: str) -> None:
        answer = await door.refresh(token)

        assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")

    async def test_nobody_ends_a_session_with_invented_tokens(
        self, door: Door, house: House
    ) -> None:
        person = await door.sign_in()
        next_ = (await door.refresh(person.refresh)).json()
        real = rules.parse_token(person.refresh)
        assert real is not None
        invented = rules.make_token(b"not our key", real.session_id, 0, b"x" * 32)
        house.clock.shift(timedelta(minutes=1))

        answer = await door.refresh(invented.written())

        assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
        assert (await door.refresh(next_["refreshToken"])).status_code == 200

    async def test_the_database_alone_opens_nothing(self, door: Door, house: House) -> None:
        person = await door.sign_in()
        next_ = (await door.refresh(person.refresh)).json()["refreshToken"]
        secrets = [rules.parse_token(token) for token in (person.refresh, next_)]
        async with house.database.reading() as session:
            row = (await session.execute(text("SELECT * FROM sessions"))).mappings().one()
        stored = b"".join(bytes(v) for v in row.values() if isinstance(v, bytes | memoryview))

        assert stored
        assert not [each for each in secrets if each is None or each.secret in stored]

    async def test_an_access_token_is_no_refresh_token(self, door: Door) -> None:
        person = await door.sign_in()

        answer = await door.client.post(
            "/v1/auth/sessions/refresh", json={"refreshToken": person.access[:96]}
        )
        assert answer.status_code == 401
        assert await door.status(person.refresh) == 401


class TestIdleness:
    async def test_a_device_that_stays_away_is_signed_out(self, door: Door, house: House) -> None:
        person = await door.sign_in()
        house.clock.shift(timedelta(days=house.settings.refresh_token_days, seconds=1))

        assert (await door.refresh(person.refresh)).status_code == 401

    async def test_a_device_that_comes_back_stays(self, door: Door, house: House) -> None:
        token = (await door.sign_in()).refresh
        for _ in range(3):
            house.clock.shift(timedelta(days=house.settings.refresh_token_days - 1))
            answer = await door.refresh(token)
            assert answer.status_code == 200
            token = answer.json()["refreshToken"]


class TestSecretRotation:
    async def test_devices_stay_signed_in_over_a_new_master_secret(
        self, door: Door, house: House
    ) -> None:
        person = await door.sign_in()
        service = _service_with_other_keys(house)
        async with house.database.transaction() as tx:
            answer = await service.refresh(tx, person.refresh, "app")

        assert isinstance(answer, msgspec.Struct)


class TestDevices:
    async def test_the_list_names_each_and_marks_this_one(self, door: Door, house: House) -> None:
        person = await door.sign_in()
        house.clock.shift(timedelta(minutes=2))
        tablet = await door.sign_in(person.phone)

        answer = await door.client.get("/v1/auth/sessions", headers=tablet.auth)

        devices = answer.json()["items"]
        assert [device["current"] for device in devices] == [True, False]
        assert {device["deviceName"] for device in devices} == {"a test"}
        assert devices[0]["lastSeenAt"] > devices[1]["lastSeenAt"]

    async def test_signing_out_here_ends_this_one_only(self, door: Door, house: House) -> None:
        person = await door.sign_in()
        house.clock.shift(timedelta(minutes=2))
        tablet = await door.sign_in(person.phone)

        out = await door.client.delete("/v1/auth/sessions/current", headers=tablet.auth)

        assert out.status_code == 204
        assert await ended(door, tablet.access, tablet.refresh)
        assert await door.status(person.access) == 200
        problem = (await door.client.get("/v1/me", headers=tablet.auth)).json()
        assert problem["code"] == "session_revoked"

    async def test_another_device_can_be_signed_out(self, door: Door, house: House) -> None:
        person = await door.sign_in()
        house.clock.shift(timedelta(minutes=2))
        tablet = await door.sign_in(person.phone)
        devices = await door.client.get("/v1/auth/sessions", headers=tablet.auth)
        [lost] = [each["id"] for each in devices.json()["items"] if not each["current"]]

        out = await door.client.delete(f"/v1/auth/sessions/{lost}", headers=tablet.auth)

        assert out.status_code == 204
        assert await ended(door, person.access, person.refresh)
        assert await door.status(tablet.access) == 200

    async def test_everywhere_means_here_too(self, door: Door, house: House) -> None:
        person = await door.sign_in()
        house.clock.shift(timedelta(minutes=2))
        tablet = await door.sign_in(person.phone)

        assert (
            await door.client.delete("/v1/auth/sessions", headers=tablet.auth)
        ).status_code == 204

        for each in (person, tablet):
            assert await ended(door, each.access, each.refresh)
        house.clock.shift(timedelta(minutes=2))
        back = await door.sign_in(person.phone)
        assert await door.status(back.access) == 200
        assert back.answer["isNew"] is False

    async def test_another_shoppers_device_does_not_exist(self, door: Door) -> None:
        mine, theirs = await door.sign_in(), await door.sign_in()
        devices = await door.client.get("/v1/auth/sessions", headers=theirs.auth)
        their_id = devices.json()["items"][0]["id"]

        out = await door.client.delete(f"/v1/auth/sessions/{their_id}", headers=mine.auth)

        assert out.status_code == 404
        assert await door.status(theirs.access) == 200

    async def test_one_device_too_many_signs_out_the_one_away_longest(
        self, door: Door, house: House
    ) -> None:
        service = _service_of(house)
        person = await door.sign_in()
        given = [person.refresh]
        for _ in range(rules.SESSIONS_MAX):
            house.clock.shift(timedelta(minutes=1))
            async with house.database.transaction() as tx:
                tokens = await service.begin(tx, person.id, "another", "app")
            given.append(tokens.refresh_token)

        assert (await door.refresh(given[0])).status_code == 401
        assert (await door.refresh(given[1])).status_code == 200
        async with house.database.reading() as session:
            alive = await session.scalar(
                text("SELECT count(*) FROM sessions WHERE ended_at IS NULL")
            )
        assert alive == rules.SESSIONS_MAX

    async def test_nobody_in_particular_has_no_devices(self, door: Door) -> None:
        for method, path in (
            ("GET", "/v1/auth/sessions"),
            ("DELETE", "/v1/auth/sessions"),
            ("DELETE", "/v1/auth/sessions/current"),
            ("DELETE", "/v1/auth/sessions/5"),
            ("GET", "/v1/me"),
            ("GET", "/v1/auth/workplaces"),
        ):
            assert (await door.client.request(method, path)).status_code == 401
            bad = await door.client.request(method, path, headers=bearer("nothing"))
            assert (bad.status_code, bad.json()["code"]) == (401, "token_invalid")


def _service_of(house: House):
    from app.identity.interfaces import Memberships

    return house.doors.get(Memberships)._issuer  # pyright: ignore[reportAttributeAccessIssue]


def _service_with_other_keys(house: House):
    service = _service_of(house)
    service._keys = [b"another key, of another secret...", *service._keys]
    return service
