"""Applications behind a socket, spoken to as in production: by our connections, in this loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from uvicorn.server import ServerState

from app.kernel.http.connections import Connection
from app.kernel.http.front import Front
from app.serve import configured


@asynccontextmanager
async def serving(app: Front, port: int = 0) -> AsyncIterator[str]:
    """Its address. Whoever made the application keeps it alive."""
    config = configured(app, host="127.0.0.1", port=port)
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(config, state, {}, loop), config.host, port
    )
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for each in list(state.connections):
            each.shutdown()
        await asyncio.gather(*state.tasks, return_exceptions=True)
        await server.wait_closed()


@asynccontextmanager
async def talking(app: Front) -> AsyncIterator[httpx.AsyncClient]:
    """A client of it."""
    async with serving(app) as url, httpx.AsyncClient(base_url=url) as client:
        yield client


def asgi(app: Front) -> httpx.AsyncClient:
    """A client of its plain lane, which ASGI is."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
    return httpx.AsyncClient(transport=transport, base_url="http://testserver")
