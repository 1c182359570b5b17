"""What can go wrong with relations.

AppError
├── OwnAccount      409  nobody follows, mutes or blocks the own account
├── FollowsFull     409  a shopper follows as many accounts as possible
└── AccountBlocked  409  the shopper blocked this account: unblock it first
"""

from app.kernel.errors import Conflict


class OwnAccount(Conflict):
    """The account is the caller's own."""

    code, title = "own_account", "This is your own account"


class FollowsFull(Conflict):
    """The bound of `settings.follows_max`."""

    code, title = "follows_full", "You follow as many accounts as possible"


class AccountBlocked(Conflict):
    """A blocked account cannot be followed."""

    code, title = "account_blocked", "You blocked this account; unblock it first"
