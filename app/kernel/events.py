"""Past-tense facts between slices, delivered inside the transaction that made them true.

A lower slice publishes what happened; an upper slice listens. Handlers run in order, in the same
transaction: if one fails, nothing happened. What should happen later, a handler defers as a job.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from app.kernel.database import Transaction

E = TypeVar("E")
Handler = Callable[["Transaction", E], Awaitable[None]]


class Events:
    """The bus of one process."""

    def __init__(self) -> None:
        self._handlers: dict[type, list[Handler[Any]]] = defaultdict(list)

    def subscribe(self, event: type[E], handler: Handler[E]) -> None:
        """Call `handler(tx, event)` whenever such a fact is published."""
        self._handlers[event].append(handler)

    async def publish(self, tx: "Transaction", event: object) -> None:
        """Tell every subscriber, in the order they subscribed. Their errors are the caller's."""
        for handler in self._handlers[type(event)]:
            await handler(tx, event)
