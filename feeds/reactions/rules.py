"""What one shopper did with one post, as bits: liking and every channel of sharing."""

from enum import StrEnum

LIKED = 1


class ShareChannel(StrEnum):
    """Where a post was shared to."""

    LINK = "link"
    WECHAT = "wechat"
    WEIBO = "weibo"
    QR = "qr"


_CHANNEL_BITS = {channel: 2 << place for place, channel in enumerate(ShareChannel)}
SHARED = sum(_CHANNEL_BITS.values())
"""Every bit that is a share."""
EVER_LIKED = 2 << len(ShareChannel)
"""Set with the first like and never cleared: authors are told of a liker once."""


def channel_bit(channel: ShareChannel) -> int:
    """The bit of a channel. A shopper counts once a channel, so a retry never counts twice."""
    return _CHANNEL_BITS[channel]


def is_liked(bits: int) -> bool:
    """Whether these bits include a like."""
    return bool(bits & LIKED)


def shares_in(bits: int) -> int:
    """Over how many channels the shopper shared."""
    return (bits & SHARED).bit_count()
