"""Who may see a post: pure."""

from collections.abc import Set as AbstractSet

import msgspec

from feeds.posts.interfaces import Audience, PostRecord, PostStatus, Reader


class Eyes(msgspec.Struct, frozen=True, kw_only=True):
    """A reader and what holds between the reader and the posts in question."""

    reader: Reader
    followed: AbstractSet[int] = frozenset()
    """Accounts the reader follows."""
    blocked: AbstractSet[int] = frozenset()
    """Accounts that block or are blocked by the reader."""
    selected: AbstractSet[int] = frozenset()
    """Posts that name the reader."""
    managed: AbstractSet[int] = frozenset()
    """Accounts the reader publishes as."""


def may_see(post: PostRecord, eyes: Eyes) -> bool:
    """The one rule of visibility; `Sight` says the same to SQL.

    An account's own people see its posts in any state; test keys and live readers never see each
    other's data.
    """
    if post.live != eyes.reader.live:
        return False
    if post.account_id in eyes.managed:
        return True
    if post.status is not PostStatus.PUBLISHED:
        return False
    if post.account_id in eyes.blocked or post.original_account_id in eyes.blocked:
        return False
    if post.audience is Audience.FOLLOWERS:
        return post.account_id in eyes.followed
    return post.audience is Audience.EVERYONE or post.id in eyes.selected
