"""Bodies of likes and shares."""

from app.kernel.structs import Input, View
from feeds.reactions.rules import ShareChannel


class LikeView(View):
    """The shopper's like and how many there are."""

    liked: bool
    likes: int


class ShareCreate(Input):
    """Over which channel the post goes out."""

    channel: ShareChannel


class ShareView(View):
    """How many shares there are, and the link to pass on."""

    shares: int
    url: str
