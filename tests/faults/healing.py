"""After the faults: everything comes right without help, within a time that is never the point."""

import time

from tests.faults.crowd import Crowd

HEAL_SECONDS = 90.0


def heals(crowd: Crowd) -> None:
    """Settling and fan-out catch up without help; the last look counts."""
    until = time.monotonic() + HEAL_SECONDS
    broken = crowd.broken_promises()
    while broken and time.monotonic() < until:
        time.sleep(1.0)
        broken = crowd.broken_promises()
    assert not broken, "\n".join(broken)
