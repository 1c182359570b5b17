"""Ids never repeat and always grow, whatever the clock does; leases keep nodes apart."""

import asyncio
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel import ids as ids_module
from app.kernel import nodes
from app.kernel.database import Database
from app.kernel.ids import EPOCH, Ids, IdsExhausted, first_at, made_at, ms_of
from app.kernel.settings import Settings

NOW = EPOCH.timestamp() + 80_000_000


class TestIds:
    @given(st.lists(st.floats(min_value=-5, max_value=5), min_size=1, max_size=300))
    def test_grow_strictly_while_the_clock_wanders(self, steps: list[float]) -> None:
        generator, seconds, made = Ids(7), NOW, list[int]()
        for step in steps:
            seconds += step
            with patch.object(ids_module.time, "time", lambda at=seconds: at):
                made.append(generator.new())
        assert made == sorted(set(made))

    def test_many_in_one_millisecond_spill_into_the_next(self) -> None:
        generator = Ids(3)
        with patch.object(ids_module.time, "time", lambda: NOW):
            made = [generator.new() for _ in range(10_000)]
        assert len(set(made)) == 10_000
        assert made == sorted(made)

    def test_nodes_never_meet(self) -> None:
        with patch.object(ids_module.time, "time", lambda: NOW):
            one = {Ids(1).new() for _ in range(10)}
            two = {Ids(2).new() for _ in range(10)}
        assert not one & two

    def test_carry_their_moment(self) -> None:
        with patch.object(ids_module.time, "time", lambda: NOW):
            id_ = Ids(1023).new()
        assert made_at(id_).timestamp() == pytest.approx(NOW, abs=0.001)
        assert first_at(made_at(id_)) <= id_

    def test_fit_in_a_signed_64_bit_integer_for_sixty_years(self) -> None:
        with patch.object(ids_module.time, "time", lambda: EPOCH.timestamp() + 60 * 365 * 86_400):
            assert Ids(1023).new() < 2**63

    def test_refuse_to_outrun_their_lease(self) -> None:
        with patch.object(ids_module.time, "time", lambda: NOW):
            generator = Ids(1, limit_ms=ms_of(NOW))
            generator.new()
        with (
            patch.object(ids_module.time, "time", lambda: NOW + 1),
            pytest.raises(IdsExhausted),
        ):
            generator.new()

    def test_start_behind_the_last_holder(self) -> None:
        with patch.object(ids_module.time, "time", lambda: NOW):
            before = Ids(1)
            last = max(before.new() for _ in range(50))
            # a new holder of the same number, whose clock is an hour behind
            after = Ids(1, last_ms=before.last_ms)
        with patch.object(ids_module.time, "time", lambda: NOW - 3600):
            assert after.new() > last


class TestLeases:
    async def test_give_every_process_another_number(self, settings: Settings) -> None:
        database = Database(settings, _no_jobs)
        generators = [Ids.unleased() for _ in range(6)]
        contexts = [nodes.leased(database, f"p{i}", g) for i, g in enumerate(generators)]
        await asyncio.gather(*(context.__aenter__() for context in contexts))
        try:
            assert len({generator.node for generator in generators}) == 6
            assert len({generator.new() for generator in generators}) == 6
        finally:
            for context in contexts:
                await context.__aexit__(None, None, None)
            await database.close()

    async def test_a_released_number_continues_behind_its_last_id(self, settings: Settings) -> None:
        database = Database(settings, _no_jobs)
        first = Ids.unleased()
        async with nodes.leased(database, "first", first):
            last = first.new()
        with pytest.raises(IdsExhausted):
            first.new()
        second = Ids.unleased()
        with patch.object(ids_module.time, "time", lambda: made_at(last).timestamp() - 60):
            async with nodes.leased(database, "second", second):
                assert second.node == first.node
                assert second.new() > last
        await database.close()


async def _no_jobs(*_: object) -> None:
    raise AssertionError("nothing here defers jobs")
