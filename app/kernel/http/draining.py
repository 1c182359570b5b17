"""How a web process ends its endless answers before it stops.

The server waits at a stop for the answers under way; an event stream would hold it until it is
killed. So the parent sends SIGUSR1 first (see `app.serve`), and streams that wait on `begun`
end by themselves; their clients come back to another process.
"""

import asyncio
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Draining:
    """Set once, when this process is about to stop."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[None]:
        """Obey SIGUSR1 for as long as the context lasts."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, self.begun.set)
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGUSR1)
