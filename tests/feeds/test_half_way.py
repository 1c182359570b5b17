"""Scripts do not roll back: whichever call of one fails, nothing is half decided for long.

A failure before the append changes nothing. One after it leaves a decision that counts; then the
state is loaded again once SQL holds it, and rows, figures and live state agree.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import AppError
from app.kernel.valkey.decisions import UNSETTLED_MAX, cut, epoch_key, stream_key
from app.kernel.valkey.keys import bucket_of
from app.kernel.valkey.scripts import Script
from feeds.comments import store as comment_store
from feeds.reactions import store as reaction_store
from tests.feeds.conftest import Ground
from tests.kernel.valkey.faults import faulty
from tests.servers import Servers, Valkeys

POST, OWNER = 7_000_001, 1
CALLS_MAX = 60


@pytest.fixture
def valkeys(servers: Servers) -> Valkeys:
    """Single servers: a script runs inside one server of a cluster too."""
    return servers.singles


Act = Callable[[Ground], Awaitable[object]]


async def like(ground: Ground) -> object:
    return await ground.reactions.like(POST, 7)


async def unlike(ground: Ground) -> object:
    return await ground.reactions.unlike(POST, 8)


async def reply(ground: Ground) -> object:
    page = await ground.reader.of_post(None, POST, None, 1)
    return await ground.comments.write(
        POST, 7, "yes", parent_id=int(page.items[0].id), client_id="c"
    )


async def hide(ground: Ground) -> object:
    owner = Actor(kind=ActorKind.SHOPPER, id=OWNER)
    async with ground.database.reading() as session:
        lines = await ground.comment_rows.newest(session, POST, None, CALLS_MAX, ())
    return await ground.comments.hide(owner, lines[-1].id, hidden=True)


SCRIPTS = [
    pytest.param(reaction_store, "_REACT", like, id="like"),
    pytest.param(reaction_store, "_REACT", unlike, id="unlike"),
    pytest.param(reaction_store, "_LOAD", like, id="load reactions"),
    pytest.param(comment_store, "_WRITE", reply, id="reply"),
    pytest.param(comment_store, "_MODERATE", hide, id="hide"),
    pytest.param(comment_store, "_LOAD", reply, id="load comments"),
]


@pytest.mark.parametrize(("module", "name", "act"), SCRIPTS)
async def test_every_call_may_fail(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, module: object, name: str, act: Act
):
    ground.posts.publish(POST, OWNER)
    script: Script = getattr(module, name)
    await ground.reactions.like(POST, 8)
    await ground.comments.write(POST, 9, "first", parent_id=0, client_id="")
    await ground.settle()
    for at in range(1, CALLS_MAX):
        failed = await fail_once(ground, monkeypatch, module, name, script, at, act)
        await others_act(ground)
        await ground.settle()
        assert await ground.reactions.audit() == []
        assert await ground.comments.audit() == []
        await act(ground)
        await ground.settle()
        assert await ground.reactions.audit() == []
        assert await ground.comments.audit() == []
        if not failed:
            return
        await undo(ground)
    raise AssertionError(f"{name} makes more than {CALLS_MAX} calls")


async def fail_once(
    ground: Ground,
    monkeypatch: pytest.MonkeyPatch,
    module: object,
    name: str,
    script: Script,
    at: int,
    act: Act,
) -> bool:
    """Act while the script's call number `at` fails. Returns whether there was such a call."""
    if name == "_LOAD":
        await ground.wipe_live()
    real_run = ground.live.run
    failures: list[str] = []

    def run(asked: Script, keys: object, args: object = ()) -> object:
        if asked is not script or failures:
            return real_run(asked, keys, args)  # pyright: ignore[reportArgumentType]
        failures.append(name)
        return real_run(faulty(script), keys, [*args, at])  # pyright: ignore[reportArgumentType, reportGeneralTypeIssues]

    bucket = bucket_of(POST)
    before = await cut(ground.live, bucket)
    monkeypatch.setattr(ground.live, "run", run)
    raised: list[AppError] = []
    try:
        await act(ground)
    except AppError as error:
        raised.append(error)
    monkeypatch.setattr(ground.live, "run", real_run)
    after = await cut(ground.live, bucket)
    assert after.unsettled in (before.unsettled, before.unsettled + 1)
    return bool(raised)


async def others_act(ground: Ground) -> None:
    """Whoever comes next, before anybody asks again for what failed."""
    settling = asyncio.create_task(settle_soon(ground))
    await ground.reactions.like(POST, 10)
    await ground.comments.write(POST, 10, "another", parent_id=0, client_id="")
    await settling


async def settle_soon(ground: Ground) -> None:
    await asyncio.sleep(0.05)
    await ground.settle()


async def undo(ground: Ground) -> None:
    """Back to where the next round begins."""
    await ground.reactions.unlike(POST, 7)
    await ground.reactions.unlike(POST, 10)
    await ground.reactions.like(POST, 8)
    owner = Actor(kind=ActorKind.SHOPPER, id=OWNER)
    async with ground.database.reading() as session:
        lines = await ground.comment_rows.newest(session, POST, None, CALLS_MAX, ())
    for line in lines:
        with suppress(AppError):
            await ground.comments.hide(owner, line.id, hidden=False)
    await ground.settle()


async def test_a_script_that_fails_before_its_append_changes_nothing(ground: Ground):
    ground.posts.publish(POST, OWNER)
    await ground.reactions.like(POST, 8)
    state = ground.reaction_store.posts.state_key(POST)
    bucket = bucket_of(POST)
    keys = (stream_key(bucket), epoch_key(bucket), "unused", state)
    before = await ground.live.call("HGETALL", state)
    for bad in ("x", "-1", "64", "1.5"):
        with pytest.raises(AppError):
            args = (UNSETTLED_MAX, POST, 7, bad, 0, "")
            await ground.live.run(reaction_store._REACT, keys, args)  # pyright: ignore[reportPrivateUsage]
    assert await ground.live.call("HGETALL", state) == before
    assert (await cut(ground.live, bucket)).unsettled == 1
