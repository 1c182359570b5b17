"""Work arrives on time, whether or not earlier answers came."""

# gevent ships with types that are not complete.
# pyright: reportUnknownMemberType=false

import random
import time

from gevent.event import Event

from loadtests.common.arrivals import Arrivals, rush


def test_nobody_waits_for_the_answer_of_another() -> None:
    answered, arrived = Event(), list[float]()

    def act(due: float) -> None:
        arrived.append(due)
        answered.wait()  # a server that answers nobody

    arrivals, now = Arrivals(), time.perf_counter()
    plan = [now + moment / 1000 for moment in (3, 1, 2)]
    arrivals.fire((due, act) for due in plan)
    arrivals.join(0.01)
    assert arrived == sorted(plan)
    answered.set()
    arrivals.join(5.0)


def test_who_is_late_counts_from_the_scheduled_moment() -> None:
    told: list[float] = []
    arrivals, due = Arrivals(), time.perf_counter() - 60.0
    arrivals.fire([(due, told.append)])
    arrivals.join(5.0)
    assert told == [due]


def test_a_rush_is_complete_and_within_its_time() -> None:
    moments = rush(500, 3.0, random.Random(1))
    assert len(moments) == 500
    assert moments == sorted(moments)
    assert moments[0] >= 0.0
    assert moments[-1] <= 3.0
    assert moments[250] < 1.5, "most come at once"
