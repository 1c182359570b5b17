"""Whether a recorded concurrent history has an order in which every answer is right.

The search of Wing and Gong ("Testing and Verifying Concurrent Objects", 1993), with the memory of
Lowe ("Testing for Linearizability", 2017): what was once reached with the same calls done and the
same state need not be tried again. A call that was never answered stays open: it may have taken
effect at any moment after it began, or never.
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
    step: Callable[[S, Hashable], tuple[S, object]]
    """State and call give the next state, and the one right answer."""


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
        if (done, state) in seen:
            continue
        seen.add((done, state))
        left = [(at, call) for at, call in enumerate(ordered) if not done >> at & 1]
        first_end = min(call.ended for _, call in left)
        for at, call in left:
            if call.began > first_end:
                break
            after, right = model.step(state, call.asked)
            if call.ended == OPEN or call.answer == right:
                stack.append((done | 1 << at, after))
    return False
