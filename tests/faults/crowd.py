"""A crowd that follows, publishes, likes and comments, and writes down what it was told."""

import asyncio
import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from loadtests.common.check import Fetch, broken_promises
from loadtests.common.outside import OutsideLog, Told, told_by


class Crowd:
    """Runs in a thread of its own, so that a test can kill servers meanwhile."""

    def __init__(self, url: str, sign_ins: Path, seed: int, log: OutsideLog | None = None) -> None:
        self.log = log if log is not None else OutsideLog()
        self.answers = 0
        self._url = url
        self._tokens: dict[int, str] = {}
        for line in sign_ins.read_text().splitlines():
            made = json.loads(line)
            self._tokens[int(made["shopperId"])] = made["accessToken"]
        self._random = random.Random(seed)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def __enter__(self) -> "Crowd":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=60)

    async def _run(self) -> None:
        limits = httpx.Limits(max_connections=64)
        async with httpx.AsyncClient(base_url=self._url, timeout=8.0, limits=limits) as client:
            await asyncio.gather(*(self._live(client, shopper) for shopper in self._tokens))

    async def _live(self, client: httpx.AsyncClient, me: int) -> None:
        self.log.shoppers.add(me)
        actions = [self._follow] * 3 + [self._publish] * 2 + [self._like] * 4
        actions += [self._comment] * 2 + [self._withdraw, self._read]
        while not self._stop.is_set():
            await self._random.choice(actions)(client, me)
            await asyncio.sleep(self._random.random() * 0.2)

    async def _call(
        self, client: httpx.AsyncClient, me: int, method: str, path: str, body: Any = None
    ) -> tuple[Told, Any]:
        headers = {"authorization": f"Bearer {self._tokens[me]}"}
        try:
            answer = await client.request(method, path, json=body, headers=headers)
        except httpx.HTTPError:
            return Told.UNSURE, None
        told = told_by(answer.status_code)
        self.answers += told is Told.YES
        assert answer.status_code not in (401, 429), answer.text
        return told, answer.json() if told is Told.YES and answer.content else None

    async def _follow(self, client: httpx.AsyncClient, me: int) -> None:
        account = self._random.choice([s for s in self._tokens if s != me])
        on = self._random.random() < 0.75
        method = "PUT" if on else "DELETE"
        told, _ = await self._call(client, me, method, f"/v1/accounts/{account}/follow")
        self.log.note_follow(me, account, on, told)

    async def _publish(self, client: httpx.AsyncClient, me: int) -> None:
        words = f"news {self._random.random()}"
        told, made = await self._call(
            client, me, "POST", "/v1/posts", {"kind": "news", "text": words}
        )
        if told is Told.YES:
            post = made["post"]
            self.log.note_post(int(post["id"]), me, post["publishedAt"])

    async def _like(self, client: httpx.AsyncClient, me: int) -> None:
        if (post := self._any_post()) is None:
            return
        on = self._random.random() < 0.75
        method = "PUT" if on else "DELETE"
        told, _ = await self._call(client, me, method, f"/v1/posts/{post}/like")
        self.log.note_like(post, me, on, told)

    async def _comment(self, client: httpx.AsyncClient, me: int) -> None:
        if (post := self._any_post()) is None:
            return
        body = {"text": f"words {self._random.random()}"}
        told, made = await self._call(client, me, "POST", f"/v1/posts/{post}/comments", body)
        if told is Told.YES:
            self.log.note_comment(post, int(made["id"]))

    async def _withdraw(self, client: httpx.AsyncClient, me: int) -> None:
        mine = [p.id for p in self.log.posts.values() if p.account == me and not p.withdrawn.on]
        if len(mine) < 4:
            return
        post = self._random.choice(mine)
        told, _ = await self._call(client, me, "POST", f"/v1/posts/{post}/withdraw")
        self.log.note_withdrawal(post, told)

    async def _read(self, client: httpx.AsyncClient, me: int) -> None:
        await self._call(client, me, "GET", "/v1/feed")

    def _any_post(self) -> int | None:
        posts = [p.id for p in self.log.posts.values() if not p.withdrawn.on]
        return self._random.choice(posts[-60:]) if posts else None

    def broken_promises(self) -> list[str]:
        """What the server no longer stands by."""
        with self.asking() as fetch:
            return list(broken_promises(self.log, fetch))

    @contextmanager
    def asking(self) -> Iterator[Fetch]:
        """How anybody of the crowd, or the first of it, asks for JSON."""
        with httpx.Client(base_url=self._url, timeout=15.0) as client:

            def fetch(shopper: int | None, path: str) -> Any:
                token = self._tokens[shopper if shopper is not None else next(iter(self._tokens))]
                answer = client.get(path, headers={"authorization": f"Bearer {token}"})
                answer.raise_for_status()
                return answer.json()

            yield fetch
