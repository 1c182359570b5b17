"""What happened to posts, told inside the transaction that made it true."""

import msgspec

from feeds.posts.interfaces import PostRecord


class PostPublished(msgspec.Struct, frozen=True):
    """A post went out; `post.published_at` and `post.fan_out` are set for ever."""

    post: PostRecord


class PostEdited(msgspec.Struct, frozen=True):
    """A published post's content changed; its place in time did not."""

    post: PostRecord


class PostWithdrawn(msgspec.Struct, frozen=True):
    """A published post is gone for everybody."""

    post: PostRecord


class PostReencode(msgspec.Struct, frozen=True):
    """The bytes of posts changed though nobody edited them: an account was renamed, a picture got
    new formats, a product another price. Versions were raised."""

    post_ids: tuple[int, ...]
