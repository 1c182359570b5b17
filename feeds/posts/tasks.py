"""Jobs of posts."""

from app.kernel.database import Database
from app.kernel.jobs import Task
from feeds.posts.service import PUBLISH_TASK, PostService


def tasks(database: Database, posts: PostService) -> list[Task]:
    """Publication at a moment."""

    async def publish(post_id: int, publish_at_ms: int) -> None:
        async with database.transaction() as tx:
            await posts.publish_due(tx, post_id, publish_at_ms)

    return [Task(PUBLISH_TASK, publish)]
