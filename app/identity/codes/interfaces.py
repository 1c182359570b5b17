"""What sign-in asks of codes, and what codes ask of whoever delivers them."""

from typing import Protocol

from app.kernel.database import Transaction
from app.kernel.errors import AppError


class Codes(Protocol):
    """Proof that somebody reads messages sent to a phone."""

    async def redeem(self, tx: Transaction, phone: str, code: str, address: str) -> AppError | None:
        """None when the code opens; it opens once. A refusal is a value, not raised: the attempt
        it counted has to be committed."""
        ...


class CodeSender(Protocol):
    """Delivers codes to phones."""

    remote: bool
    """Whether delivery can fail and is worth a job that tries again."""

    async def send(self, phone: str, code: str, expires_in_seconds: int) -> None:
        """Deliver. Raises DeliveryFailed, whose words hold neither phone nor code."""
        ...


class DeliveryFailed(Exception):
    """The service that sends messages did not take it."""
