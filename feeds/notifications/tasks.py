"""Jobs of notifications. What happened defers one, so that telling of it can neither slow down nor
break the settling of what happened. Each may run twice: a group is told of an order once."""

from app.kernel.database import Database, Transaction
from app.kernel.events import Events
from app.kernel.jobs import Task
from feeds.accounts.events import Followed
from feeds.comments.events import CommentWritten
from feeds.notifications.service import NotificationService
from feeds.reactions.events import PostLiked

_COMMENTED = "notifications.commented"
_LIKED = "notifications.liked"
_FOLLOWED = "notifications.followed"


def tasks(database: Database, notifications: NotificationService) -> list[Task]:
    """One a kind of news."""

    async def commented(
        comment_id: int, post_id: int, author_id: int, answered_id: int, text: str
    ) -> None:
        async with database.transaction() as tx:
            await notifications.commented(
                tx,
                comment_id=comment_id,
                post_id=post_id,
                author_id=author_id,
                answered_id=answered_id,
                text=text,
            )

    async def liked(post_id: int, shopper_ids: list[int], order: int, likes: int) -> None:
        async with database.transaction() as tx:
            await notifications.liked(
                tx, post_id=post_id, shopper_ids=shopper_ids, order=order, likes=likes
            )

    async def followed(account_id: int, shopper_id: int) -> None:
        async with database.transaction() as tx:
            await notifications.followed(tx, account_id=account_id, shopper_id=shopper_id)

    return [Task(_COMMENTED, commented), Task(_LIKED, liked), Task(_FOLLOWED, followed)]


def listen(events: Events) -> None:
    """Turn what happened into jobs."""

    async def commented(tx: Transaction, event: CommentWritten) -> None:
        await tx.defer(
            _COMMENTED,
            comment_id=event.comment_id,
            post_id=event.post_id,
            author_id=event.author_id,
            answered_id=event.answered_id,
            text=event.text,
        )

    async def liked(tx: Transaction, event: PostLiked) -> None:
        await tx.defer(
            _LIKED,
            post_id=event.post_id,
            shopper_ids=list(event.shopper_ids),
            order=event.order,
            likes=event.likes,
        )

    async def followed(tx: Transaction, event: Followed) -> None:
        await tx.defer(_FOLLOWED, account_id=event.account_id, shopper_id=event.shopper_id)

    events.subscribe(CommentWritten, commented)
    events.subscribe(PostLiked, liked)
    events.subscribe(Followed, followed)
