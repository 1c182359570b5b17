"""Signed tickets: facts that were true when signed, carried by the client, forgeable by nobody.

What one bucket decides and another place knows is read before and signed, so that the decision
needs no second look. A ticket is the base64url of a MAC and packed 64-bit integers, the first of
which is its end. The purpose is part of the MAC, so a ticket for one thing opens no other.
"""

import base64
import binascii
import hmac
import struct

from app.kernel.errors import Forbidden
from app.kernel.secrets import Mac

TICKET_CHARS_MAX = 160
_MAC_BYTES = 16
_STANDARD = str.maketrans("-_", "+/")


class TicketInvalid(Forbidden):
    """We did not sign this, or not for this."""

    code, title = "ticket_invalid", "This ticket is not one of ours"


class TicketExpired(Forbidden):
    """It was good, for a while."""

    code, title = "ticket_expired", "This ticket has expired; fetch a fresh one"


class Tickets:
    """Signs and reads tickets of one purpose. Old keys stay good during a rotation."""

    def __init__(self, keys: list[bytes], purpose: str) -> None:
        assert keys
        self._macs = [Mac(key) for key in keys]
        self._prefix = purpose.encode() + b"\0"

    def sign(self, *values: int, expires_seconds: int = 0) -> str:
        """A ticket for these integers; `expires_seconds` since 1970, or 0 for one that lasts."""
        packed = struct.pack(f">{len(values) + 1}q", expires_seconds, *values)
        return base64.urlsafe_b64encode(self._mac(self._macs[0], packed) + packed).decode()

    def read(self, ticket: str, count: int, *, now_seconds: float) -> tuple[int, ...]:
        """The integers of a ticket. Raises TicketInvalid, TicketExpired."""
        try:
            if len(ticket) > TICKET_CHARS_MAX:
                raise ValueError
            sealed = binascii.a2b_base64(ticket.translate(_STANDARD), strict_mode=True)
            mac, packed = sealed[:_MAC_BYTES], sealed[_MAC_BYTES:]
            if not any(hmac.compare_digest(mac, self._mac(key, packed)) for key in self._macs):
                raise ValueError
            expires_seconds, *values = struct.unpack(f">{count + 1}q", packed)
        except (ValueError, binascii.Error, struct.error):
            raise TicketInvalid from None
        if 0 < expires_seconds <= now_seconds:
            raise TicketExpired
        return tuple(values)

    def _mac(self, key: Mac, packed: bytes) -> bytes:
        return key.digest(self._prefix + packed)[:_MAC_BYTES]
