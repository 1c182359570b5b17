"""A shopper with a minute to spare: follows some accounts, reads, turns pages, looks."""

# Locust ships without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

import random
from typing import Any

from locust import between, task

from loadtests.common.journey import LOG, Shopper
from loadtests.common.outside import Told


class Browsing(Shopper):
    """Most of the visitors of a festival."""

    weight = 6
    wait_time = between(0.5, 2.0)

    def on_start(self) -> None:
        """Follow a handful of what is suggested, and open the feed."""
        super().on_start()
        self.etag: str | None = None
        told, page = self.call("GET", "/v1/accounts/suggestions?limit=10", "suggestAccounts")
        accounts: list[Any] = page["items"] if told is Told.YES and page else []
        for account in random.sample(accounts, min(3, len(accounts))):
            self.follow(int(account["id"]), on=True)

    def follow(self, account: int, *, on: bool) -> None:
        """Follow or unfollow, and write down what we were told."""
        method = "PUT" if on else "DELETE"
        name = "followAccount" if on else "unfollowAccount"
        told, _ = self.call(method, f"/v1/accounts/{account}/follow", name)
        LOG.note_follow(self.me.shopper, account, on, told)

    @task(10)
    def read(self) -> None:
        """The first page, and sometimes the next two."""
        _, page = self.call("GET", "/v1/feed", "readFeed")
        if not page or not page["items"]:
            return
        self.look(page["items"])
        for _ in range(random.choice((0, 0, 1, 2))):
            if page["nextCursor"] is None:
                return
            path = f"/v1/feed?cursor={page['nextCursor']}"
            _, page = self.call("GET", path, "readFeed: next page")
            if not page:
                return

    @task(4)
    def meet(self) -> None:
        """Follow those who publish in this run, and sometimes stop again."""
        authors = {post.account for post in list(LOG.posts.values())}
        authors.discard(self.me.shopper)
        if authors:
            account = random.choice(sorted(authors))
            self.follow(account, on=random.random() < 0.8)

    @task(2)
    def open_post(self) -> None:
        """A post with its comments."""
        if posts := LOG.standing():
            post = random.choice(posts)
            self.call("GET", f"/v1/posts/{post}", "getPost", about=post)
            self.call("GET", f"/v1/posts/{post}/comments", "listComments", about=post)

    def look(self, items: list[Any]) -> None:
        """Report what was seen; load one picture."""
        ids = [item["post"]["id"] for item in items[:10]]
        self.call("POST", "/v1/views", "reportViews", json={"postIds": ids})
        for item in items:
            pictures = item["post"]["pictures"]
            if pictures:
                image = pictures[0]
                width = min(image["widths"])
                path = f"{image['base']}/{width}.jpeg"
                with self.client.get(path, name="getImage", catch_response=True) as response:
                    if response.status_code != 200:
                        response.failure(f"{response.status_code} for a picture")
                return
