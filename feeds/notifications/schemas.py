"""Bodies of notifications."""

from app.kernel.structs import Id, Input, Timestamp, View
from feeds.accounts.interfaces import AccountCard
from feeds.notifications.rules import NotificationKind


class NotificationView(View):
    """Somebody did something that concerns the reader."""

    id: Id
    kind: NotificationKind
    actor: AccountCard
    others: int
    """How many did the same besides `actor`: "Lin and 12 others"."""
    post_id: Id | None
    comment_id: Id | None
    excerpt: str
    """The beginning of the comment, or of the post that was liked."""
    created_at: Timestamp
    read: bool


class UnreadView(View):
    """How many notifications wait to be read; counting stops at 999."""

    count: int


class ReadInput(Input):
    """The newest notification that the reader saw."""

    up_to_id: Id
