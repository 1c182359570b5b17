"""The web process: an ASGI application from settings."""

import gc
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Router
from litestar.di import Provide
from litestar.types import ASGIApp

from app.composition import Composed, alive, compose
from app.kernel.actors import Authenticator
from app.kernel.http import idempotency, openapi
from app.kernel.http.draining import Draining
from app.kernel.http.front import Front
from app.kernel.http.health import Checks, HealthController
from app.kernel.http.hot import HotLane, plain_handler
from app.kernel.http.hotfiles import FileLane, file_handlers
from app.kernel.http.limits import LocalLimiter
from app.kernel.http.problems import CarefulRequest, exception_handlers
from app.kernel.http.responses import JsonResponse
from app.kernel.http.states import state_of
from app.kernel.http.transactions import ending, transactions
from app.kernel.logs import configure_logs
from app.kernel.settings import Settings, load_settings
from app.kernel.structs import SCALARS, decode_hook, encode_hook
from app.web.pages import page_routes


def create_app(settings: Settings | None = None) -> Front:
    """The application the server runs."""
    if settings is None:
        settings = load_settings()
        configure_logs(settings.log_level, as_json=settings.log_json)
    composed = compose(settings)
    return front(composed, litestar(composed))


def front(composed: Composed, inner: ASGIApp) -> Front:
    """The perimeter around Litestar."""
    house = composed.house
    endpoints = [endpoint for wiring in composed.wirings for endpoint in wiring.hot]
    files = [endpoint for wiring in composed.wirings for endpoint in wiring.files]
    return Front(
        ending(inner),
        hot=HotLane(endpoints),
        files=FileLane(files),
        authenticator=house.doors.get(Authenticator),
        limiter=LocalLimiter(house.settings.rate_limit_per_minute),
        metrics=house.metrics,
        trusted_proxies=house.settings.trusted_proxies,
    )


def litestar(composed: Composed, provided: Mapping[str, Provide] | None = None) -> Litestar:
    """Litestar with every route of every slice; its handlers get `provided`, or what
    `dependencies` says."""
    wirings = composed.wirings
    routes = [route for wiring in wirings for route in wiring.routes]
    plain = [plain_handler(endpoint) for wiring in wirings for endpoint in wiring.hot]
    files = [each for w in wirings for endpoint in w.files for each in file_handlers(endpoint)]
    return _App(
        route_handlers=[
            *(HealthController, *routes, *plain, *files, *openapi.docs_routes()),
            *page_routes(composed.house.objects.origin()),
        ],
        dependencies=dependencies(composed) if provided is None else provided,
        lifespan=[_lifespan(composed)],
        request_class=CarefulRequest,
        response_class=JsonResponse,
        before_request=_note_operation,
        exception_handlers={
            **exception_handlers(),
            idempotency.Replay: idempotency.replay_handler,
        },
        type_encoders=dict.fromkeys(SCALARS, encode_hook),
        type_decoders=[(lambda t: issubclass(t, SCALARS), decode_hook)],
        request_max_body_size=composed.house.settings.request_body_bytes_max,
        openapi_config=openapi.openapi_config(),
        logging_config=None,
        plugins=openapi.plugins(),
    )


def dependencies(composed: Composed) -> dict[str, Provide]:
    """Everything a handler may ask for by name."""
    house = composed.house
    checks = Checks(
        {
            "postgresql": house.database.ping,
            "valkey-live": house.live.ping,
            "valkey-cache": house.cache.ping,
            "objects": house.objects.ping,
        }
    )
    provided: dict[str, Provide] = {
        "tx": Provide(transactions(house.database)),
        "checks": Provide(lambda: checks, sync_to_thread=False),
        "clock": Provide(lambda: house.clock, sync_to_thread=False),
        "house": Provide(lambda: house, sync_to_thread=False),
    }
    for wiring in composed.wirings:
        provided |= wiring.dependencies
    return provided


def _lifespan(composed: Composed) -> Any:
    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncGenerator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(alive(composed.house))
            await stack.enter_async_context(composed.house.doors.get(Draining).listening())
            for wiring in composed.wirings:
                for part in wiring.web_lifespan:
                    await stack.enter_async_context(part())
            gc.collect()
            gc.freeze()
            yield

    return lifespan


class _App(Litestar):
    """Lets several controllers share a path. A controller arrives with an OPTIONS handler of
    Litestar's own making, and a path may have only one (litestar 2.25): leave them to the app."""

    @classmethod
    def get_route_handler_map(cls, value: Any) -> Any:
        """What `value` adds, by path and method."""
        found: Any = super().get_route_handler_map(value)
        if isinstance(value, Router):
            for methods in found.values():
                methods.pop("OPTIONS", None)
        return found


async def _note_operation(request: Request[Any, Any, Any]) -> None:
    """Tells the perimeter which operation answered, for the metrics."""
    handler: Any = request.route_handler
    state_of(request)["operation"] = str(handler.operation_id or handler.handler_name)
