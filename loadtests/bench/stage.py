"""The stage of a benchmark, as its client sees it: `app.stage` in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from rich.progress import Progress

from loadtests.bench.raw import Raw

POSTS_AN_AUTHOR = 42
PAGE = 20
"""Posts of a page."""
_ROOT = Path(__file__).parents[2]


@dataclass
class Stage:
    """The running stage: what it said, and a way to give it commands."""

    process: "subprocess.Popen[bytes]"
    facts: Mapping[str, Any]

    def do(self, command: str, **more: Any) -> Mapping[str, Any]:
        """Have a command carried out. Raises RuntimeError when the stage fell."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": command, **more}).encode() + b"\n")
        self.process.stdin.flush()
        return _answer(self.process)

    def valkey(self, which: str = "cache") -> Raw:
        """A connection to the cache Valkey, or to the live one."""
        host, port, password = self.facts[which]
        return Raw(host, port, password)

    def pid(self, name: str) -> int:
        """The process id of a server or process of ours."""
        return int(self.facts["pids"][name])


@contextmanager
def stage(name: str, folder: Path) -> Generator[Stage]:
    """Servers, web, worker and the people of a bench for as long as the context lasts."""
    with (folder / "stage.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.stage", name, str(folder / "stage")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=_ROOT,
        )
    try:
        try:
            yield Stage(process, _answer(process))
        except Exception:
            sys.stderr.write((folder / "stage.log").read_text(errors="replace")[-3000:])
            raise
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(60)


def _answer(process: "subprocess.Popen[bytes]") -> Mapping[str, Any]:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("the stage fell")
    return json.loads(line)


def publish_all(facts: Mapping[str, Any], progress: Progress) -> None:
    """Every author uploads a picture and publishes; the last posts of all make the page."""
    task = progress.add_task("Publishing", total=POSTS_AN_AUTHOR * len(facts["authors"]))
    with httpx.Client(base_url=facts["web"], timeout=30.0) as client:
        pictures = [upload(client, person, n) for n, person in enumerate(facts["authors"])]
        for number in range(POSTS_AN_AUTHOR):
            for person, picture_id in zip(facts["authors"], pictures, strict=True):
                publish(client, person, picture_id, f"新品到店 №{number} #狂欢节 see you there!")
                progress.advance(task)


def upload(client: httpx.Client, person: Mapping[str, Any], number: int) -> str:
    """A picture of its own; returns its id."""
    picture = BytesIO()
    Image.linear_gradient("L").rotate(number * 17).save(picture, "JPEG")
    files = {"file": ("picture.jpg", picture.getvalue(), "image/jpeg")}
    answer = client.post("/v1/images", files=files, headers=_bearer(person))
    answer.raise_for_status()
    return answer.json()["id"]


def publish(client: httpx.Client, person: Mapping[str, Any], picture_id: str, text: str) -> str:
    """A post with a picture; returns its id."""
    body = {"kind": "pictures", "text": text, "pictureIds": [picture_id]}
    answer = client.post("/v1/posts", json=body, headers=_bearer(person))
    answer.raise_for_status()
    return answer.json()["post"]["id"]


def _bearer(person: Mapping[str, Any]) -> dict[str, str]:
    return {"authorization": f"Bearer {person['token']}"}


def page_of(url: str, person: Mapping[str, Any]) -> bytes:
    """A first page; raises unless it has 20 posts."""
    answer = httpx.get(f"{url}/v1/feed?limit={PAGE}", headers=_bearer(person), timeout=30.0)
    answer.raise_for_status()
    if len(answer.json()["items"]) != PAGE:
        raise RuntimeError(f"a page of {len(answer.json()['items'])} posts: {answer.text[:300]}")
    return answer.content
