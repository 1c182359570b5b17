"""Scripts do not roll back: what a failure in the middle of one leaves behind, call by call.

    await assert_no_half_way(live, SCRIPT, keys=[…], args=[…], prepare=seed)

runs the script once for every `redis.call` it makes, each time on freshly prepared state and with
that call failing, and demands of the state it leaves:

- nothing changed, unless the decision was appended: then SQL will hold what was decided;
- asking again heals: the state is what it would be had nothing failed.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from app.kernel.valkey.client import Valkey
from app.kernel.valkey.decisions import epoch_key
from app.kernel.valkey.errors import ValkeyError
from app.kernel.valkey.keys import BUCKETS
from app.kernel.valkey.pipeline import Arg
from app.kernel.valkey.scripts import Script

_EPOCHS = {epoch_key(bucket).encode() for bucket in range(BUCKETS)}
_CALLS_MAX = 200
_INJECT = """
local injected_calls, injected_at, real_redis = 0, tonumber(table.remove(ARGV)), redis
local function injected_call(...)
  injected_calls = injected_calls + 1
  if injected_calls == injected_at then
    error({ err = 'INJECTED fault' })
  end
  return real_redis.call(...)
end
local redis = setmetatable({ call = injected_call, pcall = injected_call }, { __index = redis })
"""
_READ = {
    b"string": lambda key: ("GET", key),
    b"set": lambda key: ("SMEMBERS", key),
    b"hash": lambda key: ("HGETALL", key),
    b"list": lambda key: ("LRANGE", key, 0, -1),
    b"zset": lambda key: ("ZRANGE", key, 0, -1, "WITHSCORES"),
    b"stream": lambda key: ("XRANGE", key, "-", "+"),
}

State = dict[bytes, tuple[bytes, Any]]


async def state_of(live: Valkey) -> State:
    """Every key with its type and content, in an order that does not depend on its encoding."""
    state: State = {}
    for keys in await live.everywhere("KEYS", "*"):
        for key in keys:
            kind = await live.call("TYPE", key)
            value = await live.call(*_READ[kind](key))
            if kind == b"set":
                value = sorted(value)
            elif kind == b"hash":
                value = sorted(zip(value[::2], value[1::2], strict=True))
            state[key] = (kind, value)
    return state


def faulty(script: Script) -> Script:
    """The script with its last argument naming the call that fails."""
    return Script(f"faulty {script.name}", _INJECT + script.source, script.refusals)


async def assert_no_half_way(
    live: Valkey,
    script: Script,
    *,
    keys: Sequence[str],
    args: Sequence[Arg],
    prepare: Callable[[], Awaitable[Any]] | None = None,
    streams: Sequence[str] | None = None,
    heals: bool = True,
    ignore: Sequence[str] = (),
) -> int:
    """See the module. `streams` default to the first key, which is a deciding script's stream;
    `ignore` names keys whose content holds the time. Returns how many calls were made to fail."""
    appended_to = {each.encode() for each in (keys[:1] if streams is None else streams)}
    beside = appended_to | _EPOCHS | {each.encode() for each in ignore}

    async def fresh() -> State:
        await live.everywhere("FLUSHALL")
        if prepare is not None:
            await prepare()
        return await state_of(live)

    def compared(state: State) -> State:
        return {key: value for key, value in state.items() if key not in beside}

    await fresh()
    await live.run(script, keys, args)
    expected = compared(await state_of(live))
    injected = faulty(script)
    for at in range(1, _CALLS_MAX):
        before = await fresh()
        try:
            await live.run(injected, keys, [*args, at])
        except ValkeyError as error:
            if "INJECTED" not in error.message:
                raise
        else:
            return at - 1
        after = await state_of(live)
        appended = any(before.get(key) != after.get(key) for key in appended_to)
        if not appended and compared(after) != compared(before):
            pytest.fail(f"{script.name}: call {at} failed and left a change without a decision")
        await live.run(script, keys, args)
        if heals and compared(await state_of(live)) != expected:
            pytest.fail(f"{script.name}: after call {at} failed, asking again does not heal")
    raise AssertionError(f"{script.name} makes more than {_CALLS_MAX} calls")
