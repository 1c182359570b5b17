"""What was taken back is known everywhere, whatever gets lost on the way."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import text

from app.identity.interfaces import Revocations, Revoked, RevokedScope
from app.identity.sessions.revocations import RevocationList
from app.kernel.actors import Actor, ActorKind
from app.kernel.database import Database
from app.kernel.house import House
from app.kernel.settings import Settings
from tests.identity.people import Door


async def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something that has to happen."""
    for _ in range(int(seconds / 0.02)):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never happened")


async def until_refused(door: Door, access: str, seconds: float = 20) -> None:
    """Wait until a token opens nothing."""
    for _ in range(int(seconds / 0.02)):
        if await door.status(access) == 401:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the token still opens")


def list_of(house: House) -> RevocationList:
    found = house.doors.get(Revocations)
    assert isinstance(found, RevocationList)
    return found


class TestTwoProcesses:
    async def test_signing_out_in_one_reaches_the_other(self, door: Door, other) -> None:
        person = await door.sign_in()
        assert await other.door.status(person.access) == 200

        await door.client.delete("/v1/auth/sessions/current", headers=person.auth)

        assert await door.status(person.access) == 401
        await until_refused(other.door, person.access)

    async def test_also_when_the_cache_says_nothing(
        self, door: Door, other, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(list_of(other.house), "changed", lambda change: None)
        monkeypatch.setattr(list_of(other.house), "reset", lambda: None)
        person = await door.sign_in()
        assert await other.door.status(person.access) == 200

        await door.client.delete("/v1/auth/sessions", headers=person.auth)

        await until_refused(other.door, person.access)

    async def test_sockets_are_told_once(self, door: Door, other, settings: Settings) -> None:
        told: list[Revoked] = []
        other.house.doors.get(Revocations).on_revoked(told.append)
        person = await door.sign_in()
        devices = await door.client.get("/v1/auth/sessions", headers=person.auth)
        session_id = int(devices.json()["items"][0]["id"])

        async with await psycopg.AsyncConnection.connect(settings.database_url) as slow:
            # while this one is open, what comes after it is read again at every poll
            await slow.execute("SELECT pg_current_xact_id()")
            await door.client.delete("/v1/auth/sessions/current", headers=person.auth)
            await until(lambda: bool(told))
            for _ in range(3):
                async with other.house.database.reading() as session:
                    await list_of(other.house).sync(session)

        assert [(each.scope, each.subject_id) for each in told] == [("session", session_id)]

    async def test_a_process_that_starts_later_knows(
        self, door: Door, settings: Settings, house: House
    ) -> None:
        person = await door.sign_in()
        await door.client.delete("/v1/auth/sessions/current", headers=person.auth)
        late = RevocationList(house.clock, house.ids, house.changes, token_life_seconds=600)
        async with house.database.reading() as session:
            await late.sync(session)

        assert len(late.denied) == 1


class TestCommitOrder:
    async def test_a_row_that_commits_after_its_successors_is_seen(
        self, house: House, settings: Settings
    ) -> None:
        """Numbers are given when rows are written, not when they become visible."""
        follower = RevocationList(house.clock, house.ids, house.changes, token_life_seconds=600)
        insert = (
            "INSERT INTO revocations (id, scope, subject_id, expires_at)"
            " VALUES (%s, 'session', %s, now() + interval '1 hour')"
        )

        async def sync() -> set[int]:
            async with house.database.reading() as session:
                await follower.sync(session)
            return set(follower.denied)

        connect = psycopg.AsyncConnection.connect
        async with await connect(settings.database_url) as slow:
            await slow.execute(insert, (1, 101))
            async with await connect(settings.database_url) as quick:
                for number in range(2, 30):
                    await quick.execute(insert, (number, 100 + number))
                    await quick.commit()
                    assert 100 + number in await sync()
            assert 101 not in await sync()
            await slow.commit()

            assert 101 in await sync()


class TestForgetting:
    async def test_the_list_does_not_grow_for_ever(self, door: Door, house: House) -> None:
        person = await door.sign_in()
        await door.client.delete("/v1/auth/sessions/current", headers=person.auth)
        assert list_of(house).denied
        house.clock.shift(timedelta(minutes=12))
        async with house.database.reading() as session:
            await list_of(house).sync(session)

        assert not list_of(house).denied
        # the token has ended by itself
        assert await door.status(person.access) == 401

    async def test_a_revocation_outlives_every_token_it_concerns(
        self, door: Door, house: House
    ) -> None:
        person = await door.sign_in()
        await door.client.delete("/v1/auth/sessions/current", headers=person.auth)
        # the rest of its time is for a machine that is busy
        house.clock.shift(timedelta(seconds=house.settings.access_token_seconds - 30))
        async with house.database.reading() as session:
            await list_of(house).sync(session)

        answer = await door.client.get("/v1/me", headers=person.auth)
        assert answer.json()["code"] == "session_revoked"


class TestStaleness:
    async def test_it_is_small_while_all_is_well_and_grows_while_it_is_not(
        self, door: Door, house: House, settings: Settings
    ) -> None:
        ours = house.doors.get(Revocations)
        await until(lambda: ours.seconds_since_sync() < 5)
        broken = Settings(
            secret=settings.secret,
            valkey_url=settings.valkey_url,
            valkey_cache_url=settings.valkey_cache_url,
            database_url="postgresql://nobody:nothing@127.0.0.1:1/none",
        )
        alone = RevocationList(house.clock, house.ids, house.changes, token_life_seconds=600)
        nowhere = Database(broken, house.jobs.defer_on, pool_size=1)
        async with alone.following(nowhere):
            assert alone.seconds_since_sync() == float("inf")
        await nowhere.close()

    async def test_a_rolled_back_revocation_revokes_nothing(self, door: Door, house: House) -> None:
        person = await door.sign_in()

        with pytest.raises(RuntimeError):
            async with house.database.transaction() as tx:
                list_of(house).revoke(tx, RevokedScope.SESSION, person.id)
                raise RuntimeError

        async with house.database.reading() as session:
            count = await session.scalar(text("SELECT count(*) FROM revocations"))
        assert count == 0
        assert not list_of(house).denied

    async def test_a_callback_that_fails_stops_no_other(self, door: Door, house: House) -> None:
        told: list[Revoked] = []

        def fail(revoked: Revoked) -> None:
            raise RuntimeError

        list_of(house).on_revoked(fail)
        list_of(house).on_revoked(told.append)
        person = await door.sign_in()
        await door.client.delete("/v1/auth/sessions/current", headers=person.auth)

        assert len(told) == 1


class TestCovering:
    def test_who_has_to_leave(self) -> None:
        now = datetime.now(UTC)
        shopper = Actor(kind=ActorKind.SHOPPER, id=1, session_id=10)
        member = Actor(kind=ActorKind.MEMBER, id=1, session_id=10, brand_id=5, role="clerk")
        elsewhere = Actor(kind=ActorKind.MEMBER, id=1, session_id=10, brand_id=6, role="clerk")
        operator = Actor(kind=ActorKind.OPERATOR, id=1, session_id=10)
        key = Actor(kind=ActorKind.KEY, id=7, brand_id=5)

        def covered(scope: RevokedScope, subject: int, **facts: int) -> list[Actor]:
            revoked = Revoked(id=1, scope=scope, subject_id=subject, expires_at=now, **facts)
            everybody = (shopper, member, elsewhere, operator, key)
            return [actor for actor in everybody if revoked.covers(actor)]

        assert covered(RevokedScope.SESSION, 10) == [shopper, member, elsewhere, operator]
        assert covered(RevokedScope.SESSION, 11) == []
        assert covered(RevokedScope.GRANT, 99, actor_id=1, brand_id=5) == [member]
        assert covered(RevokedScope.GRANT, 99, actor_id=1) == [operator]
        assert covered(RevokedScope.KEY, 7, brand_id=5) == [key]
