"""The stage of `bench media`: a brand that uploads, and a transcoder. It takes no commands."""

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

import msgspec

from app.composition import Composed
from app.identity.interfaces import Scope
from app.identity.keys.schemas import KeyCreate
from app.kernel.actors import Actor, ActorKind
from app.stage.servers import Servers, house_of, say
from campaigns.brands.schemas import BrandCreate

_OPERATOR = Actor(kind=ActorKind.OPERATOR, id=1)


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """What the client is told."""

    web: str
    pids: Mapping[str, int]
    key: str
    """An API key of a brand, which may upload."""


async def run(servers: Servers) -> None:
    """Make the brand, tell the client, and stay until its input ends."""
    async with house_of(servers) as composed:
        say(
            Stage(
                web=f"http://127.0.0.1:{servers.web_port}",
                pids={name: running.pid for name, running in servers.running.items()},
                key=await _key(composed),
            )
        )
        await asyncio.to_thread(sys.stdin.buffer.read)


async def _key(composed: Composed) -> str:
    brands: Any = composed.service("brands")
    keys: Any = composed.service("brand_keys")
    async with composed.house.database.transaction() as tx:
        brand = await brands.create(tx, _OPERATOR, BrandCreate(name="Bench"))
        body = KeyCreate("bench", [Scope.VIDEOS_READ, Scope.VIDEOS_WRITE], live=True)
        made = await keys.make(tx, _OPERATOR, int(brand.id), body)
    return made.key
