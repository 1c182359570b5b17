"""Keys derived from the master secret: one for each purpose, so that none can stand for another.

HKDF-SHA256 (RFC 5869), extract and one block of expand. The previous master secret stays good for
reading until it is taken out of the settings: that is the overlap of a rotation.
"""

import hashlib
import hmac

from app.kernel.settings import Settings


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
