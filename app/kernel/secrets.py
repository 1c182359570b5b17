"""Keys derived from the master secret: one for each purpose, so that none can stand for another.

HKDF-SHA256 (RFC 5869), extract and one block of expand. The previous master secret stays good for
reading until it is taken out of the settings: that is the overlap of a rotation.
"""

import hashlib
import hmac
from typing import Final

from app.kernel.settings import Settings

_BLOCK_BYTES: Final = 64
_INNER = bytes(each ^ 0x36 for each in range(256))
_OUTER = bytes(each ^ 0x5C for each in range(256))


class Mac:
    """HMAC-SHA256 (RFC 2104) under one key, whose first blocks are hashed once, as section 4 of
    the RFC suggests. A peak makes three of them a request, and `hmac.digest` takes three times as
    long: it begins anew with each message."""

    def __init__(self, key: bytes) -> None:
        assert len(key) <= _BLOCK_BYTES
        block = key.ljust(_BLOCK_BYTES, b"\0")
        self._inner = hashlib.sha256(block.translate(_INNER))
        self._outer = hashlib.sha256(block.translate(_OUTER))

    def digest(self, message: bytes) -> bytes:
        """The 32 bytes of a message."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()


def derive(master: str, purpose: str) -> bytes:
    """32 bytes for one purpose."""
    extracted = hmac.new(b"carnival", master.encode(), hashlib.sha256).digest()
    return hmac.new(extracted, purpose.encode() + b"\x01", hashlib.sha256).digest()


def keys_for(settings: Settings, purpose: str) -> list[bytes]:
    """The key to sign with, first, and the ones still accepted."""
    secrets = [settings.secret]
    if settings.secret_previous:
        secrets.append(settings.secret_previous)
    return [derive(secret, purpose) for secret in secrets]
