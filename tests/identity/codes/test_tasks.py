"""Delivery by a message service: a real HTTP server, a real worker."""

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import msgspec
import pytest
from sqlalchemy import text

from app.composition import alive, compose
from app.kernel.house import House
from app.kernel.jobs import Crew
from app.kernel.logs import configure_logs
from app.kernel.settings import Settings
from tests.application import application
from tests.identity.people import Door, new_phone


class MessageService:
    """Takes messages; answers `failures` of them with 500 first."""

    def __init__(self) -> None:
        self.failures = 0
        self.received: list[dict[str, object]] = []
        self.authorizations: list[str | None] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                service.authorizations.append(self.headers["authorization"])
                failed = service.failures > 0
                service.failures -= failed
                if not failed:
                    service.received.append(body)
                self.send_response(500 if failed else 204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/messages"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def service() -> Iterator[MessageService]:
    service = MessageService()
    yield service
    service.server.shutdown()
    service.server.server_close()


@asynccontextmanager
async def running(settings: Settings, service: MessageService) -> AsyncIterator[tuple[House, Door]]:
    """A web process that sends by HTTP, and a worker."""
    settings = msgspec.structs.replace(
        settings, otp_sender="http", otp_http_url=service.url, otp_http_token="of the service"
    )
    composed = compose(settings)
    async with alive(composed.house):
        work = composed.house.jobs.run([Crew(2, ("default",))], name="test")
        worker = asyncio.create_task(work)
        transport = httpx.ASGITransport(app=application(composed))  # pyright: ignore[reportArgumentType]
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            yield composed.house, Door(client, Path("/dev/null"), composed.house)
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)


async def arrived(service: MessageService) -> dict[str, object]:
    for _ in range(600):
        if service.received:
            return service.received[-1]
        await asyncio.sleep(0.05)
    raise AssertionError("no message arrived")


class TestDelivery:
    async def test_a_code_arrives_and_opens(self, settings, service: MessageService) -> None:
        phone = new_phone()
        async with running(settings, service) as (_, door):
            await door.ask(phone)
            message = await arrived(service)
            entered = await door.enter(phone, str(message["code"]))

        assert message["phone"] == "+86" + phone
        assert 0 < int(str(message["expiresInSeconds"])) <= 300
        assert service.authorizations == ["Bearer of the service"]
        assert entered.status_code == 201

    async def test_a_failed_delivery_is_tried_again(self, settings, service) -> None:
        service.failures = 1
        async with running(settings, service) as (_, door):
            await door.ask(new_phone())
            await arrived(service)

        assert len(service.authorizations) == 2

    async def test_the_code_is_in_no_job_and_in_no_log(
        self, settings, service: MessageService, capfd: pytest.CaptureFixture[str]
    ) -> None:
        handlers = logging.getLogger().handlers[:]
        configure_logs("debug", as_json=True)
        service.failures = 1
        try:
            async with running(settings, service) as (house, door):
                await door.ask(new_phone())
                async with house.database.reading() as session:
                    jobs = await session.execute(text("SELECT args::text FROM procrastinate_jobs"))
                    arguments = [str(row[0]) for row in jobs]
                code = str((await arrived(service))["code"])
                async with house.database.reading() as session:
                    for _ in range(200):
                        sealed = await session.scalar(text("SELECT sealed FROM one_time_codes"))
                        await session.rollback()
                        if sealed is None:
                            break
                        await asyncio.sleep(0.05)
        finally:
            logging.getLogger().handlers[:] = handlers

        assert arguments
        assert all(list(json.loads(each)) == ["code_id"] for each in arguments)
        assert sealed is None
        written = capfd.readouterr()
        said = [line for line in (written.out + written.err).splitlines() if f'"{code}"' in line]
        assert not [line for line in said if "code_id" not in line]
        assert code not in [word.strip('",:') for word in (written.out + written.err).split()]
