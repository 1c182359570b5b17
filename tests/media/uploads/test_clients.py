"""Other people's clients of tus against real web processes, which are killed in the middle."""

import hashlib
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from tusclient.client import TusClient

from app.kernel.house import House
from app.kernel.settings import Settings
from media.uploads.rules import LEASE_SECONDS, file_path
from tests.factories.town import Resident, Town
from tests.realtime.web import HOME, WebProcess
from tests.waiting import until

TUS = {"tus-resumable": "1.0.0"}
STREAM = {**TUS, "content-type": "application/offset+octet-stream"}


@pytest.fixture
def webs(settings: Settings, tmp_path: Path) -> Iterator[list[WebProcess]]:
    """Two web processes of one installation."""
    started = [WebProcess(settings, tmp_path / f"web-{n}.log") for n in range(2)]
    try:
        for web in started:
            web.wait_until_ready()
        yield started
    finally:
        for web in started:
            web.stop()


@pytest.fixture
async def shopper(town: Town) -> Resident:
    return await town.shopper()


async def whole(town: Town, house: House, url: str) -> str:
    """The hash of what lies in the store in the end."""
    await town.run_jobs(only=("media.uploads.",))
    data = await house.objects.get(file_path(int(url.rpartition("/")[2])))
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("chunk", [700_000, 50_000_000])
async def test_tuspy(
    town: Town,
    house: House,
    webs: list[WebProcess],
    shopper: Resident,
    tmp_path: Path,
    chunk: int,
) -> None:
    data = os.urandom(9_500_000)
    (tmp_path / "film.mp4").write_bytes(data)
    client = TusClient(f"{webs[0].url}/v1/uploads", headers=dict(shopper.headers))
    uploader = client.uploader(
        str(tmp_path / "film.mp4"), chunk_size=chunk, metadata={"filename": "红包.mp4"}
    )
    uploader.upload()
    assert uploader.url
    assert await whole(town, house, uploader.url) == hashlib.sha256(data).hexdigest()


async def test_tuspy_goes_on_elsewhere(
    town: Town, house: House, webs: list[WebProcess], shopper: Resident, tmp_path: Path
) -> None:
    data = os.urandom(3_000_000)
    (tmp_path / "film.mp4").write_bytes(data)
    client = TusClient(f"{webs[0].url}/v1/uploads", headers=dict(shopper.headers))
    first = client.uploader(str(tmp_path / "film.mp4"), chunk_size=500_000)
    first.upload(stop_at=1_000_000)
    assert first.url
    elsewhere = first.url.replace(webs[0].url, webs[1].url)
    second = client.uploader(str(tmp_path / "film.mp4"), chunk_size=500_000, url=elsewhere)
    assert second.offset == 1_000_000
    second.upload()
    assert await whole(town, house, first.url) == hashlib.sha256(data).hexdigest()


async def test_tus_js_client(
    town: Town, house: House, webs: list[WebProcess], shopper: Resident, tmp_path: Path
) -> None:
    data = os.urandom(6_000_000)
    (tmp_path / "film.mp4").write_bytes(data)
    done = _node(webs[0].url, shopper, tmp_path / "film.mp4", chunk=1_500_000)
    assert done.returncode == 0, done.stdout + done.stderr
    url = done.stdout.splitlines()[-1].removeprefix("done ")
    assert await whole(town, house, url) == hashlib.sha256(data).hexdigest()


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
    assert await whole(town, house, path) == hashlib.sha256(data).hexdigest()
    assert await house.objects.list(f"uploads/{path.rpartition('/')[2]}") == []


async def test_memory_does_not_grow_with_the_file(
    town: Town, webs: list[WebProcess], shopper: Resident
) -> None:
    size, piece = 150_000_000, os.urandom(1_000_000)
    headers = {**TUS, **shopper.headers, "upload-length": str(size)}
    path = httpx.post(f"{webs[0].url}/v1/uploads", headers=headers).headers["location"]
    workers = psutil.Process(webs[0].pid).children(recursive=True)
    before = max(process.memory_info().rss for process in workers)
    peak = [0]

    def pieces() -> Iterator[bytes]:
        for _ in range(size // len(piece)):
            peak[0] = max(peak[0], *(process.memory_info().rss for process in workers))
            yield piece

    headers = {**STREAM, **shopper.headers, "upload-offset": "0"}
    answer = httpx.patch(webs[0].url + path, headers=headers, content=pieces(), timeout=120)
    assert answer.status_code == 204, answer.text
    assert peak[0] - before < 60_000_000


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
