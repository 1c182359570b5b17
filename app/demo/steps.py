"""What the parts of the demo share: who makes it, and how a part is done once."""

from collections.abc import Awaitable, Callable

from app.identity.interfaces import Actor, ActorKind
from app.kernel.database import Transaction

OPERATOR = Actor(kind=ActorKind.OPERATOR, id=1)
Step = Callable[[str, Callable[[Transaction], Awaitable[int | None]]], Awaitable[int | None]]
"""Does a part of the demo exactly once, by its name. Returns the id of what it made."""
