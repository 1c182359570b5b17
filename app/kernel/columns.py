"""Columns of a batch, as PostgreSQL writes arrays: thousands of rows are one statement.

The driver's own way looks at each element by itself, with a regular expression where it is a word;
for a batch of two thousand that costs more than all the rest of settling it.
"""

from collections.abc import Iterable
from datetime import datetime


def numbers(values: Iterable[int | None]) -> str:
    """Whole numbers, with NULL for None."""
    return "{" + ",".join(map(str, values)).replace("None", "NULL") + "}"


def words(values: Iterable[str]) -> str:
    """Words that hold neither quotes nor backslashes."""
    held = list(values)
    return '{"' + '","'.join(held) + '"}' if held else "{}"


def truths(values: Iterable[bool]) -> str:
    """Yes and no."""
    return "{" + ",".join(["t" if each else "f" for each in values]) + "}"


def moments(values: Iterable[datetime]) -> str:
    """Moments with their time zones."""
    return words(map(datetime.isoformat, values))
