"""The body of a closed day."""

from app.kernel.structs import Timestamp, View
from campaigns.ledger.models import LedgerDay


class DayView(View):
    """A closed UTC day."""

    day: str
    transfers: int
    last_sequence: str
    hash: str
    """SHA-256 over the day's transfers and the hash of the day before, in hex."""
    closed_at: Timestamp

    @classmethod
    def of(cls, day: LedgerDay) -> "DayView":
        """As the API shows it."""
        return cls(
            day=day.day.isoformat(),
            transfers=day.transfers,
            last_sequence=str(day.last_sequence),
            hash=day.hash.hex(),
            closed_at=Timestamp.of(day.closed_at),
        )
