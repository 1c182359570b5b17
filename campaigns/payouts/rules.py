"""The states of a withdrawal, and what news does to them."""

from datetime import timedelta
from enum import StrEnum

from campaigns.payouts.interfaces import PayoutStatus

OPEN_MAX = 10
"""Withdrawals of one shopper that may be under way."""
GIVE_UP = timedelta(hours=24)
"""A payout without an outcome for so long is cancelled."""
_PAUSE_FIRST = timedelta(seconds=5)
_PAUSE_MAX = timedelta(minutes=10)


class State(StrEnum):
    """Where a withdrawal stands. Its money is in clearing until it is received or refunded."""

    SENDING = "sending"
    """Asked by the shopper; the provider may or may not know of it."""
    SENT = "sent"
    """The provider has it."""
    RECEIVED = "received"
    """The shopper has it. The end."""
    FAILED = "failed"
    """The provider will never pay it; the money is about to go back."""
    REFUNDING = "refunding"
    """Nothing was heard for too long: the provider is asked never to pay it, and until it promises
    that, the money stays in clearing."""
    REFUNDED = "refunded"
    """The money is back in the wallet. The end."""


OPEN = (State.SENDING, State.SENT, State.FAILED, State.REFUNDING)
"""Somebody has to do something."""

_S, _P = State, PayoutStatus
_NEXT = {
    (_S.SENDING, _P.PENDING): _S.SENT,
    (_S.SENDING, _P.PAID): _S.RECEIVED,
    (_S.SENDING, _P.FAILED): _S.FAILED,
    (_S.SENT, _P.PAID): _S.RECEIVED,
    (_S.SENT, _P.FAILED): _S.FAILED,
    # an earlier request may still be on the wire: unknown and pending are no promise
    (_S.REFUNDING, _P.PAID): _S.RECEIVED,
    (_S.REFUNDING, _P.FAILED): _S.FAILED,
}
_CONTRADICTIONS = {
    (_S.RECEIVED, _P.FAILED),
    (_S.FAILED, _P.PAID),
    (_S.REFUNDED, _P.PAID),
}


def after(state: State, status: PayoutStatus) -> State:
    """The state that news leads to. What comes late, twice or out of order leads nowhere."""
    return _NEXT.get((state, status), state)


def contradicts(state: State, status: PayoutStatus) -> bool:
    """Whether the provider broke its word: one of its two answers was not final."""
    return (state, status) in _CONTRADICTIONS


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts without an outcome."""
    return min(_PAUSE_FIRST * 2 ** min(attempts, 10), _PAUSE_MAX)
