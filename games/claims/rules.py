"""What follows from the rules of a packet for one shopper at one moment."""

import hashlib
from collections.abc import Sequence

from app.kernel.text import bare
from games.packets.interfaces import Fission, PacketRecord, Passphrase, Rain


def wave_of(record: PacketRecord, wave: int | None, now_ms: float) -> int | None:
    """The pool a grab is about: the one asked for, else the present or latest; None for none."""
    if not isinstance(record.rules, Rain):
        return None if wave else 0
    if wave is not None:
        return wave if wave < len(record.windows) else None
    begun = [number for number, each in enumerate(record.windows) if each.opens_ms <= now_ms]
    return begun[-1] if begun else 0


def is_phrase(record: PacketRecord, said: str | None) -> bool:
    """Whether a packet's phrase, if it has one, was said."""
    if not isinstance(record.rules, Passphrase):
        return True
    return said is not None and bare(said) == bare(record.rules.phrase)


def guesses_of(record: PacketRecord) -> int:
    """Wrong phrases a shopper has; 0 where there is no phrase."""
    return record.rules.guesses_max if isinstance(record.rules, Passphrase) else 0


def stagger_of(packet_id: int, pool: int, shopper_id: int, stagger_ms: int) -> int:
    """How many milliseconds later a wave begins for a shopper: the same however often asked, and
    another in the next wave."""
    if stagger_ms == 0:
        return 0
    mixed = hashlib.blake2b(f"{packet_id}:{pool}:{shopper_id}".encode(), digest_size=8).digest()
    return int.from_bytes(mixed, "big") % (stagger_ms + 1)


def sizes_of(record: PacketRecord) -> Sequence[int]:
    """How many shares each pool has that a grab is given from."""
    if isinstance(record.rules, Fission):
        return (record.rules.links,)
    if isinstance(record.rules, Rain):
        return [wave.split.count for wave in record.rules.waves]
    return (record.count,)


def is_sold_out(record: PacketRecord, claims: int, following: Sequence[int], now_ms: float) -> bool:
    """Whether nothing is left that a grab could get, now or later: neither of all shares, nor, as
    far as the next share of each pool is known, of the pools whose time is not over."""
    if claims >= record.count:
        return True
    pools = list(zip(sizes_of(record), following, record.windows, strict=False))
    awaited = [size > first for size, first, window in pools if window.closes_ms > now_ms]
    return bool(awaited) and not any(awaited)


def cap_of(record: PacketRecord) -> int:
    """How many shares a shopper may have over all waves; 0 where the waves' own once is enough."""
    return record.cap if isinstance(record.rules, Rain) and record.cap < len(record.windows) else 0


def device_of(text: str) -> int:
    """What a device calls itself, as a number that fits SQL and Lua alike."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 1
