"""What happened to packets."""

from datetime import datetime

import msgspec


class PacketScheduled(msgspec.Struct, frozen=True):
    """It has a time to open: from now on it may be announced."""

    packet_id: int
    opens_at: datetime


class PacketPaused(msgspec.Struct, frozen=True):
    """Grabbing was stopped for a while, or goes on."""

    packet_id: int
    version: int
    """Of the packet; of two such facts the one with the higher version holds."""
    paused: bool


class PacketEnding(msgspec.Struct, frozen=True):
    """The brand ends it, or calls it off before it opens. Who runs it live refuses the latter by an
    error where it has opened; then nothing happened."""

    packet_id: int
    called_off: bool
