"""The sandbox's manners, and how it signs."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum

import msgspec

from campaigns.payouts.errors import SignatureInvalid
from campaigns.payouts.interfaces import PayoutNews, PayoutStatus

PREFIX = "sandbox-"
PAYING = timedelta(seconds=2)
LATE = timedelta(hours=1)
BODY_BYTES_MAX = 4096
_TOLERANCE_SECONDS = 300


class Manner(StrEnum):
    """What becomes of a payout."""

    PAY = "pay"
    REFUSE = "refuse"
    """Refused at once."""
    FAIL = "fail"
    """Accepted, and failed later."""
    TIMEOUT = "timeout"
    """Accepted, but the answer is lost."""
    UNREACHABLE = "unreachable"
    """The first two requests never arrive."""
    TWICE = "twice"
    """The callback comes twice."""
    SILENT = "silent"
    """Paid without any callback."""
    LATE = "late"
    """The callback comes an hour later."""
    HANG = "hang"
    """Neither paid nor failed until it is cancelled."""


def manner_of(payee: str) -> Manner:
    """As the payee wants it."""
    wanted = payee.removeprefix(PREFIX)
    known = payee.startswith(PREFIX) and wanted in Manner.__members__.values()
    return Manner(wanted) if known else Manner.PAY


class Message(msgspec.Struct, rename="camel", kw_only=True):
    """The body of a callback."""

    payout_id: str
    status: PayoutStatus
    reason: str | None = None


def signed(key: bytes, message: Message, message_id: str, now: int) -> tuple[dict[str, str], bytes]:
    """Headers and body after Standard Webhooks 1.0: HMAC-SHA256 over id, seconds and body."""
    body = msgspec.json.encode(message)
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(now),
        "webhook-signature": f"v1,{_mac(key, message_id, str(now), body)}",
    }
    return headers, body


def read(keys: Sequence[bytes], headers: Mapping[str, str], body: bytes, now: float) -> PayoutNews:
    """What a signed body says. Raises SignatureInvalid for another key, an old message, or a body
    that is none."""
    message_id = headers.get("webhook-id", "")
    at = headers.get("webhook-timestamp", "")
    if not at.isascii() or not at.isdigit() or len(at) > 12:
        raise SignatureInvalid
    if abs(now - int(at)) > _TOLERANCE_SECONDS or len(body) > BODY_BYTES_MAX:
        raise SignatureInvalid
    given = headers.get("webhook-signature", "")[:1000].encode("utf-8", "replace").split(b" ")
    wanted = [b"v1," + _mac(key, message_id, at, body).encode() for key in keys]
    if not any(hmac.compare_digest(one, other) for one in given for other in wanted):
        raise SignatureInvalid
    try:
        message = msgspec.json.decode(body, type=Message)
    except msgspec.MsgspecError:
        raise SignatureInvalid from None
    return PayoutNews(message.payout_id, message.status, message.reason)


def _mac(key: bytes, message_id: str, at: str, body: bytes) -> str:
    content = f"{message_id}.{at}.".encode("utf-8", "replace") + body
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
