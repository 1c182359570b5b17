"""Time-ordered 64-bit ids: 41 bits of milliseconds, 10 of node, 12 of sequence.

The layout is Twitter's Snowflake with an epoch of our own. The clock may step back: the generator
goes on from its last millisecond. Node numbers are leased, see `nodes`.
"""

import time
from datetime import UTC, datetime, timedelta

EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
NODES_MAX = 1024
_SEQUENCES = 4096
_FAR_MS = 1 << 41


class IdsExhausted(RuntimeError):
    """The lease of the node number ended and could not be renewed; making ids would risk twins."""


class Ids:
    """Makes ids for one node. Not thread-safe: one event loop owns it."""

    def __init__(self, node: int, *, last_ms: int = 0, limit_ms: int = _FAR_MS) -> None:
        assert 0 <= node < NODES_MAX
        self._node = node << 12
        self._last_ms = last_ms
        self._limit_ms = limit_ms
        self._sequence = _SEQUENCES - 1  # nothing of `last_ms` itself is ours to give

    def new(self) -> int:
        """A new id, larger than every earlier one of this node. Raises IdsExhausted."""
        now_ms = ms_of(time.time())
        if now_ms > self._last_ms:
            self._last_ms, self._sequence = now_ms, 0
        else:
            # the same millisecond, or a clock that stepped back: go on from where we were
            self._sequence += 1
            if self._sequence == _SEQUENCES:
                self._last_ms, self._sequence = self._last_ms + 1, 0
        if self._last_ms > self._limit_ms:
            raise IdsExhausted
        return self._last_ms << 22 | self._node | self._sequence

    @classmethod
    def unleased(cls) -> "Ids":
        """A generator that refuses to make ids until it may `become` another."""
        return cls(0, limit_ms=0)

    @property
    def node(self) -> int:
        """The node number in every id."""
        return self._node >> 12

    @property
    def last_ms(self) -> int:
        """Milliseconds since EPOCH of the last id: what a lease must outlive."""
        return self._last_ms

    def extend(self, limit_ms: int) -> None:
        """The lease was renewed: ids may reach this far."""
        self._limit_ms = limit_ms

    def become(self, other: "Ids") -> None:
        """Go on under another lease, never behind what was already given."""
        self._node, self._limit_ms = other._node, other._limit_ms
        self._last_ms = max(self._last_ms, other._last_ms)
        self._sequence = _SEQUENCES - 1


def ms_of(seconds: float) -> int:
    """Seconds since 1970 as milliseconds since EPOCH, the clock of ids."""
    return int(seconds * 1000) - int(EPOCH.timestamp() * 1000)


def made_at(id_: int) -> datetime:
    """The moment an id was made, to the millisecond."""
    return EPOCH + timedelta(milliseconds=id_ >> 22)


def first_at(moment: datetime) -> int:
    """The smallest id that can have been made at `moment`: a bound for range scans."""
    return max(0, ms_of(moment.timestamp())) << 22
