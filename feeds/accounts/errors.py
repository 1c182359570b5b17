"""What can go wrong with accounts.

AppError
└── AccountNotFound 404  no such account, of the other mode, or one that blocked the caller
"""

from app.kernel.errors import NotFound


class AccountNotFound(NotFound):
    """No such account for this caller."""

    code, title = "account_not_found", "This account does not exist"
