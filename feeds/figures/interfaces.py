"""Where the slices that decide put their figures. Readers use posts' door `Engagement`."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.database import Transaction
from feeds.posts.interfaces import PostCounts


class ReactionTally(msgspec.Struct, frozen=True):
    """Likes and shares of a post after one of its decisions."""

    likes: int = 0
    shares: int = 0
    order: int = 0
    """`Decision.order`; 0 before the first."""


class CommentTally(msgspec.Struct, frozen=True):
    """Visible comments of a post after one of its decisions."""

    comments: int = 0
    order: int = 0
    """`Decision.order`; 0 before the first."""


class Tallies(Protocol):
    """Absolute figures, each written only over an older one, so that replays and any order of
    settling end the same. Readers in every process hear of changes after the commit."""

    async def settle_reactions(self, tx: Transaction, tallies: Mapping[int, ReactionTally]) -> None:
        """Write likes and shares of posts."""
        ...

    async def settle_comments(self, tx: Transaction, tallies: Mapping[int, CommentTally]) -> None:
        """Write the comment figures of posts."""
        ...

    async def reactions_of(self, session: AsyncSession, post_id: int) -> ReactionTally:
        """What is settled; zeros for a post without."""
        ...

    async def comments_of(self, session: AsyncSession, post_id: int) -> CommentTally:
        """What is settled; zeros for a post without."""
        ...

    async def reactions_after(
        self, session: AsyncSession, after_post_id: int, limit: int
    ) -> dict[int, ReactionTally]:
        """Settled likes and shares in the order of posts, for audits."""
        ...

    async def comments_after(
        self, session: AsyncSession, after_post_id: int, limit: int
    ) -> dict[int, CommentTally]:
        """Settled comment figures in the order of posts, for audits."""
        ...

    async def counts(self, post_ids: Sequence[int]) -> dict[int, PostCounts]:
        """The figures readers see, from memory where possible; posts without any are missing."""
        ...

    async def figures(self, post_ids: Sequence[int]) -> dict[int, bytes]:
        """The same as ready JSON of `PostCounts`."""
        ...
