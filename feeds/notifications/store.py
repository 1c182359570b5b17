"""The last notices of each shopper, in the cache: what a client that comes back is given."""

from collections.abc import Sequence

import msgspec

from app.kernel.structs import encode_json
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.keys import key
from app.kernel.valkey.scripts import Script
from app.realtime.interfaces import REPLAY_MAX, Notice
from feeds.notifications.schemas import NotificationView

_KEPT_SECONDS = 7 * 86_400
_START = "0-0"

_APPEND = Script.load("feeds/notifications/lua/append_notice.lua")


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """A notice without its position, which the stream gives it."""

    unread: int
    item: bytes


class NoticeStore:
    """One bounded stream a shopper."""

    def __init__(self, cache: Valkey) -> None:
        self._cache = cache

    async def append(self, shopper_id: int, unread: int, item: NotificationView) -> Notice:
        """Keep a notice. Raises `ValkeyUnavailable`."""
        kept = _Kept(unread, encode_json(item))
        args = (msgspec.msgpack.encode(kept), REPLAY_MAX, _KEPT_SECONDS)
        position: bytes = await self._cache.run(_APPEND, (_key(shopper_id),), args)
        return _notice(position, kept)

    async def position(self, shopper_id: int) -> str:
        """Where the stream ends now."""
        last = await self._cache.call("XREVRANGE", _key(shopper_id), "+", "-", "COUNT", 1)
        return last[0][0].decode() if last else _START

    async def since(self, shopper_id: int, event_id: str) -> Sequence[Notice]:
        """The notices after a position; none for a position that cannot be one."""
        ms, dash, sequence = event_id.partition("-")
        if not (dash and _is_number(ms) and _is_number(sequence)):
            return ()
        found = await self._cache.call(
            "XRANGE", _key(shopper_id), f"({event_id}", "+", "COUNT", REPLAY_MAX
        )
        return [
            _notice(position, msgspec.msgpack.decode(fields[1], type=_Kept))
            for position, fields in found
        ]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 19


def _notice(position: bytes, kept: _Kept) -> Notice:
    message = b'{"type":"notification","id":"%b","unread":%d,"item":%b}' % (
        position,
        kept.unread,
        kept.item,
    )
    return Notice(position.decode(), message)


def _key(shopper_id: int) -> str:
    return key(shopper_id, "notices", shopper_id)
