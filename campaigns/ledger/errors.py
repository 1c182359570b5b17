"""What can go wrong with money.

AppError
├── Insufficient      409  a balance would go below zero
├── KeyReused         409  a business key that stands for another transfer
├── ReferenceReused   409  a top-up's reference that stands for another top-up
├── DropUnknown       404  the brand funded no such drop
├── TransferUnknown   404  no such transfer
├── CorrectionUnknown 404  no such correction
├── CorrectionDecided 409  somebody approved or refused it already
├── SameOperator      403  who proposes does not approve
├── NotReversible     422  transfers that a state of their own stands behind
└── TransferRefused   400  an amount, key or pair of accounts that can never be
"""

from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unprocessable


class Insufficient(Conflict):
    """There is less money in the account than would leave it."""

    code, title = "insufficient_funds", "There is not enough money for this"


class KeyReused(Conflict):
    """A transfer with this key exists and says something else."""

    code, title = "transfer_key_reused", "This transfer exists with other contents"


class ReferenceReused(Conflict):
    """A top-up with this reference exists and says something else."""

    code, title = "reference_reused", "This reference belongs to another top-up"


class DropUnknown(NotFound):
    """The brand never funded it."""

    code, title = "drop_not_found", "This brand funded no such drop"


class TransferUnknown(NotFound):
    """Nothing has this sequence."""

    code, title = "transfer_not_found", "This transfer does not exist"


class CorrectionUnknown(NotFound):
    """Nothing was proposed under this id."""

    code, title = "correction_not_found", "This correction does not exist"


class CorrectionDecided(Conflict):
    """A correction is decided once, and a transfer is corrected once."""

    code, title = "correction_decided", "This correction was decided already"


class SameOperator(Forbidden):
    """Four eyes: a correction needs two people."""

    code, title = "same_operator", "Another operator has to approve this"


class NotReversible(Unprocessable):
    """A drop or a withdrawal stands behind it, and gives money back by its own rules."""

    code, title = "not_reversible", "This kind of transfer is not corrected here"


class TransferRefused(Invalid):
    """No state of the accounts would allow it."""

    code, title = "transfer_refused", "This transfer is not valid"
