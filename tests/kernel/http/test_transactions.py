"""A transaction ends with its request, whoever else refuses it."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from litestar import Litestar, Response, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import PermissionDeniedException
from sqlalchemy import text

from app.kernel.database import Transaction
from app.kernel.house import House
from app.kernel.http.states import Caller, note_caller
from app.kernel.http.transactions import ending, transactions

_LOCK = 4_711


refusals: list[Exception] = []
"""Whoever holds an error holds all that was going on, so no collector ends what was forgotten."""


@pytest.fixture(autouse=True)
def held() -> Iterator[None]:
    yield
    refusals.clear()


async def refuse(tx: NamedDependency[Transaction]) -> None:
    """Refuses when the transaction has begun and holds something."""
    await tx.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    refusals.append(PermissionDeniedException())
    raise refusals[-1]


@post("/", dependencies={"refused": Provide(refuse)})
async def refused_first(tx: NamedDependency[Transaction], refused: NamedDependency[None]) -> None:
    raise AssertionError


@post("/raising")
async def raising(tx: NamedDependency[Transaction]) -> Response[None]:
    await tx.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    refusals.append(PermissionDeniedException())
    raise refusals[-1]


@pytest.mark.parametrize("path", ["/", "/raising"])
async def test_what_a_refused_request_held_is_free_with_its_answer(house: House, path: str) -> None:
    inner = Litestar(
        [refused_first, raising], dependencies={"tx": Provide(transactions(house.database))}
    )
    whole = ending(inner)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        note_caller(scope, Caller("1", "127.0.0.1", False, None))
        await whole(scope, receive, send)

    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver")
    for _ in range(3):
        assert (await client.post(path)).status_code == 403
        async with house.database.reading() as session:
            taken = text("SELECT pg_try_advisory_xact_lock(:key)")
            assert await session.scalar(taken, {"key": _LOCK})
