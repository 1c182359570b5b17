"""What a post is to those who decide and deliver: its record, and its ready bytes.

`interfaces` gives these to other slices.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from struct import Struct

import msgspec


class PostKind(StrEnum):
    """What a post shows; each kind has its own demands, see `rules`."""

    PICTURES = "pictures"
    NEWS = "news"
    NEW_ARRIVALS = "new_arrivals"
    PRODUCT_SHOW = "product_show"
    BUYER_SHOW = "buyer_show"
    ORDER_SHOW = "order_show"
    REPOST = "repost"


class PostStatus(StrEnum):
    """Draft → scheduled → published → withdrawn; the arrows are in `rules`."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Audience(StrEnum):
    """Who may see a post."""

    EVERYONE = "everyone"
    FOLLOWERS = "followers"
    SELECTED = "selected"


class FanOut(StrEnum):
    """How a post reaches timelines; decided once, at publication, and stored."""

    PUSH = "push"
    PULL = "pull"


class PostRecord(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """All facts of a post that others decide by. Stored with the bytes: fields are only appended,
    with defaults."""

    id: int
    account_id: int
    kind: PostKind
    status: PostStatus
    audience: Audience
    live: bool
    """False for test data."""
    version: int
    """Raised by every change of the bytes."""
    published_at: datetime | None = None
    """To the millisecond; with the id it is the place in every list. Never changes."""
    fan_out: FanOut | None = None
    repost_of_id: int | None = None
    """The original, never another repost."""
    original_account_id: int | None = None
    """The original's author: who blocks this account sees no reposts of its posts either."""
    author_shopper_id: int | None = None
    """The person who wrote it; None for keys."""

    @property
    def published_ms(self) -> int:
        """`published_at` in milliseconds since 1970; 0 when unpublished."""
        return round(self.published_at.timestamp() * 1000) if self.published_at else 0


_FORM = b"\xc1"
"""No form of MessagePack begins with it, which an earlier release stored here."""
_DIGEST_BYTES = 16
_HEAD = Struct(">cBHQQ16s")
_PARTS = Struct(">HQQ16s")
_PLACE = Struct(">QQ")
_HEAD_AT = 20
_OPEN_AT = _HEAD_AT + 1
_BODY_AT = _HEAD_AT + 2
_PLACE_AT = _HEAD_AT + 4
_RECORD_AT = _HEAD_AT + _HEAD.size
_RECORDS = msgspec.msgpack.Encoder()
_RECORD = msgspec.msgpack.Decoder(PostRecord)


class Encoded(msgspec.Struct, frozen=True, gc=False):
    """A post's facts and its ready JSON, in the very bytes that the cache holds: nothing is
    decoded until somebody asks. Withdrawn posts have an empty body.

    The bytes are the version in 19 digits and a line feed (what scripts compare), the form, one
    byte saying whether the post is open, where the body begins, when it was published, its id, a
    digest of the body, then the record and the body.
    """

    packed: bytes

    @classmethod
    def of(cls, record: PostRecord, body: bytes) -> "Encoded":
        """Pack a post."""
        facts = _RECORDS.encode(record)
        digest = hashlib.sha256(body).digest()[:_DIGEST_BYTES]
        at = _RECORD_AT + len(facts)
        head = _HEAD.pack(_FORM, _is_open(record), at, record.published_ms, record.id, digest)
        return cls(b"%019d\n%b%b%b" % (record.version, head, facts, body))

    @classmethod
    def read(cls, ids: Sequence[int], values: Sequence[bytes | None]) -> "dict[int, Encoded]":
        """Posts from the cache, without what is missing or was written in another form, by
        another release."""
        return {
            id_: cls(packed)
            for id_, packed in zip(ids, values, strict=True)
            if packed is not None and packed[_HEAD_AT:_OPEN_AT] == _FORM
        }

    @property
    def is_open(self) -> bool:
        """Published, live, no repost and not for a selection: to be shown to whoever sees the
        posts of its author. Of others, ask the record."""
        return self.packed[_OPEN_AT] == 1

    @property
    def place(self) -> tuple[int, int]:
        """`published_ms` and the id."""
        return _PLACE.unpack_from(self.packed, _PLACE_AT)

    @property
    def body(self) -> bytes:
        """The ready JSON."""
        return self.parts[2]

    @property
    def parts(self) -> tuple[int, bytes, bytes]:
        """The id, what stands for the body where bodies are compared, and the body."""
        at, _, id_, digest = _PARTS.unpack_from(self.packed, _BODY_AT)
        return id_, digest, self.packed[at:]

    @property
    def record(self) -> PostRecord:
        """All facts. Decoded anew each time."""
        end = _PARTS.unpack_from(self.packed, _BODY_AT)[0]
        return _RECORD.decode(memoryview(self.packed)[_RECORD_AT:end])


def _is_open(record: PostRecord) -> bool:
    return (
        record.status is PostStatus.PUBLISHED
        and record.live
        and record.audience is not Audience.SELECTED
        and record.original_account_id is None
    )
