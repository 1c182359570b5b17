"""What may go wrong between us and a Valkey.

ValkeyUnavailable  503  away, overloaded or not accepting writes. The command may or may not have
                        run: retry what is idempotent, never count twice.
ValkeyError        500  the server refused the command itself: a defect of ours.
"""

from typing import ClassVar

from hiredis import ReplyError

from app.kernel.errors import AppError, Unavailable

_AWAY = frozenset(
    {"LOADING", "MASTERDOWN", "CLUSTERDOWN", "READONLY", "MISCONF", "OOM", "BUSY", "NOREPLICAS"}
)
"""Answers that speak of the server's state, not of the command."""


class ValkeyUnavailable(Unavailable):
    """No answer could be had in time."""

    code: ClassVar[str] = "store_unavailable"

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, retry_after_seconds=1)


class ValkeyError(AppError):
    """The server answered a command with an error. `kind` is its first word, such as WRONGTYPE."""

    code: ClassVar[str] = "internal"

    def __init__(self, message: str) -> None:
        super().__init__()
        self.message = message
        self.kind = kind_of(message)

    def __str__(self) -> str:
        return self.message


def kind_of(message: str) -> str:
    """The first word of an error reply: what it is about."""
    return message.partition(" ")[0]


def error_of(reply: ReplyError) -> AppError:
    """The exception a caller sees for an error reply."""
    message = str(reply)
    if kind_of(message) in _AWAY:
        return ValkeyUnavailable()
    return ValkeyError(message)
