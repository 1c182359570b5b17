"""Signed keyset cursors: where a page ended, readable to anybody, forgeable by nobody.

A cursor is the base64url of a MAC and a packed tuple of integers. The name of the list is part of
the MAC, so a cursor of one list means nothing in another.
"""

import base64
import binascii
import hmac
import struct

from app.kernel.errors import Invalid
from app.kernel.secrets import Mac

_MAC_BYTES = 10
_VALUES_MAX = 4


class Cursors:
    """Makes and reads cursors. Old keys stay readable during a rotation."""

    def __init__(self, keys: list[bytes]) -> None:
        assert keys
        self._macs = [Mac(key) for key in keys]

    def make(self, name: str, *values: int) -> str:
        """The cursor after a row whose sort key is `values` (at most four 64-bit integers)."""
        assert 0 < len(values) <= _VALUES_MAX
        packed = struct.pack(f">{len(values)}q", *values)
        sealed = _mac(self._macs[0], name, packed) + packed
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def read(self, name: str, cursor: str, count: int) -> tuple[int, ...]:
        """The values of a cursor of this list. Raises Invalid for anything we did not sign."""
        try:
            if len(cursor) > 80:
                raise ValueError
            sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            mac, packed = sealed[:_MAC_BYTES], sealed[_MAC_BYTES:]
            if not any(hmac.compare_digest(mac, _mac(k, name, packed)) for k in self._macs):
                raise ValueError
            return struct.unpack(f">{count}q", packed)
        except (ValueError, binascii.Error, struct.error):
            raise Invalid.field("#query/cursor", "This cursor is not one of ours") from None


def _mac(key: Mac, name: str, packed: bytes) -> bytes:
    return key.digest(name.encode() + b"\0" + packed)[:_MAC_BYTES]
