"""What is said over a connection, both ways. The same messages over WebSocket and SSE."""

from typing import Annotated

import msgspec

from app.kernel.structs import Id, Timestamp, View, decode_hook, encode_json

WATCHED_MAX = 50
MESSAGE_BYTES_MAX = 8 * 1024
_Token = Annotated[str, msgspec.Meta(max_length=2_048)]
_Head = Annotated[str, msgspec.Meta(max_length=80)]
_EventId = Annotated[str, msgspec.Meta(max_length=40)]


class FromClient(msgspec.Struct, frozen=True, rename="camel", kw_only=True, tag_field="type"):
    """The base of what clients say. Unknown fields are ignored: clients are older and newer."""


class Hello(FromClient, frozen=True, tag="hello"):
    """The first message: who is there, and what was heard last."""

    access_token: _Token
    head: _Head | None = None
    last_event_id: _EventId | None = None


class Watch(FromClient, frozen=True, tag="watch"):
    """The posts on the screen, and the packets; replaces those before. No two things of any kind
    have one id."""

    post_ids: Annotated[list[Id], msgspec.Meta(max_length=WATCHED_MAX)]


class Seen(FromClient, frozen=True, tag="seen"):
    """The client shows the feed from this head on."""

    head: _Head


class Token(FromClient, frozen=True, tag="token"):
    """A fresh access token of the same sign-in."""

    access_token: _Token


class Ping(FromClient, frozen=True, tag="ping"):
    """Is anybody there?"""


ClientMessage = Hello | Watch | Seen | Token | Ping
_decoder = msgspec.json.Decoder(ClientMessage, dec_hook=decode_hook)


def read_message(data: bytes | str) -> ClientMessage:
    """Parse what a client said. Raises msgspec.DecodeError or ValidationError."""
    return _decoder.decode(data)


class Welcome(View, tag_field="type", tag="welcome"):
    """The answer to `hello`."""

    now: Timestamp
    unread: int


class FeedNew(View, tag_field="type", tag="feed.new"):
    """So many posts are newer than what the client shows."""

    count: int
    head: str


class PostGone(View, tag_field="type", tag="post.gone"):
    """A post on the screen was withdrawn."""

    post_id: Id


class PacketOver(View, tag_field="type", tag="packet.over"):
    """A packet on the screen gives nobody a share any more."""

    packet_id: Id
    status: str
    """`sold_out` or `closed`."""


PONG = b'{"type":"pong"}'
SESSION_REVOKED = b'{"type":"session.revoked"}'


def post_counts(post_id: int, counts: bytes) -> bytes:
    """`post.counts` around ready figures."""
    return b'{"type":"post.counts","postId":"%d","counts":%b}' % (post_id, counts)


def encode(message: View) -> bytes:
    """The JSON of a message."""
    return encode_json(message)
