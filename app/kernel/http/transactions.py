"""The transaction that a handler asks for as `tx`, and its end whatever happens.

Litestar ends what it provided when the handler returns or raises. But when something else that the
handler asks for refuses the request first, it forgets what it has provided already (litestar 2.25):
a transaction would keep its connection and its locks until the garbage collector comes by.
"""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, suppress
from typing import Any

from litestar import Request
from litestar.types import ASGIApp, Receive, Scope, Send

from app.kernel.database import Database, Transaction
from app.kernel.http import idempotency
from app.kernel.http.states import state_of

_OPEN = "transaction"


class _Forgotten(Exception):
    """A transaction whose handler will never run."""


def transactions(database: Database) -> Any:
    """A dependency of Litestar's: committed when the handler returns, rolled back when it raises,
    provided that the application is within `ending`."""

    async def tx(request: Request[Any, Any, Any]) -> AsyncGenerator[Transaction]:
        unit = state_of(request)[_OPEN] = AsyncExitStack()
        async with unit:
            transaction = await unit.enter_async_context(database.transaction())
            await idempotency.begin(request, transaction)
            yield transaction

    return tx


def ending(inner: ASGIApp) -> ASGIApp:
    """The application, behind whose requests no transaction stays open."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await inner(scope, receive, send)
        finally:
            state: dict[str, Any] = scope.get("state", {})  # pyright: ignore[reportUnknownMemberType]
            if (unit := state.pop(_OPEN, None)) is not None:
                with suppress(_Forgotten):
                    async with unit:  # one that was ended has nothing to end
                        raise _Forgotten

    return app
