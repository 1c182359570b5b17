"""Sending codes, and letting them open once."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import event, text

from app.kernel.house import House
from tests.identity.people import Door, new_phone


def wrong(code: str) -> str:
    """Another code."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


class TestSending:
    async def test_the_answer_tells_how_long(self, door: Door) -> None:
        answer = await door.ask(new_phone())

        assert answer.status_code == 202
        assert answer.json() == {"expiresInSeconds": 300, "resendAfterSeconds": 60}

    async def test_known_and_unknown_phones_are_told_and_cost_the_same(
        self, door: Door, house: House
    ) -> None:
        known, unknown = (await door.sign_in()).phone, new_phone()
        house.clock.shift(timedelta(minutes=2))

        async def asked(phone: str) -> tuple[int, object, list[str]]:
            statements: list[str] = []

            def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
                if "code" in statement or "shopper" in statement or "lock" in statement:
                    statements.append(statement)

            engine = house.database._engine.sync_engine
            event.listen(engine, "before_cursor_execute", note)
            answer = await door.ask(phone)
            event.remove(engine, "before_cursor_execute", note)
            return answer.status_code, answer.json(), statements

        first, second = await asked(known), await asked(unknown)

        assert first == second
        assert first[2]

    async def test_no_second_code_within_a_minute(self, door: Door, house: House) -> None:
        phone = new_phone()
        await door.ask(phone)

        again = await door.ask("+86 " + phone)

        assert again.status_code == 429
        assert 1 <= int(again.headers["retry-after"]) <= 61
        house.clock.shift(timedelta(seconds=61))
        assert (await door.ask(phone)).status_code == 202

    async def test_a_phone_gets_so_many_codes_an_hour_and_a_day(
        self, door: Door, house: House
    ) -> None:
        phone, answers = new_phone(), []
        for _ in range(30):
            answers.append((await door.ask(phone)).status_code)
            house.clock.shift(timedelta(minutes=5))
        # 150 minutes: five in the first hour, five in the second, then the day is full
        assert answers.count(202) == 10
        assert answers[:6] == [202, 202, 202, 202, 202, 429]

    async def test_parallel_requests_send_one_code(self, door_from: Callable[[str], Door]) -> None:
        doors = [door_from(f"10.1.2.{n}") for n in range(8)]
        for _ in range(4):  # the first round opens the connections
            phone = new_phone()

            answers = await asyncio.gather(*(door.ask(phone) for door in doors))

            assert sorted(answer.status_code for answer in answers) == [202] + [429] * 7

    async def test_parallel_requests_keep_the_bound_of_an_address(
        self, door_from: Callable[[str], Door]
    ) -> None:
        door = door_from("10.1.3.1")

        async def ask() -> int:
            while True:
                status = (await door.ask(new_phone())).status_code
                if status != 503:  # of an overloaded machine: nothing was counted, ask again
                    return status

        assert sorted(await asyncio.gather(*(ask() for _ in range(75)))) == [202] * 60 + [429] * 15

    async def test_an_address_asks_so_often_for_whatever_phones(
        self, door_from: Callable[[str], Door], house: House
    ) -> None:
        door = door_from("10.1.1.1")
        answers = [(await door.ask(new_phone())).status_code for _ in range(62)]

        assert answers == [202] * 60 + [429] * 2
        assert (await door_from("10.1.1.2").ask(new_phone())).status_code == 202

    async def test_bounds_survive_a_wiped_cache(self, door: Door, house: House) -> None:
        phone = new_phone()
        await door.ask(phone)
        await house.cache.call("FLUSHALL")
        await house.live.call("FLUSHALL")

        assert (await door.ask(phone)).status_code == 429

    @pytest.mark.parametrize("phone", ["12345", "8613812345678", "+86 12345678901", "not a phone"])
    async def test_what_is_no_phone_is_refused_with_the_reason(self, door: Door, phone) -> None:
        answer = await door.ask(phone)

        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == "/phone"
        assert answer.json()["errors"][0]["detail"]


