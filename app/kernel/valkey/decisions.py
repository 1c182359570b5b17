"""Decisions: what a script decided, on its way to SQL.

A deciding script appends to the stream of its bucket before it changes anything else. Its id,
`epoch-bucket-sequence`, is unique for ever: the sequence is the stream's own, and the epoch grows
when a bucket's state is rebuilt or its server was wiped.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import msgspec

from app.kernel.valkey.client import Valkey
from app.kernel.valkey.keys import BUCKETS, bucket_key
from app.kernel.valkey.pipeline import Arg, Reply
from app.kernel.valkey.promotions import Command
from app.kernel.valkey.scripts import Script

UNSETTLED_MAX = 80_000
"""Decisions a bucket may have waiting for SQL; then scripts answer BUSY and callers 503."""

_CUT = Script.load("app/kernel/valkey/lua/cut_bucket.lua")
_RAISE_EPOCH = Script.load("app/kernel/valkey/lua/raise_epoch.lua")


_NAMES_REMEMBERED = 256
_name = lru_cache(_NAMES_REMEMBERED)(bytes.decode)
"""Of fields: there are few, and every decision has some."""


class MalformedDecision(Exception):
    """An entry lacks what every decision has; no release of ours wrote it."""


class Decision(msgspec.Struct, frozen=True):
    """One decision as its script wrote it."""

    bucket: int
    epoch: int
    sequence: int
    kind: str
    version: int
    """Of the fields: two releases may run together."""
    decided_at: datetime
    fields: Mapping[str, bytes]

    @property
    def id(self) -> str:
        """`epoch-bucket-sequence`."""
        return f"{self.epoch}-{self.bucket}-{self.sequence}"

    @property
    def order(self) -> int:
        """63 bits that grow with every decision of the bucket: of two decisions about the same
        thing the one with the higher order holds, whichever is settled first."""
        return self.epoch << 32 | self.sequence

    @property
    def entry_id(self) -> str:
        """The id within the bucket's stream."""
        return f"{self.epoch}-{self.sequence}"

    @classmethod
    def read(cls, bucket: int, entry_id: bytes, flat: Sequence[bytes]) -> "Decision":
        """From a stream's entry. Raises `MalformedDecision`."""
        epoch, _, sequence = entry_id.partition(b"-")
        try:
            fields = dict(zip(map(_name, flat[::2]), flat[1::2], strict=True))
            return cls(
                bucket=bucket,
                epoch=int(epoch),
                sequence=int(sequence),
                version=int(fields.pop("v")),
                kind=fields.pop("k").decode(),
                decided_at=datetime.fromtimestamp(int(fields.pop("t")) / 1000, UTC),
                fields=fields,
            )
        except (ValueError, KeyError, OverflowError) as error:
            raise MalformedDecision(repr(error)) from error


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a bucket stands: everything up to `sequence` was decided, `unsettled` of it waits."""

    bucket: int
    epoch: int
    last_epoch: int
    """The epoch of the last decision; below `epoch` when none was made since a rebuild."""
    sequence: int
    unsettled: int


def stream_key(bucket: int) -> str:
    """The bucket's stream of decisions."""
    return bucket_key(bucket, "settle")


def epoch_key(bucket: int) -> str:
    """The bucket's epoch; scripts compare `ready` markers with it."""
    return bucket_key(bucket, "epoch")


def clock_key(bucket: int) -> str:
    """Milliseconds that tests move the bucket's clock by."""
    return bucket_key(bucket, "clock")


_COMMON = tuple((stream_key(each), epoch_key(each), clock_key(each)) for each in range(BUCKETS))


def decide(
    live: Valkey,
    script: Script,
    bucket: int,
    keys: Sequence[str] = (),
    args: Sequence[Arg] = (),
    *,
    unsettled_max: int = UNSETTLED_MAX,
) -> "asyncio.Future[Reply]":
    """Run a deciding script: one that includes `decide.lua`. Its own keys start at KEYS[4] and its
    arguments at ARGV[2]. Raises `ValkeyUnavailable` while too much of the bucket is unsettled."""
    return live.run(script, (*_COMMON[bucket], *keys), (unsettled_max, *args))


async def cut(live: Valkey, bucket: int) -> Cut:
    """Where a bucket stands, in one O(1) script."""
    epoch, last, unsettled = await live.run(_CUT, (stream_key(bucket), epoch_key(bucket)))
    last_epoch, _, sequence = last.partition(b"-")
    return Cut(bucket, int(epoch), int(last_epoch), int(sequence), int(unsettled))


NEW_EPOCHS: tuple[Command, ...] = tuple(
    ("EVAL", _RAISE_EPOCH.source, 1, epoch_key(bucket)) for bucket in range(BUCKETS)
)
"""The remedy for a promoted live Valkey, see `promotions`."""


async def raise_epoch(live: Valkey, bucket: int) -> int:
    """Begin a new epoch: whatever was loaded before counts as missing. For rebuilds."""
    return int(await live.run(_RAISE_EPOCH, (epoch_key(bucket),)))
