"""What happened to a post's reactions, told inside the transaction that wrote it to SQL."""

import msgspec


class PostLiked(msgspec.Struct, frozen=True):
    """Shoppers like a post for the first time ever; taking back and liking again is silent."""

    post_id: int
    shopper_ids: tuple[int, ...]
    """In the order in which they did."""
    order: int
    """Of the last one's decision, rising within the post."""
    likes: int
    """With the last one."""
