"""Refresh tokens: how they look, and what each tells about the one before.

A token is the session, its generation, 256 random bits and a MAC. The session's row holds the
SHA-256 of the good one only: random bits need no slow hash, nothing can be guessed.

- The MAC proves that an old token was really ours, so a session keeps no history of its tokens,
  and nobody can end another's session by sending made-up old ones.
- Rotation seals the new secret with a pad drawn from the old one. Whoever still holds the old
  token can be given the same new token again; the database alone yields neither.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

DEVICE_NAME_CHARS_MAX = 80
SESSIONS_MAX = 20
"""Devices of one shopper; one more signs out the one that was away longest."""
RETRY_WITHIN = timedelta(seconds=10)
"""How long the token before may ask for the same answer again."""

SECRET_BYTES = 32
TOKEN_CHARS_MAX = 96
_PREFIX = "rt_"
_HEAD = struct.Struct(">qI")
_MAC_BYTES = 16
_BYTES = _HEAD.size + SECRET_BYTES + _MAC_BYTES


@dataclass(frozen=True)
class RefreshToken:
    """A refresh token, taken apart. `mac` proves nothing until `ours` said so."""

    session_id: int
    generation: int
    secret: bytes
    mac: bytes

    @property
    def hash(self) -> bytes:
        """What the session's row holds of the good token."""
        return hashlib.sha256(_body(self)).digest()

    def written(self) -> str:
        """As the client keeps it."""
        return _PREFIX + base64.urlsafe_b64encode(_body(self) + self.mac).rstrip(b"=").decode()

    def ours(self, keys: Iterable[bytes]) -> bool:
        """Whether we made this token, whatever became of it."""
        return any(hmac.compare_digest(self.mac, _mac(key, _body(self))) for key in keys)

    def pad(self) -> bytes:
        """32 bytes that only a holder of this token can make, used once: for its successor."""
        return hmac.new(self.secret, b"successor of a refresh token", hashlib.sha256).digest()


def make_token(key: bytes, session_id: int, generation: int, secret: bytes) -> RefreshToken:
    """The token with this secret."""
    bare = RefreshToken(session_id, generation, secret, b"")
    return RefreshToken(session_id, generation, secret, _mac(key, _body(bare)))


def parse_token(written: str) -> RefreshToken | None:
    """The parts of anything that has the form of a refresh token."""
    if not written.startswith(_PREFIX) or len(written) > TOKEN_CHARS_MAX:
        return None
    try:
        raw = base64.b64decode(written[len(_PREFIX) :], altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    if len(raw) != _BYTES:
        return None
    session_id, generation = _HEAD.unpack_from(raw)
    rest = raw[_HEAD.size :]
    return RefreshToken(session_id, generation, rest[:SECRET_BYTES], rest[SECRET_BYTES:])


def xor(left: bytes, right: bytes) -> bytes:
    """Seals and unseals a secret."""
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def client_hash(user_agent: str) -> bytes:
    """A short name for the software that asks."""
    return hashlib.sha256(user_agent.encode("utf-8", "replace")).digest()[:16]


def _body(token: RefreshToken) -> bytes:
    return _HEAD.pack(token.session_id, token.generation) + token.secret


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.new(key, body, hashlib.sha256).digest()[:_MAC_BYTES]
