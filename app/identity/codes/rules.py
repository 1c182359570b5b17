"""Hashing and sealing of codes, and how often a phone or an address may ask."""

import hashlib
import hmac
import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

CODES = 1_000_000
CODE_LIFE = timedelta(minutes=5)
RESEND_AFTER = timedelta(seconds=60)
ATTEMPTS_MAX = 5
SENDS_PER_DAY_MAX = 10
ADDRESS_DAY_HOURS = 5
"""An address may ask in a day as often as in so many hours."""


@dataclass(frozen=True)
class Bound:
    """So many events within a span."""

    count_max: int
    within: timedelta


def code_hash(key: bytes, phone: str, code_id: int, code: str) -> bytes:
    """What is stored of a code. A million codes are quickly tried, so the hash is keyed: a copy
    of the table alone opens nothing. Phone and id bind it to the one message it was sent in."""
    message = f"{phone}\0{code_id}\0{code}".encode()
    return hmac.new(key, message, hashlib.sha256).digest()


def opens(keys: Iterable[bytes], stored: bytes, phone: str, code_id: int, code: str) -> bool:
    """Whether the code is the one behind the hash; the same work whether it is or not."""
    found = False
    for key in keys:
        found |= hmac.compare_digest(code_hash(key, phone, code_id, code), stored)
    return found


def seal(key: bytes, code_id: int, code: str) -> int:
    """The code under a one-time pad modulo 10^6, drawn by HMAC from the id of the code."""
    return (int(code) + _pad(key, code_id)) % CODES


def unseal(key: bytes, code_id: int, sealed: int) -> str:
    """The inverse of `seal`."""
    return f"{(sealed - _pad(key, code_id)) % CODES:06d}"


def _pad(key: bytes, code_id: int) -> int:
    digest = hmac.new(key, b"seal\0%d" % code_id, hashlib.sha256).digest()
    return int.from_bytes(digest[:16]) % CODES


def wait_until(events: Sequence[datetime], bounds: Iterable[Bound], now: datetime) -> datetime:
    """The first moment at which one more event keeps every bound; `now` when that is at once."""
    free_at = now
    newest_first = sorted(events, reverse=True)
    for bound in bounds:
        if len(newest_first) < bound.count_max:
            continue
        # the bound is free again when the event that fills it leaves the span
        leaves = newest_first[bound.count_max - 1] + bound.within
        free_at = max(free_at, leaves)
    return free_at


def address_group(address: str) -> str:
    """Whom a bound by address is about: an IPv4 address, or the /64 an IPv6 line gets."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
