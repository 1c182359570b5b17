"""What happened to a post's reactions, told inside the transaction that wrote it to SQL."""

import msgspec


class PostLiked(msgspec.Struct, frozen=True):
    """A shopper likes a post for the first time ever; taking back and liking again is silent."""

    post_id: int
    shopper_id: int
    order: int
    """Of the decision, rising within the post."""
    likes: int
    """With this one."""
