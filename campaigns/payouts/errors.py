"""What can go wrong with withdrawals.

AppError
├── WithdrawalUnknown  404  no such withdrawal, or somebody else's
├── ClientIdReused     409  the client's id stands for another withdrawal
├── TooManyOpen        409  OPEN_MAX withdrawals are under way
└── SignatureInvalid   401  a callback that the provider did not sign

ProviderSilent is no AppError: nobody waits for it. What was sent may or may not have arrived.
"""

from app.kernel.errors import Conflict, NotFound, Unauthorized


class WithdrawalUnknown(NotFound):
    """No such withdrawal of this shopper."""

    code, title = "withdrawal_not_found", "This withdrawal does not exist"


class ClientIdReused(Conflict):
    """The id was used with another amount or payee."""

    code, title = "client_id_reused", "This id belongs to another withdrawal"


class TooManyOpen(Conflict):
    """A bound on what is under way at once."""

    code, title = "too_many_withdrawals", "Wait until earlier withdrawals are through"


class SignatureInvalid(Unauthorized):
    """Neither the body nor the sender is to be believed."""

    code, title = "signature_invalid", "This callback is not signed by the provider"


class ProviderSilent(Exception):
    """No answer in time: the outcome is unknown, and only the same id may be tried again."""
