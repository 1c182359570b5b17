"""Jobs of reactions."""

from app.kernel.jobs import Task
from feeds.reactions.service import ReactionService

CLOSE = "reactions.close"


def tasks(reactions: ReactionService) -> list[Task]:
    """Closing must happen even when the process that withdrew the post dies."""

    async def close(post_id: int) -> None:
        await reactions.close(post_id)

    return [Task(CLOSE, close)]
