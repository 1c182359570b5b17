"""Jobs of comments."""

from app.kernel.jobs import Task
from feeds.comments.service import CommentService

CLOSE = "comments.close"


def tasks(comments: CommentService) -> list[Task]:
    """Closing must happen even when the process that withdrew the post dies."""

    async def close(post_id: int) -> None:
        await comments.close(post_id)

    return [Task(CLOSE, close)]
