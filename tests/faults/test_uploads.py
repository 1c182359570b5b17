"""Other people's clients of tus against real web processes, which are killed in the middle."""

import asyncio
import functools
import hashlib
import os
import shutil
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from tusclient.client import TusClient

from app.kernel.house import House
from app.kernel.settings import Settings
from media.uploads.rules import FOLLOW_BYTES, LEASE_SECONDS, parts_folder
from tests.factories.town import Resident, Town
from tests.faults.processes import started
from tests.realtime.web import HOME, WebProcess
from tests.waiting import until

pytestmark = pytest.mark.faults
TUS = {"tus-resumable": "1.0.0"}
STREAM = {**TUS, "content-type": "application/offset+octet-stream"}


@pytest.fixture
async def shopper(town: Town) -> Resident:
    return await town.shopper()


@pytest.fixture
async def webs(
    settings: Settings, shopper: Resident, tmp_path: Path
) -> AsyncIterator[list[WebProcess]]:
    """Two web processes of one installation, whose people are there before."""
    started = [WebProcess(settings, tmp_path / f"web-{n}.log") for n in range(2)]
    try:
        for web in started:
            # the house of this process goes on meanwhile
            await asyncio.to_thread(web.wait_until_ready)
        yield started
    finally:
        for web in started:
            await asyncio.to_thread(web.stop)


@pytest.fixture(autouse=True)
def empty_store(house: House) -> None:
    folder = house.objects.folder
    assert folder is not None
    shutil.rmtree(folder)
    folder.mkdir()


async def kept(house: House) -> list[str]:
    """The hashes of the files that lie in the store."""
    folder = house.objects.folder
    assert folder is not None
    files = [path for path in (folder / "media/originals").rglob("*") if path.is_file()]
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]


async def test_other_peoples_clients(
    town: Town, house: House, webs: list[WebProcess], shopper: Resident, tmp_path: Path
) -> None:
    data = os.urandom(5_500_000)
    film = tmp_path / "film.mp4"
    film.write_bytes(data)
    urls = await asyncio.to_thread(_send_in_every_way, webs, shopper, film)
    await town.run_jobs(only=("media.uploads.",))
    for url in urls:
        shown = await town.good("GET", f"/v1/uploads/{str(url).rpartition('/')[2]}", shopper)
        assert shown["state"] == "finished"
    # all of them are one content, so one file lies there
    assert await kept(house) == [hashlib.sha256(data).hexdigest()]
    grown = await asyncio.to_thread(_memory_grown_by, webs[0], shopper, megabytes=100)
    assert grown < 60_000_000


async def test_a_web_process_is_killed_in_the_middle_of_a_patch(
    town: Town, house: House, webs: list[WebProcess], shopper: Resident
) -> None:
    data = os.urandom(10_000_000)
    headers = {**TUS, **shopper.headers, "upload-length": str(len(data))}
    begun = httpx.post(f"{webs[0].url}/v1/uploads", headers=headers)
    path = begun.headers["location"]
    sent = threading.Event()

    def half() -> Iterator[bytes]:
        yield data[:6_000_000]
        sent.set()
        threading.Event().wait(60)
        yield data[6_000_000:]

    def patch() -> None:
        headers = {**STREAM, **shopper.headers, "upload-offset": "0"}
        try:
            httpx.patch(webs[0].url + path, headers=headers, content=half(), timeout=90)
        except httpx.HTTPError:
            return

    sending = threading.Thread(target=patch, daemon=True)
    sending.start()
    assert sent.wait(30)
    until(lambda: _offset(webs[1], path, shopper) >= 4 * 2**20)
    # whoever comes now is told to wait
    locked = _send(webs[1], path, shopper, data, _offset(webs[1], path, shopper))
    assert locked.status_code == 423
    for process in psutil.Process(webs[0].pid).children(recursive=True):
        process.kill()
    at = _offset(webs[1], path, shopper)
    answers: list[int] = []

    def goes_on() -> bool:
        answers.append(_send(webs[1], path, shopper, data, at).status_code)
        return answers[-1] == 204

    until(goes_on, LEASE_SECONDS + 20)
    assert set(answers) <= {423, 204}
    assert 4 * 2**20 <= at <= 6_000_000
    await town.run_jobs(only=("media.uploads.",))
    assert await kept(house) == [hashlib.sha256(data).hexdigest()]
    assert await house.objects.list(f"uploads/{path.rpartition('/')[2]}") == []


