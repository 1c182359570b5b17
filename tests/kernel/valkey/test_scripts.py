"""Scripts keep the house's form, and leave nothing half done."""

from pathlib import Path

import pytest

from app.kernel.valkey import scripts
from app.kernel.valkey.changes import Change, Changes
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.decisions import clock_key, epoch_key, stream_key
from app.kernel.valkey.errors import ValkeyError
from app.kernel.valkey.scripts import ROOT, Script, ScriptInvalid
from tests.kernel.valkey.faults import assert_no_half_way, faulty, state_of
from tests.kernel.valkey.test_changes import reader

LIKE = Script.load("tests/kernel/valkey/lua/toggle_like.lua")
APPEND = Script.load("app/kernel/valkey/lua/append_change.lua")
HEADER = "\n".join(f"-- {word} x" for word in scripts.SCRIPT_HEADER) + "\n"
KEYS = [stream_key(5), epoch_key(5), clock_key(5), "{b5}:likers"]


def write(folder: Path, text: str) -> str:
    path = folder / "script.lua"
    path.write_text(text)
    return str(path)


class TestLoad:
    def test_pastes_each_include_once(self, tmp_path: Path):
        includes = "-- @include decide\n-- @include now_ms\n-- @include decide\n"
        source = Script.load(write(tmp_path, HEADER + includes)).source
        for name in ("decide", "now_ms", "current_epoch"):
            assert source.count(f"local function {name}(") == 1
        assert "@include" not in source

    @pytest.mark.parametrize("word", scripts.SCRIPT_HEADER)
    def test_a_missing_header_is_refused(self, tmp_path: Path, word: str):
        with pytest.raises(ScriptInvalid, match=word):
            Script.load(write(tmp_path, HEADER.replace(f"-- {word} x\n", "")))

    def test_an_unknown_include_is_refused(self, tmp_path: Path):
        with pytest.raises(ScriptInvalid, match="nothing"):
            Script.load(write(tmp_path, HEADER + "-- @include nothing\n"))
        with pytest.raises(ScriptInvalid, match="no name"):
            Script.load(write(tmp_path, HEADER + "-- @include ../../secret\n"))

    def test_a_long_script_is_refused(self, tmp_path: Path):
        with pytest.raises(ScriptInvalid, match="81 lines"):
            Script.load(write(tmp_path, HEADER + "local x = 1\n" * 75))

    def test_every_include_is_one_function_with_a_header(self):
        for path in scripts.INCLUDES.glob("*.lua"):
            text = scripts.read_checked(path, scripts.INCLUDE_HEADER)
            assert text.count("\nlocal function ") == 1, path.name
            assert f"local function {path.stem}(" in text

    async def test_every_script_of_the_kernel_compiles(self, valkey: Valkey):
        for path in (ROOT / "app/kernel/valkey/lua").glob("*.lua"):
            script = Script.load(str(path.relative_to(ROOT)))
            for sha in await valkey.everywhere("SCRIPT", "LOAD", script.source):
                assert sha.decode() == script.sha


class TestArguments:
    @pytest.mark.parametrize(
        "wrong", [("x", 1), ("-1", 1), ("1" * 20, 1), ("", 1), (1, 2), (1, "x"), (1, 0.5)]
    )
    async def test_a_wrong_one_changes_nothing(self, valkey: Valkey, wrong: tuple[str, int]):
        with pytest.raises(ValkeyError, match="BADARGUMENT"):
            await valkey.run(LIKE, KEYS, [10, *wrong])
        assert await state_of(valkey) == {}

    async def test_a_wrong_type_changes_nothing(self, valkey: Valkey):
        await valkey.call("SET", KEYS[3], "text")
        with pytest.raises(ValkeyError, match="WRONGTYPE"):
            await valkey.run(LIKE, KEYS, [10, 7, 1])
        assert list(await state_of(valkey)) == [KEYS[3].encode()]


class TestFaults:
    async def test_a_deciding_script_is_never_half_done(self, valkey: Valkey):
        args = [10, 7, 1]
        assert await assert_no_half_way(valkey, LIKE, keys=KEYS, args=args) >= 8

    async def test_the_harness_catches_a_change_before_the_decision(self, valkey: Valkey):
        eager = Script("eager", "redis.call('SADD', KEYS[4], ARGV[2])\n" + LIKE.source)
        with pytest.raises(pytest.fail.Exception, match="without a decision"):
            await assert_no_half_way(valkey, eager, keys=KEYS, args=[10, 7, 0])

    async def test_the_harness_catches_what_asking_again_does_not_heal(self, valkey: Valkey):
        counting = Script(
            "counting",
            LIKE.source.replace("SADD", "INCR").replace(
                "redis.call('INCR', likers, shopper)",
                "redis.call('SADD', likers, shopper) redis.call('INCR', '{b5}:count')",
            ),
        )
        with pytest.raises(pytest.fail.Exception, match="does not heal"):
            await assert_no_half_way(valkey, counting, keys=KEYS, args=[10, 7, 1])

    async def test_an_interrupted_append_of_a_change_is_a_gap(self, valkey: Valkey):
        """Whatever call fails, a reader afterwards knows of the change or forgets everything."""
        log = ["{b0}:changes:head", "{b0}:changes:log"]
        failed = 0
        for at in range(1, 6):
            await valkey.everywhere("FLUSHALL")
            writer = Changes(valkey)
            await writer.append("post", 1)
            changes, copies = await reader(valkey)
            try:
                await valkey.run(faulty(APPEND), log, ["post", 2, b"", "e2", 100, at])
            except ValkeyError:
                failed += 1
                moved = (await valkey.call("GET", log[0])).endswith(b":2")
                await changes.sync()
                assert copies.seen == (["reset"] if moved else [])
                await writer.append("post", 2)
            await changes.sync()
            assert Change("post", 2, b"") in copies.seen
        assert failed == 3
