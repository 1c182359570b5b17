"""What can go wrong when a packet is opened, and the negative answers of its scripts.

AppError
├── PacketOver      409  its time, or the wave's, is over
├── NotOpenYet      409  before its time, or before the shopper's own moment in a wave
├── PacketPaused    409  stopped for a while
├── CapReached      409  as many shares as one shopper may have
├── WrongPhrase     409  these are not the words
├── TooManyGuesses  429  ten minutes' rest
├── AlreadyOpen     409  what has opened cannot be called off, only ended
├── NotDue          409  its time is not over
├── LinkNotFound    404  nobody shared this
├── OwnLink         409  one does not help oneself
├── HelperDone      409  as many links as one may help
├── DeviceDone      409  as many helps as one device may give
├── LinkFull        409  others were quicker
├── NotAside        409  it was set aside for a while only
├── NotInQuarantine   404  no such decision is in quarantine
├── QuarantineDecided 409  an operator has decided about it
├── NothingToPay      409  it gave no money to anybody
└── ReceiptInvalid  403  we did not sign this receipt, or not for this shopper and packet
"""

from enum import IntEnum

from app.kernel.errors import AppError, Conflict, Forbidden, NotFound, TooMany


class PacketOver(Conflict):
    """No more shares are given."""

    code, title = "packet_over", "This packet is over"


class NotOpenYet(Conflict):
    """It is not time yet."""

    code, title = "packet_not_open", "This packet is not open yet"


class PacketPaused(Conflict):
    """The brand stopped it for a while."""

    code, title = "packet_paused", "This packet is paused; try again in a moment"


class CapReached(Conflict):
    """The shopper has as many as anybody may have."""

    code, title = "packet_cap", "You have caught as many as one may"


class WrongPhrase(Conflict):
    """These are not the words."""

    code, title = "wrong_phrase", "This is not the phrase"


class TooManyGuesses(TooMany):
    """Guessing has a limit."""

    code, title = "too_many_guesses", "Too many wrong phrases; try again in ten minutes"

    def __init__(self) -> None:
        super().__init__(retry_after_seconds=600)


class AlreadyOpen(Conflict):
    """It opened meanwhile."""

    code, title = "packet_already_open", "It has opened already; end it instead"


class NotDue(Conflict):
    """Its time is not over."""

    code, title = "packet_not_due", "This packet is not over yet"


class ReceiptInvalid(Forbidden):
    """It is for somebody or something else."""

    code, title = "receipt_invalid", "This receipt is not for this packet and shopper"


class LinkNotFound(NotFound):
    """Nobody shared this."""

    code, title = "link_not_found", "This link does not exist"


class OwnLink(Conflict):
    """Helping oneself is none."""

    code, title = "own_link", "This is your own link; ask a friend"


class HelperDone(Conflict):
    """As many links as one may help."""

    code, title = "helper_done", "You have helped as many friends as one may"


class DeviceDone(Conflict):
    """As many helps as one device may give."""

    code, title = "device_done", "This device has helped as often as one may"


class LinkFull(Conflict):
    """Others were quicker."""

    code, title = "link_full", "This link has all the help it needs"


class NotAside(Conflict):
    """It was set aside for a while only."""

    code, title = "reservation_over", "This share is no longer set aside; begin again"


class NotInQuarantine(NotFound):
    """No such decision of this packet is there."""

    code, title = "not_in_quarantine", "This decision is not in quarantine"


class QuarantineDecided(Conflict):
    """Once is enough."""

    code, title = "quarantine_decided", "This decision was decided about already"


class QuarantineProposed(Conflict):
    """One wish at a time."""

    code, title = "quarantine_proposed", "A proposal about this decision waits for an operator"


class NothingProposed(Conflict):
    """Two operators decide; nobody has begun."""

    code, title = "nothing_proposed", "Nobody has proposed what to do about this decision"


class NothingToPay(Conflict):
    """It gave no money."""

    code, title = "nothing_to_pay", "This decision gave no money to anybody; dismiss it"


class Refused(IntEnum):
    """Answers of the scripts besides the shared ones."""

    OVER = -10
    NOT_OPEN = -11
    PAUSED = -12
    SOLD_OUT = -13
    CAP = -14
    GUESSES = -15
    ALREADY_OPEN = -16
    NOT_DUE = -17
    NO_LINK = -18
    OWN_LINK = -19
    HELPER_DONE = -20
    DEVICE_DONE = -21
    LINK_FULL = -22
    NOT_ASIDE = -23


REFUSALS: dict[int, type[AppError]] = {
    Refused.NOT_OPEN: NotOpenYet,
    Refused.PAUSED: PacketPaused,
    Refused.CAP: CapReached,
    Refused.GUESSES: TooManyGuesses,
    Refused.ALREADY_OPEN: AlreadyOpen,
    Refused.NOT_DUE: NotDue,
    Refused.NO_LINK: LinkNotFound,
    Refused.OWN_LINK: OwnLink,
    Refused.HELPER_DONE: HelperDone,
    Refused.DEVICE_DONE: DeviceDone,
    Refused.LINK_FULL: LinkFull,
    Refused.NOT_ASIDE: NotAside,
}
"""`OVER` and `SOLD_OUT` are answers: what follows from them is up to the caller."""