async def test_a_worker_is_killed_while_it_follows_a_sender(
    town: Town, house: House, settings: Settings, shopper: Resident, tmp_path: Path
) -> None:
    data = os.urandom(FOLLOW_BYTES + 9_000_000)
    headers = {**TUS, "upload-length": str(len(data))}
    begun = await town.ask("POST", "/v1/uploads", shopper, headers=headers)
    path = begun.headers["location"]
    assert house.objects.folder is not None
    parts = house.objects.folder / parts_folder(int(path.rpartition("/")[2]))
    half = FOLLOW_BYTES + 1_000_000
    worker = await started("worker", settings, tmp_path)
    try:
        sent = {**STREAM, "upload-offset": "0"}
        await town.ask("PATCH", path, shopper, content=data[:half], headers=sent)
        grown = functools.partial(_grown, parts, half)
        await asyncio.to_thread(until, grown, 120)
    finally:
        worker.kill()
        await worker.wait()
    worker = await started("worker", settings, tmp_path)
    try:
        sent = {**STREAM, "upload-offset": str(half)}
        await town.ask("PATCH", path, shopper, content=data[half:], headers=sent)
        async with asyncio.timeout(120):
            while (await town.good("GET", path, shopper))["state"] != "finished":
                await asyncio.sleep(0.1)
        await asyncio.to_thread(until, lambda: not parts.exists(), 120)
    finally:
        worker.terminate()
        await worker.wait()
    assert await kept(house) == [hashlib.sha256(data).hexdigest()]


def _grown(parts: Path, size: int) -> bool:
    """Whether a follower has put together all of what came."""
    return any(each.stat().st_size == size for each in parts.glob("whole-*"))


def _send_in_every_way(webs: list[WebProcess], shopper: Resident, film: Path) -> list[str | None]:
    """By tuspy in pieces, at once, and half here and half there; by tus-js-client."""
    urls: list[str | None] = []
    client = TusClient(f"{webs[0].url}/v1/uploads", headers=dict(shopper.headers))
    for chunk in (700_000, 50_000_000):
        uploader = client.uploader(str(film), chunk_size=chunk, metadata={"filename": "红包.mp4"})
        uploader.upload()
        urls.append(uploader.url)
    begun = client.uploader(str(film), chunk_size=500_000)
    begun.upload(stop_at=1_000_000)
    elsewhere = str(begun.url).replace(webs[0].url, webs[1].url)
    going_on = client.uploader(str(film), chunk_size=500_000, url=elsewhere)
    assert going_on.offset == 1_000_000
    going_on.upload()
    urls.append(begun.url)
    done = _node(webs[0].url, shopper, film, chunk=1_500_000)
    assert done.returncode == 0, done.stdout + done.stderr
    urls.append(done.stdout.splitlines()[-1].removeprefix("done "))
    return urls


def _memory_grown_by(web: WebProcess, who: Resident, *, megabytes: int) -> int:
    """By how many bytes a web process grows while it takes in one PATCH of this size."""
    piece = os.urandom(1_000_000)
    headers = {**TUS, **who.headers, "upload-length": str(megabytes * len(piece))}
    path = httpx.post(f"{web.url}/v1/uploads", headers=headers, timeout=30).headers["location"]
    workers = psutil.Process(web.pid).children(recursive=True)
    before = max(process.memory_info().rss for process in workers)
    peak = [0]

    def pieces() -> Iterator[bytes]:
        for _ in range(megabytes):
            peak[0] = max(peak[0], *(process.memory_info().rss for process in workers))
            yield piece

    headers = {**STREAM, **who.headers, "upload-offset": "0"}
    answer = httpx.patch(web.url + path, headers=headers, content=pieces(), timeout=120)
    assert answer.status_code == 204, answer.text
    return peak[0] - before


def _offset(web: WebProcess, path: str, who: Resident) -> int:
    answer = httpx.head(web.url + path, headers={**TUS, **who.headers}, timeout=30)
    return int(answer.headers["upload-offset"])


def _send(web: WebProcess, path: str, who: Resident, data: bytes, at: int) -> httpx.Response:
    headers = {**STREAM, **who.headers, "upload-offset": str(at)}
    return httpx.patch(web.url + path, headers=headers, content=data[at:], timeout=30)


def _node(url: str, who: Resident, file: Path, *, chunk: int) -> "subprocess.CompletedProcess[str]":
    from app.web.build import node_and_npm

    # modules are found beside the file that asks for them
    play = HOME / "app" / "web" / "play"
    script = play / "node_modules" / ".cache" / "sender.mjs"
    script.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(__file__).with_name("sender.mjs"), script)
    token = who.headers["authorization"].removeprefix("Bearer ")
    command = [str(node_and_npm()[0]), str(script), url, token, str(file), str(chunk)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)
