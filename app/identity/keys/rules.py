"""How API keys look.

`sk_live_` or `sk_test_`, 32 random characters (190 bits), 6 characters of CRC-32 over all before.
Prefix and checksum let scanners of repositories and logs find leaked keys without false alarms
(the form GitHub made known), and let us refuse a mistyped one without asking SQL. They prove
nothing; the random characters do.
"""

import hashlib
import secrets
import string
import zlib

SECRET_CHARS = 32
_CHECKSUM_CHARS = 6
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_LIVE, _TEST = "sk_live_", "sk_test_"
KEY_CHARS = len(_LIVE) + SECRET_CHARS + _CHECKSUM_CHARS


def make_key(*, live: bool) -> str:
    """A new key."""
    body = (_LIVE if live else _TEST) + "".join(
        secrets.choice(_ALPHABET) for _ in range(SECRET_CHARS)
    )
    return body + checksum(body)


def looks_like_key(text: str) -> bool:
    """Whether the form and the checksum are those of a key."""
    if len(text) != KEY_CHARS or not text.isascii() or not text.startswith((_LIVE, _TEST)):
        return False
    return checksum(text[:-_CHECKSUM_CHARS]) == text[-_CHECKSUM_CHARS:]


def checksum(body: str) -> str:
    """CRC-32 in base 62, six characters."""
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(_CHECKSUM_CHARS):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits


def key_hash(key: str) -> bytes:
    """What is stored. SHA-256 without salt is right here, as it would not be for a password: 190
    random bits cannot be guessed at any speed, and each request hashes once."""
    return hashlib.sha256(key.encode()).digest()


def hint_of(key: str) -> str:
    """Enough for people to tell keys apart: sk_live_…a1B2."""
    return f"{key[: len(_LIVE)]}…{key[-4:]}"
