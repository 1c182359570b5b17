"""Whether a recorded concurrent history has an order in which every answer is right.

The search of Wing and Gong ("Testing and Verifying Concurrent Objects", 1993), with the memory of
Lowe ("Testing for Linearizability", 2017): what was once reached with the same calls done and the
same state need not be tried again. A call that was never answered stays open: it may have taken
effect at any moment after it began, or never.

Two shortcuts keep the search small where there is no order and all must be tried. A call whose
right answer changes nothing comes first: wherever else it stood, it could as well stand here. And
of open calls that ask the same the earliest stands for all. An open call that had an effect must
show in the state: it is remembered by that alone.
"""

import math
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, NamedTuple, TypeVar

S = TypeVar("S", bound=Hashable)
OPEN = math.inf


class Recorded(NamedTuple):
    """One call of the history."""

    began: float
    ended: float
    """`OPEN` for a call that was never answered; its answer is not looked at."""
    asked: Hashable
    answer: object


class Model(NamedTuple, Generic[S]):
    """What the calls are about, as it would be were they made one after the other."""

    begin: S
    step: Callable[[S, Hashable], tuple[S, object] | None]
    """State and call give the next state, and the one right answer; None where what was answered
    elsewhere shows that it cannot have happened so."""


def is_linearizable(calls: Sequence[Recorded], model: Model[S]) -> bool:
    """Whether there is such an order. A call that ended before another began comes before it."""
    ordered = sorted(calls)
    everything = sum(1 << at for at, call in enumerate(ordered) if call.ended != OPEN)
    seen: set[tuple[int, S]] = set()
    stack = [(0, model.begin)]
    while stack:
        done, state = stack.pop()
        if done & everything == everything:
            return True
        reached = done & everything, state
        if reached in seen:
            continue
        seen.add(reached)
        stack += _next(ordered, done, state, model)
    return False


def _next(ordered: Sequence[Recorded], done: int, state: S, model: Model[S]) -> list[tuple[int, S]]:
    """What may come next, as calls done and state."""
    left = [(at, call) for at, call in enumerate(ordered) if not done >> at & 1]
    first_end = min(call.ended for _, call in left)
    found: list[tuple[int, S]] = []
    open_calls: set[Hashable] = set()
    for at, call in left:
        if call.began > first_end:
            break
        is_open = call.ended == OPEN
        if is_open and call.asked in open_calls:
            continue
        stepped = model.step(state, call.asked)
        if stepped is None:
            continue
        after, right = stepped
        if is_open:
            open_calls.add(call.asked)
            if after != state:
                found.append((done | 1 << at, after))
        elif call.answer == right:
            if after == state:
                return [(done | 1 << at, state)]
            found.append((done | 1 << at, after))
    return found
