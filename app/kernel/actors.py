"""Who is calling. Identity makes actors; the kernel only needs to know what one is."""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

import msgspec


class ActorKind(StrEnum):
    """The four kinds of callers."""

    SHOPPER = "shopper"
    MEMBER = "member"
    KEY = "key"
    OPERATOR = "operator"


class Actor(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A caller whose token was good when the request began."""

    kind: ActorKind
    id: int
    """The shopper, member, key or operator."""
    session_id: int | None = None
    """The sign-in this token belongs to; None for keys."""
    brand_id: int | None = None
    """The brand a member or key works for."""
    role: str | None = None
    """A member's role: owner, operations, service, manager, clerk."""
    scopes: frozenset[str] = frozenset()
    """What a key may do."""
    live: bool = True
    """False for test keys: they see test data only."""

    @property
    def shopper_id(self) -> int | None:
        """The shopper behind this actor; keys have none."""
        return self.id if self.kind is not ActorKind.KEY else None


class Authenticator(Protocol):
    """Turns an Authorization header into an actor."""

    def recognise(self, header: str) -> Actor | None:
        """The actor of an access token, by arithmetic; None for an API key. Raises Unauthorized
        with a stable reason."""
        ...

    async def authenticate(self, header: str) -> Actor:
        """The same also for keys, which may have to be looked up."""
        ...

    def expires_seconds(self, header: str) -> float | None:
        """When an access token that `authenticate` accepted ends, in seconds since 1970; None for
        keys, which have no end."""
        ...

    def on_revoked(self, tell: Callable[[Callable[[Actor], bool]], None]) -> None:
        """Call `tell` with a test for every revocation from now on, within two seconds of it:
        connections of the actors that it is true for have to be closed."""
        ...
