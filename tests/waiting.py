"""Waiting for what happens soon, by looking, never by sleeping a guessed time."""

import time
from collections.abc import Callable


def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Look until it is true. Fails when it is not within `seconds`, which is only a bound."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not true within {seconds:g} s"
        time.sleep(0.05)
