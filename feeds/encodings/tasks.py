"""Jobs that make bytes; both may run any number of times."""

from app.kernel.jobs import Task
from feeds.encodings.service import REENCODE_TASK, REFRESH_TASK, EncodingService
from feeds.posts.interfaces import Source

_ALL = 1_000_000


def tasks(encodings: EncodingService) -> list[Task]:
    """Of single posts, and of all posts that show something."""

    async def refresh(post_ids: list[int]) -> None:
        await encodings.refresh(post_ids)

    async def reencode(source: str, ids: list[int]) -> None:
        await encodings.reencode(Source(source), ids, batches_max=_ALL)

    return [Task(REFRESH_TASK, refresh), Task(REENCODE_TASK, reencode)]
