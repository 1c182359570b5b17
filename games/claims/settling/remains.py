"""What is still to be had of a packet, counted share by share where it is decided.

It follows from no other figure: what was granted is a sum that every grab adds to, what remains are
the amounts that lie in the bucket. So if a share got lost there, or a sum is wrong, the two no
longer add up to what the packet was funded with, and proof and audit name the packet.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from games.claims.rules import sizes_of
from games.claims.store import PacketCut, PacketStore, Standing
from games.packets.interfaces import Fission, PacketRecord


class Remains(NamedTuple):
    """A packet in its bucket at one moment."""

    standing: Standing
    left_minor: int
    """What is still to be had."""
    cut: PacketCut


async def remains(store: PacketStore, record: PacketRecord) -> Remains | None:
    """None when the packet is not in memory."""
    cut = await store.cut(record.id, sizes_of(record))
    if cut is None:
        return None
    left_minor = sum(
        sum(amounts[following:])
        for following, amounts in zip(cut.following, cut.amounts, strict=True)
    )
    return Remains(cut.standing, left_minor + _helps_minor(record, cut), cut)


def misplaced(cut: PacketCut, drawn: Sequence[Sequence[int]]) -> Iterator[str]:
    """A sentence for every share that is to be had, and not what it was drawn to be."""
    for pool, (following, amounts) in enumerate(zip(cut.following, cut.amounts, strict=True)):
        for share in range(following, len(amounts)):
            if amounts[share] not in (0, drawn[pool][share]):
                yield (
                    f"share {share} of pool {pool} is {amounts[share]} live, and was drawn as "
                    f"{drawn[pool][share]}"
                )


def _helps_minor(record: PacketRecord, cut: PacketCut) -> int:
    """What a fission's links still have for helpers and their sharers. Every link that was made is
    a claim, and every help is two."""
    rules = record.rules
    if not isinstance(rules, Fission):
        return 0
    links = cut.following[0] + cut.amounts[0][cut.following[0] :].count(0)
    helps = (cut.standing.claims - links) // 2
    return (rules.links * rules.helpers - helps) * (rules.helper_minor + rules.bonus_minor)
