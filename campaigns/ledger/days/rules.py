"""The hash of a day."""

import hashlib
from datetime import UTC, date, datetime, time, timedelta

GRACE = timedelta(minutes=5)
"""Clocks of processes differ by less, so a closed day's rows are its own."""
BEGINNING = bytes(32)
"""What the first day is chained to."""


class DayHash:
    """SHA-256 over the hash of the day before, the day, and each row's sequence and digest."""

    def __init__(self, previous: bytes, day: date, after_sequence: int) -> None:
        self._hash = hashlib.sha256(previous)
        self._hash.update(f"{day.isoformat()}|{after_sequence}|".encode())
        self.transfers = 0

    def add(self, sequence: int, digest: bytes) -> None:
        """The next row."""
        self._hash.update(sequence.to_bytes(8, "big"))
        self._hash.update(digest)
        self.transfers += 1

    def close(self, last_sequence: int) -> bytes:
        """The hash of the whole."""
        self._hash.update(f"|{last_sequence}|{self.transfers}".encode())
        return self._hash.digest()


def end_of(day: date) -> datetime:
    """The first moment that is no longer in it."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def has_ended(day: date, now: datetime) -> bool:
    """Whether it may be closed."""
    return now >= end_of(day) + GRACE
