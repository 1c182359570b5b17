"""Base ports for installations, which number their servers from one."""

import random
import socket

from app.kernel.embedded.process import port_is_open

_WIDTH = 10
_KEPT = _WIDTH - 1
"""The last port of a base is held by us: that is how others see that the base is taken."""


class Base:
    """A port with eight free ones behind it. No other test of this machine, of whatever process,
    gets them as long as this lives."""

    def __init__(self) -> None:
        self._holding = socket.socket()
        self.port = self._find()

    def _find(self) -> int:
        """Below the range from which the system gives ports to whoever asks for any."""
        for _ in range(100):
            base = random.randrange(20_000, 30_000, _WIDTH)
            try:
                self._holding.bind(("127.0.0.1", base + _KEPT))
            except OSError:
                continue
            if not any(map(port_is_open, range(base, base + _KEPT))):
                return base
            self._holding.close()
            self._holding = socket.socket()
        raise AssertionError("no free ports")
