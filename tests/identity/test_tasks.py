"""What is deleted by the clock, and what is not."""

from datetime import timedelta

from sqlalchemy import text

from app.composition import Composed
from app.kernel.house import House
from tests.identity.people import Door, new_phone

TABLES = ("one_time_codes", "one_time_code_events", "sessions", "revocations", "shoppers")


async def counts(house: House) -> dict[str, int]:
    async with house.database.reading() as session:
        return {
            table: await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0
            for table in TABLES
        }


class TestTidying:
    async def test_phones_and_addresses_are_kept_for_a_day_and_sign_ins_for_a_month(
        self, door: Door, house: House, composed: Composed
    ) -> None:
        [tidy] = [t for w in composed.wirings for t in w.tasks if t.name == "identity.tidy"]
        stays, leaves = await door.sign_in(), await door.sign_in()
        await door.ask(new_phone())
        await door.client.delete("/v1/auth/sessions/current", headers=leaves.auth)
        await tidy.run()
        before = await counts(house)
        assert before == dict(zip(TABLES, (3, 3, 2, 1, 2), strict=True))

        house.clock.shift(timedelta(hours=24, seconds=1))
        await tidy.run()
        assert await counts(house) == dict(zip(TABLES, (0, 0, 2, 0, 2), strict=True))

        house.clock.shift(timedelta(days=30))
        await tidy.run()
        assert await counts(house) == dict(zip(TABLES, (0, 0, 1, 0, 2), strict=True))
        assert (await door.refresh(stays.refresh)).status_code == 200
