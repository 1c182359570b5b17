"""What runs in the sandbox is bounded, sees nothing, reaches nobody, and dies with its parent."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from media.inspection.sandbox import (
    FFMPEG,
    PYTHON,
    PYTHON_FILES,
    Finished,
    Limit,
    guarded,
    opened,
    run,
)
from tests.media.inspection.films import film
from tests.waiting import until

ENDLESS = "-v error -f lavfi -i testsrc=s=320x240:d=100000"


async def tried(arguments: str, **changes: Any) -> Finished:
    bounds: dict[str, Any] = {
        "wall_seconds": 300,
        "cpu_seconds": 20,
        "memory_bytes": 1 << 30,
        "output_bytes": 1 << 20,
    }
    return await run(FFMPEG, arguments.split(), **{**bounds, **changes})


async def python(code: str, **changes: Any) -> Finished:
    bounds: dict[str, Any] = {
        "wall_seconds": 300,
        "cpu_seconds": 20,
        "memory_bytes": 1 << 30,
        "output_bytes": 1 << 20,
    }
    return await run(PYTHON, ["-I", "-c", code], readable=PYTHON_FILES, **{**bounds, **changes})


class TestBounds:
    async def test_wall_time(self) -> None:
        done = await tried(f"{ENDLESS} -f null -", wall_seconds=0.5)
        assert done.exceeded is Limit.WALL
        assert not done.good

    async def test_cpu_time(self) -> None:
        assert (await tried(f"{ENDLESS} -f null -", cpu_seconds=1)).exceeded is Limit.CPU

    async def test_output(self) -> None:
        done = await tried(f"{ENDLESS} -f rawvideo -")
        assert done.exceeded is Limit.OUTPUT
        assert len(done.stdout) == 1 << 20

    async def test_the_size_of_files(self, tmp_path: Path) -> None:
        done = await tried(f"{ENDLESS} -f rawvideo big.yuv", folder=tmp_path, file_bytes=1 << 20)
        assert not done.good
        assert (tmp_path / "big.yuv").stat().st_size <= 1 << 20

    async def test_memory(self) -> None:
        done = await python("x = b'0' * (1 << 31)")
        assert done.code == 1
        assert b"MemoryError" in done.stderr

    async def test_what_stays_within_them_is_told_as_it_comes(self) -> None:
        heard: list[bytes] = []
        done = await tried(
            "-v error -progress pipe:2 -f lavfi -i color=red:s=64x64:d=1 -f framecrc -",
            heard=heard.append,
        )
        assert done.good
        assert b"progress=end" in b"".join(heard)


class TestWalls:
    async def test_no_file_can_be_read(self, tmp_path: Path) -> None:
        film(tmp_path / "film.mp4")
        done = await tried(f"-v error -i {tmp_path}/film.mp4 -f null -")
        assert not done.good
        assert b"Permission denied" in done.stderr

    async def test_files_are_made_in_the_given_folder_only(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        make = "-v error -f lavfi -i color=red:s=64x64:d=0.1 -y"
        options: dict[str, Any] = {"folder": tmp_path / "in", "file_bytes": 1 << 20}
        assert (await tried(f"{make} film.mp4", **options)).good
        assert (tmp_path / "in" / "film.mp4").stat().st_size
        assert not (await tried(f"{make} {tmp_path}/out.mp4", **options)).good
        assert not (tmp_path / "out.mp4").exists()

    async def test_nobody_is_reached(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            assert not (await tried(f"-v error -i tcp://127.0.0.1:{port} -f null -")).good
            code = f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"
            assert (await python(code)).code == 1

    async def test_requests_go_first(self) -> None:
        done = await python("import os; print(os.nice(0))")
        assert int(done.stdout) == min(19, os.nice(0) + 10)
        done = await python("import os; print(os.nice(0))", niceness=17)
        assert int(done.stdout) == min(19, os.nice(0) + 17)

    async def test_the_environment_stays_outside(self) -> None:
        done = await python("import os; print(sorted(os.environ))")
        assert done.stdout == b"['HOME', 'LC_ALL', 'PATH']\n"

    async def test_other_descriptors_stay_outside(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("x")
        with (tmp_path / "secret").open("rb") as secret:
            os.set_inheritable(secret.fileno(), True)
            done = await python(f"import os; os.fstat({secret.fileno()})")
        assert done.code == 1
        assert b"Bad file descriptor" in done.stderr

    async def test_a_film_comes_in_by_its_descriptor(self, tmp_path: Path) -> None:
        film(tmp_path / "film.mp4")
        async with opened(tmp_path / "film.mp4") as fd:
            arguments = ["-v", "error", *guarded("mov", fd), "-f", "framecrc", "pipe:1"]
            done = await tried(" ".join(arguments), fds=[fd])
        assert done.good
        assert done.stdout.count(b"\n0,") == 30


class TestEnds:
    async def test_who_cancels_ends_it(self, tmp_path: Path) -> None:
        task = asyncio.create_task(
            tried(f"{ENDLESS} -f null -progress progress -", folder=tmp_path, file_bytes=1 << 20)
        )
        while not (tmp_path / "progress").exists():
            await asyncio.sleep(0.05)
        assert _users_of(tmp_path)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not _users_of(tmp_path)

    def test_who_is_killed_takes_it_along(self, tmp_path: Path) -> None:
        code = (
            "import asyncio, pathlib; from media.inspection.sandbox import *; asyncio.run(run("
            f"FFMPEG, '{ENDLESS} -f null -progress progress -'.split(), wall_seconds=600,"
            "cpu_seconds=600, memory_bytes=1 << 30, output_bytes=1,"
            f"folder=pathlib.Path('{tmp_path}'), file_bytes=1 << 20))"
        )
        parent = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[3])
        try:
            until(lambda: (tmp_path / "progress").exists())
            assert _users_of(tmp_path)
        finally:
            parent.send_signal(signal.SIGKILL)
            parent.wait()
        until(lambda: not _users_of(tmp_path))


def _users_of(folder: Path) -> list[str]:
    """Processes that work in the folder."""
    found: list[str] = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").readlink() == folder:
                found.append(entry.name)
        except OSError:
            continue
    return found