class TestRedeeming:
    async def test_a_code_opens_once(self, door: Door) -> None:
        phone = new_phone()
        await door.ask(phone)
        code = door.code_for(phone)

        first, second = await door.enter(phone, code), await door.enter(phone, code)

        assert (first.status_code, second.status_code) == (201, 400)
        assert second.json()["code"] == "code_wrong"

    async def test_of_many_at_once_one_wins(self, door: Door) -> None:
        phone = new_phone()
        await door.ask(phone)
        code = door.code_for(phone)

        answers = await asyncio.gather(*(door.enter(phone, code) for _ in range(4)))

        assert sorted(answer.status_code for answer in answers) == [201, 400, 400, 400]

    async def test_of_many_processes_one_wins(self, door: Door, other, house: House) -> None:
        phone = new_phone()
        await door.ask(phone)
        code = door.code_for(phone)
        both = [door, other.door] * 3

        answers = await asyncio.gather(*(each.enter(phone, code) for each in both))

        assert [answer.status_code for answer in answers].count(201) == 1

    async def test_a_code_ends_after_five_minutes(self, door: Door, house: House) -> None:
        phone = new_phone()
        await door.ask(phone)
        house.clock.shift(timedelta(minutes=5, seconds=1))

        assert (await door.enter(phone, door.code_for(phone))).status_code == 400

    async def test_five_wrong_attempts_close_a_code(self, door: Door) -> None:
        phone = new_phone()
        await door.ask(phone)
        code = door.code_for(phone)
        for _ in range(5):
            assert (await door.enter(phone, wrong(code))).status_code == 400

        assert (await door.enter(phone, code)).status_code == 400

    async def test_four_wrong_attempts_do_not(self, door: Door) -> None:
        phone = new_phone()
        await door.ask(phone)
        code = door.code_for(phone)
        for _ in range(4):
            await door.enter(phone, wrong(code))

        assert (await door.enter(phone, code)).status_code == 201

    async def test_attempts_at_once_are_all_counted(self, door_from: Callable[[str], Door]) -> None:
        doors = [door_from(f"10.2.0.{n}") for n in range(8)]
        phone = new_phone()
        await doors[0].ask(phone)
        code = doors[0].code_for(phone)
        await asyncio.gather(*(door.enter(phone, wrong(code)) for door in doors))

        assert (await doors[0].enter(phone, code)).status_code == 400

    async def test_a_new_code_takes_the_place_of_the_old(self, door: Door, house: House) -> None:
        phone = new_phone()
        await door.ask(phone)
        old = door.code_for(phone)
        house.clock.shift(timedelta(seconds=61))
        await door.ask(phone)

        if door.code_for(phone) != old:
            assert (await door.enter(phone, old)).status_code == 400
        assert (await door.enter(phone, door.code_for(phone))).status_code == 201

    async def test_wrong_used_late_and_missing_look_the_same(
        self, door: Door, house: House
    ) -> None:
        used, tried = (await door.sign_in()).phone, new_phone()
        used_code = door.code_for(used)
        await door.ask(tried)
        answers = [
            await door.enter(used, used_code),
            await door.enter(tried, wrong(door.code_for(tried))),
            await door.enter(new_phone(), "123456"),
        ]
        house.clock.shift(timedelta(minutes=6))
        answers.append(await door.enter(tried, door.code_for(tried)))

        def told(answer: httpx.Response) -> tuple[int, str]:
            problem = answer.json() | {"requestId": ""}
            return answer.status_code, json.dumps(problem, sort_keys=True)

        assert len({told(answer) for answer in answers}) == 1

    async def test_an_address_that_guesses_is_stopped(
        self, door_from: Callable[[str], Door]
    ) -> None:
        guesser, owner = door_from("10.3.0.1"), door_from("10.3.0.2")
        phone = new_phone()
        await owner.ask(phone)
        answers = [(await guesser.enter(new_phone(), "000000")).status_code for _ in range(62)]

        assert answers == [400] * 60 + [429] * 2
        # even with the right code, and without using it up
        stopped = await guesser.enter(phone, owner.code_for(phone))
        assert stopped.status_code == 429
        assert (await owner.enter(phone, owner.code_for(phone))).status_code == 201

    async def test_neither_code_nor_its_plain_hash_is_stored(
        self, door: Door, house: House
    ) -> None:
        phone = new_phone()
        await door.ask(phone)
        async with house.database.reading() as session:
            rows = (await session.execute(text("SELECT * FROM one_time_codes"))).mappings().all()

        assert len(rows) == 1
        assert door.code_for(phone) not in repr(dict(rows[0]) | {"id": 0, "phone": ""})
        assert rows[0]["sealed"] is None
