"""After the run: is every feed what the acknowledged answers say it must be?

For each shopper of the run, the naive merge of the posts whose author they follow, newest first,
is compared with the pages the server gives; likes and comments are compared one by one.
"""

from collections.abc import Callable, Iterator
from typing import Any

from loadtests.common.outside import OutsideLog

Fetch = Callable[[int | None, str], Any]
"""fetch(shopper or None, path) → the decoded JSON; raises on anything but 200."""

PAGES_MAX = 60


def broken_promises(log: OutsideLog, fetch: Fetch) -> Iterator[str]:
    """A sentence for each acknowledged answer that the server does not stand by."""
    for shopper in sorted(log.shoppers):
        yield from _feed_of(shopper, log, fetch)
    for post in sorted(log.posts):
        if log.stands(post):
            yield from _likes_of(post, log, fetch)
            yield from _comments_of(post, log, fetch)


def _feed_of(shopper: int, log: OutsideLog, fetch: Fetch) -> Iterator[str]:
    facts = {account: fact for (s, account), fact in log.follows.items() if s == shopper}
    unsure = {account for account, fact in facts.items() if fact.unsure}
    follows = {account for account, fact in facts.items() if fact.on} - unsure
    if not follows and not unsure:
        return
    oldest = min((post.published_at for post in log.posts.values()), default="")
    shown: list[int] = []
    for item in _pages(fetch, shopper, "/v1/feed", lambda i: i["post"]["publishedAt"] >= oldest):
        id_, account = int(item["post"]["id"]), int(item["post"]["account"]["id"])
        post = log.posts.get(id_)
        if post is None:
            continue
        if account in unsure or post.withdrawn.unsure:
            continue
        shown.append(id_)
    wanted = [
        post.id
        for post in sorted(log.posts.values(), key=lambda p: (p.published_at, p.id), reverse=True)
        if post.account in follows and log.stands(post.id)
    ]
    if shown != wanted:
        missing = [id_ for id_ in wanted if id_ not in shown]
        extra = [id_ for id_ in shown if id_ not in wanted]
        what = f"missing {missing[:5]}, extra {extra[:5]}" if missing or extra else "wrong order"
        yield f"feed of shopper {shopper}: {len(wanted)} posts expected, {len(shown)} shown, {what}"


def _likes_of(post: int, log: OutsideLog, fetch: Fetch) -> Iterator[str]:
    facts = [fact for (p, _), fact in log.likes.items() if p == post]
    sure = sum(fact.on and not fact.unsure for fact in facts)
    doubts = sum(fact.unsure for fact in facts)
    shown: int = fetch(None, f"/v1/posts/{post}")["counts"]["likes"]
    if not sure <= shown <= sure + doubts:
        yield f"post {post}: {sure} likes acknowledged ({doubts} unsure), {shown} counted"


def _comments_of(post: int, log: OutsideLog, fetch: Fetch) -> Iterator[str]:
    wanted = log.comments.get(post, set())
    if not wanted:
        return
    path = f"/v1/posts/{post}/comments"
    shown = {int(comment["id"]) for comment in _pages(fetch, None, path, lambda _: True)}
    lost = wanted - shown
    if lost:
        yield f"post {post}: {len(lost)} acknowledged comments are gone, such as {min(lost)}"


def _pages(
    fetch: Fetch, shopper: int | None, path: str, go_on: Callable[[Any], bool]
) -> Iterator[Any]:
    cursor = ""
    for _ in range(PAGES_MAX):
        page = fetch(shopper, f"{path}?limit=50{cursor}")
        for item in page["items"]:
            if not go_on(item):
                return
            yield item
        if page["nextCursor"] is None:
            return
        cursor = f"&cursor={page['nextCursor']}"
