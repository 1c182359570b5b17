"""Wires notifications."""

from litestar.di import Provide

from app.kernel.house import House, Slice, Wiring
from app.realtime.interfaces import Inbox, Teller
from feeds.accounts.interfaces import Accounts, Relations
from feeds.notifications.controllers import NotificationsController
from feeds.notifications.repository import NotificationRepository
from feeds.notifications.service import NotificationService, ShopperInbox
from feeds.notifications.store import NoticeStore
from feeds.notifications.tasks import listen, tasks
from feeds.posts.interfaces import Posts


def wire(house: House) -> Wiring:
    """Jobs that tell, the list, and the inbox of the live channel."""
    doors, repository, store = house.doors, NotificationRepository(), NoticeStore(house.cache)
    notifications = NotificationService(
        repository,
        store,
        doors.get(Teller),
        doors.get(Posts),
        doors.get(Accounts),
        doors.get(Relations),
        house.ids,
        house.clock,
        house.cursors,
    )
    doors.provide(Inbox, ShopperInbox(house.database, repository, store))
    listen(house.events)
    return Wiring(
        routes=[NotificationsController],
        dependencies={"notifications": Provide(lambda: notifications, sync_to_thread=False)},
        tasks=tasks(house.database, notifications),
    )


slice_ = Slice("notifications", wire)
