"""No process trusts a copy that another process has changed."""

import asyncio

import pytest

from app.kernel.valkey import changes as module
from app.kernel.valkey.changes import Change, Changes
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.errors import ValkeyUnavailable
from tests.kernel.valkey.test_client import commands_run


class Copies:
    """A listener that remembers what it was told."""

    def __init__(self) -> None:
        self.seen: list[Change | str] = []

    def changed(self, change: Change) -> None:
        self.seen.append(change)

    def reset(self) -> None:
        self.seen.append("reset")


async def reader(valkey: Valkey) -> tuple[Changes, Copies]:
    """A process that is up to date and has been told nothing yet."""
    changes, copies = Changes(valkey), Copies()
    changes.listen(copies)
    await changes.sync()
    copies.seen.clear()
    return changes, copies


class TestSync:
    async def test_tells_of_each_change_once_and_in_order(self, valkey: Valkey):
        writer = Changes(valkey)
        await writer.append("post", 1)
        changes, copies = await reader(valkey)
        for n in range(5):
            await writer.append("post", 2**62 + n, b"\x00\xff")
        await changes.sync()
        await changes.sync()
        assert copies.seen == [Change("post", 2**62 + n, b"\x00\xff") for n in range(5)]

    async def test_the_first_sync_forgets_what_may_be_old(self, valkey: Valkey):
        await Changes(valkey).append("post", 1)
        changes, copies = Changes(valkey), Copies()
        changes.listen(copies)
        await changes.sync()
        assert copies.seen == ["reset"]

    async def test_an_empty_log_is_no_change(self, valkey: Valkey):
        changes, copies = await reader(valkey)
        await changes.sync()
        assert copies.seen == []

    async def test_every_process_hears(self, valkey: Valkey):
        readers = [await reader(valkey) for _ in range(3)]
        await Changes(valkey).append("account", 7)
        for changes, copies in readers:
            await changes.sync()
            assert copies.seen[-1:] == [Change("account", 7, b"")] or copies.seen == ["reset"]

    async def test_requests_of_one_turn_share_one_question(self, valkey: Valkey):
        await Changes(valkey).append("post", 1)
        changes, _ = await reader(valkey)
        before = await commands_run(valkey, "get")
        await asyncio.gather(*(changes.sync() for _ in range(50)))
        assert await commands_run(valkey, "get") == before + 1

    async def test_concurrent_readers_all_return_after_the_listeners(self, valkey: Valkey):
        writer = Changes(valkey)
        await writer.append("post", 0)
        changes, copies = await reader(valkey)

        async def check(n: int) -> None:
            await writer.append("post", n)
            await changes.sync()
            assert n in [each.id for each in copies.seen if isinstance(each, Change)]

        await asyncio.gather(*(check(n) for n in range(1, 101)))
        assert sorted(each.id for each in copies.seen if isinstance(each, Change)) == list(
            range(1, 101)
        )
        assert "reset" not in copies.seen

    async def test_a_wiped_cache_makes_everybody_forget(self, valkey: Valkey):
        writer = Changes(valkey)
        for n in range(3):
            await writer.append("post", n)
        changes, copies = await reader(valkey)
        await valkey.everywhere("FLUSHALL")
        await changes.sync()
        assert copies.seen == ["reset"]
        for n in range(3):  # the same sequence as before, in another epoch
            await writer.append("post", n)
        await changes.sync()
        assert copies.seen == ["reset", *(Change("post", n, b"") for n in range(3))]

    async def test_a_cache_wiped_twice_in_a_row_makes_everybody_forget(self, valkey: Valkey):
        changes, copies = await reader(valkey)
        await valkey.everywhere("FLUSHALL")
        await changes.sync()
        await Changes(valkey).append("post", 1)
        await valkey.everywhere("FLUSHALL")  # before anybody looked
        await changes.sync()
        assert copies.seen[-2:] == ["reset", "reset"]

    @pytest.mark.parametrize("lost", ["head", "log"])
    async def test_an_evicted_half_makes_everybody_forget(self, valkey: Valkey, lost: str):
        writer = Changes(valkey)
        await writer.append("post", 1)
        changes, copies = await reader(valkey)
        await writer.append("post", 2)
        await valkey.call("DEL", f"{{b0}}:changes:{lost}")
        await writer.append("post", 3)
        await changes.sync()
        assert copies.seen == ["reset"]
        await writer.append("post", 4)
        await changes.sync()
        assert copies.seen == ["reset", Change("post", 4, b"")]

    async def test_a_trimmed_log_makes_the_late_forget(
        self, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(module, "ENTRIES_MAX", 100)
        writer = Changes(valkey)
        await writer.append("post", 0)
        changes, copies = await reader(valkey)
        await asyncio.gather(*(writer.append("post", n) for n in range(1000)))
        await changes.sync()
        assert copies.seen == ["reset"]
        assert await valkey.call("XLEN", "{b0}:changes:log") < 400

    async def test_a_failing_listener_forgets_and_stops_nobody(self, valkey: Valkey):
        class Broken(Copies):
            def changed(self, change: Change) -> None:
                raise RuntimeError("broken")

        await Changes(valkey).append("post", 0)
        changes, broken, sound = Changes(valkey), Broken(), Copies()
        changes.listen(broken)
        changes.listen(sound)
        await changes.sync()
        await Changes(valkey).append("post", 1)
        await changes.sync()
        assert broken.seen == ["reset", "reset"]
        assert sound.seen == ["reset", Change("post", 1, b"")]

    async def test_without_a_server_nobody_is_told_that_copies_are_good(self, url: str):
        valkey = Valkey(url)
        changes = Changes(valkey)
        await changes.sync()
        fresh = changes.stale_seconds
        await valkey.close()
        with pytest.raises(ValkeyUnavailable):
            await changes.sync()
        assert changes.stale_seconds > fresh


class TestTailing:
    async def test_copies_nobody_asks_about_are_kept_right(self, valkey: Valkey):
        changes, copies = await reader(valkey)
        async with changes.tailing():
            await Changes(valkey).append("post", 9)
            for _ in range(100):
                if copies.seen:
                    break
                await asyncio.sleep(0.05)
        assert copies.seen == [Change("post", 9, b"")]
