"""HTTP of notifications."""

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.identity.interfaces import requires_shopper
from app.kernel.actors import Actor
from app.kernel.database import Transaction
from app.kernel.http.paging import Cursor, Limit
from app.kernel.structs import Page
from feeds.notifications.schemas import NotificationView, ReadInput, UnreadView
from feeds.notifications.service import NotificationService


class NotificationsController(Controller):
    """What the shopper is told of."""

    path = "/v1/notifications"
    tags = ("notifications",)

    @get("/", operation_id="listNotifications", summary="What happened")
    async def page(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        notifications: NamedDependency[NotificationService],
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[NotificationView]:
        """The newest first; likes of a post are one, at the place of the last."""
        return await notifications.page(tx.session, requires_shopper(actor), cursor, limit)

    @get("/unread", operation_id="countUnread", summary="How many wait to be read")
    async def unread(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        notifications: NamedDependency[NotificationService],
    ) -> UnreadView:
        """For the badge; counting stops at 999."""
        return UnreadView(count=await notifications.unread(tx.session, requires_shopper(actor)))

    @post("/read", operation_id="markRead", summary="Mark as read", status_code=200)
    async def read(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        notifications: NamedDependency[NotificationService],
        data: JSONBody[ReadInput],
    ) -> UnreadView:
        """Everything up to this one. Answers what is left."""
        shopper_id = requires_shopper(actor)
        return UnreadView(count=await notifications.mark_read(tx, shopper_id, int(data.up_to_id)))
