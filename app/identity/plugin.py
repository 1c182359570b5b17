"""Wires identity: its routes, the two dependencies every handler may ask for, and its doors."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Request
from litestar.di import Provide

from app.identity.authenticator import TokenAuthenticator
from app.identity.codes.controllers import CodeController
from app.identity.codes.senders import sender_for
from app.identity.codes.service import CodeService
from app.identity.codes.tasks import deliver_task
from app.identity.events import ShopperRegistered
from app.identity.interfaces import (
    Memberships,
    Revocations,
    ShopperNames,
    ShopperRegistry,
    SignIns,
)
from app.identity.keys.controllers import KeyController
from app.identity.keys.service import CachedKeys, KeyService
from app.identity.members.controllers import MemberController, WorkplaceController
from app.identity.members.service import MemberService
from app.identity.sessions.controllers import SessionController
from app.identity.sessions.revocations import RevocationList
from app.identity.sessions.service import SessionService
from app.identity.sessions.tokens import AccessTokens
from app.identity.shoppers.controllers import MeController
from app.identity.shoppers.service import ShopperService
from app.identity.tasks import tidy_task
from app.kernel.actors import Actor, Authenticator
from app.kernel.database import Database
from app.kernel.errors import Unauthorized
from app.kernel.house import House, Slice, Wiring
from app.kernel.http.states import caller_of
from app.kernel.secrets import keys_for

__all__ = ["provide_actor", "provide_viewer", "slice_"]


def provide_viewer(request: Request[Any, Any, Any]) -> Actor | None:
    """`viewer: Actor | None`: the caller, or None for nobody. A token that is no good is an error
    here too, since whoever sends one wants to be known."""
    caller = caller_of(request)
    if caller.refused is not None:
        raise caller.refused
    return caller.actor


def provide_actor(request: Request[Any, Any, Any]) -> Actor:
    """`actor: Actor`: the caller. Raises Unauthorized when there is none."""
    actor = provide_viewer(request)
    if actor is None:
        raise Unauthorized
    return actor


def wire(house: House) -> Wiring:
    """Build identity's objects for one process."""
    settings, clock, ids = house.settings, house.clock, house.ids
    tokens = AccessTokens(settings, clock)
    revocations = RevocationList(
        clock, ids, house.changes, token_life_seconds=settings.access_token_seconds
    )
    sender = sender_for(settings)
    code_keys = keys_for(settings, "one-time-code")
    codes = CodeService(settings, clock=clock, ids=ids, sender=sender, keys=code_keys)
    shoppers = ShopperService(clock=clock, ids=ids, events=house.events, doors=house.doors)
    sessions = SessionService(
        settings,
        clock=clock,
        ids=ids,
        tokens=tokens,
        revoker=revocations,
        codes=codes,
        shoppers=shoppers,
        keys=keys_for(settings, "refresh-token"),
    )
    members = MemberService(
        clock=clock,
        ids=ids,
        doors=house.doors,
        shoppers=shoppers,
        revoker=revocations,
        issuer=sessions,
    )
    brand_keys = KeyService(clock=clock, ids=ids, members=members, revoker=revocations)
    cached_keys = CachedKeys(house.database, clock, revocations.denied)
    house.events.subscribe(ShopperRegistered, members.shopper_registered)
    house.doors.provide(Authenticator, TokenAuthenticator(tokens, revocations, cached_keys, clock))
    house.doors.provide(Revocations, revocations)
    house.doors.provide(Memberships, members)
    house.doors.provide(ShopperRegistry, shoppers)
    house.doors.provide(ShopperNames, shoppers)
    house.doors.provide(SignIns, sessions)
    return Wiring(
        routes=[
            CodeController,
            SessionController,
            MeController,
            WorkplaceController,
            MemberController,
            KeyController,
        ],
        dependencies={
            "actor": Provide(provide_actor, sync_to_thread=False),
            "viewer": Provide(provide_viewer, sync_to_thread=False),
            "codes": _always(codes),
            "shoppers": _always(shoppers),
            "sessions": _always(sessions),
            "members": _always(members),
            "brand_keys": _always(brand_keys),
        },
        tasks=[
            deliver_task(house.database, codes, sender),
            tidy_task(house.database, codes, sessions),
        ],
        web_lifespan=[lambda: _following(house, revocations)],
    )


def _always(value: object) -> Provide:
    def provide() -> Any:
        return value

    return Provide(provide, sync_to_thread=False)


@asynccontextmanager
async def _following(house: House, revocations: RevocationList) -> AsyncGenerator[None]:
    """The poll has a connection of its own: a pool that requests have drained must not keep a
    revoked token alive."""
    database = Database(house.settings, house.jobs.defer_on, pool_size=1)
    try:
        async with revocations.following(database):
            yield
    finally:
        await database.close()


slice_ = Slice("identity", wire)
