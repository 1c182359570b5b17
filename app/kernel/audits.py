"""The walk that audits of many aggregates have in common."""

import asyncio
from collections.abc import Awaitable, Callable, Collection

AT_ONCE = 500
"""Ids a page."""
_TRIES = 40
_PAUSE_SECONDS = 0.1


async def audit_each(
    ids_after: Callable[[int, int], Awaitable[Collection[int]]],
    difference: Callable[[int], Awaitable[str | None]],
) -> list[str]:
    """A sentence for every aggregate that differs and keeps differing.

    `ids_after(after, limit)` gives the next ids in their order, from 0 on; `difference(id)` says
    how one differs at this moment. Runs under load: what changes meanwhile is looked at again.
    """
    problems: list[str] = []
    after = 0
    while ids := await ids_after(after, AT_ONCE):
        for id_ in ids:
            if (problem := await _lasting(id_, difference)) is not None:
                problems.append(problem)
        after = max(ids)
    return problems


async def _lasting(id_: int, difference: Callable[[int], Awaitable[str | None]]) -> str | None:
    problem: str | None = None
    for _ in range(_TRIES):
        problem = await difference(id_)
        if problem is None:
            return None
        await asyncio.sleep(_PAUSE_SECONDS)
    return problem
