"""What can go wrong at the door.

Unauthorized
├── TokenInvalid     not ours, altered, or of another kind
├── TokenExpired     refresh it
├── SessionRevoked   signed out, or the role was taken back
└── KeyInvalid       unknown, revoked or expired API key
Invalid
└── CodeWrong        a one-time code that does not open
Conflict
├── AlreadyMember    invited before
├── LastOwner        a brand keeps at least one
├── TooManyMembers, TooManyKeys
└── KeyNotActive     rotated or revoked already
"""

from app.kernel.errors import Conflict, Invalid, Unauthorized


class TokenInvalid(Unauthorized):
    """The token was not made by us, was altered, or is meant for something else."""

    code, title = "token_invalid", "This token is not valid; please sign in"


class TokenExpired(Unauthorized):
    """The token was good and has ended; a refresh gives a new one."""

    code, title = "token_expired", "This token has expired; refresh it"


class SessionRevoked(Unauthorized):
    """Signed out, or the role was taken back."""

    code, title = "session_revoked", "You were signed out; please sign in again"


class KeyInvalid(Unauthorized):
    """No active API key looks like this."""

    code, title = "key_invalid", "This API key is not valid"


class CodeWrong(Invalid):
    """Wrong, used, expired or never sent: the five look the same, so that nobody learns which."""

    code, title = "code_wrong", "The code is wrong or has expired; check it or request a new one"


class AlreadyMember(Conflict):
    """This phone was invited before; the role can be changed instead."""

    code, title = "already_member", "This phone belongs to a member already; change the role there"


class LastOwner(Conflict):
    """A brand without an owner could never be changed again."""

    code, title = "last_owner", "A brand needs at least one owner; appoint another one first"


class TooManyMembers(Conflict):
    """The bound of members of one brand."""

    code, title = "too_many_members", "This brand has as many members as it can have"


class TooManyKeys(Conflict):
    """The bound of active keys of one brand."""

    code, title = "too_many_keys", "This brand has as many keys as it can have; revoke one first"


class KeyNotActive(Conflict):
    """Only a key that still opens can be rotated."""

    code, title = "key_not_active", "This key was rotated, revoked or has expired"
