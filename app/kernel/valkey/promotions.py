"""What a promoted replica lacks.

A replica that takes over may not have got the last writes its primary answered for. Whoever goes
on as if it had would serve what is gone: a copy that was dropped, a timeline without a post that
was pushed; or give the id of a decision that SQL holds to another. So before a process sends
anything else to a promoted server, it says the remedy:

cache   forget everything, which is right at any time.
live    begin new epochs: ids are new, and state is loaded again from SQL.

A promoted server has a second replication id. That somebody said the remedy is noted in its script
cache, which is the server's own: not replicated, never evicted, gone with the process. Two who
arrive together say it twice, which does no harm.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog

from app.kernel.valkey.errors import ValkeyError

log: structlog.stdlib.BoundLogger = structlog.get_logger("valkey")

Command = tuple[str | bytes | int | float, ...]

FORGET: tuple[Command, ...] = (("FLUSHALL",),)
"""The remedy of a cache."""


async def distrust(ask: Callable[[Command], Awaitable[Any]], remedy: Sequence[Command]) -> None:
    """Say the remedy to the server behind `ask`, if it was promoted and nobody did so before.

    Commands about slots that live elsewhere are skipped; any other error is raised.
    """
    facts = _facts(await ask(("INFO", "replication")))
    if facts.get("role") != "master" or not facts.get("master_replid2", "").strip("0"):
        return
    note = f"return 'promoted {facts['master_replid']}'"
    sha = hashlib.sha1(note.encode(), usedforsecurity=False).hexdigest()
    if (await ask(("SCRIPT", "EXISTS", sha)))[0]:
        return
    replies = await asyncio.gather(*(ask(each) for each in remedy), return_exceptions=True)
    for reply in replies:
        elsewhere = isinstance(reply, ValkeyError) and reply.kind == "MOVED"
        if isinstance(reply, BaseException) and not elsewhere:
            raise reply
    await ask(("SCRIPT", "LOAD", note))
    log.warning("promoted_server_distrusted", replication=facts["master_replid"])


def _facts(reply: bytes) -> dict[str, str]:
    lines = (line.partition(":") for line in reply.decode().splitlines())
    return {name: value for name, _, value in lines}
