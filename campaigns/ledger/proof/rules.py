"""The one equation: funded = settled + unsettled + in transit + remaining + returned."""

from dataclasses import dataclass

from campaigns.ledger.interfaces import Cut, DropFigures


@dataclass(frozen=True, slots=True)
class Sums:
    """What the rows of an escrow add up to."""

    funded_minor: int = 0
    paid_minor: int = 0
    corrected_minor: int = 0
    returned_minor: int = 0

    @property
    def held_minor(self) -> int:
        """What must still be in the escrow."""
        return self.funded_minor + self.corrected_minor - self.paid_minor - self.returned_minor

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.funded_minor + other.funded_minor,
            self.paid_minor + other.paid_minor,
            self.corrected_minor + other.corrected_minor,
            self.returned_minor + other.returned_minor,
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """A drop as its rows, its sums, its escrow and its bucket tell it, at one moment."""

    drop: DropFigures
    rows: Sums
    balance_minor: int
    cut: Cut | None
    """None when nobody runs this drop."""


def differences(evidence: Evidence) -> list[str]:
    """A sentence for everything that does not agree."""
    drop, rows, cut = evidence.drop, evidence.rows, evidence.cut
    name, found = f"drop {drop.drop_id}", list[str]()
    noted = Sums(drop.funded_minor, drop.paid_minor, drop.corrected_minor, drop.returned_minor)
    if noted != rows:
        found.append(f"{name}: its sums are {_words(noted)}, its transfers say {_words(rows)}")
    if evidence.balance_minor != rows.held_minor:
        found.append(
            f"{name}: its escrow holds {evidence.balance_minor}, its transfers leave "
            f"{rows.held_minor}"
        )
    if cut is None:
        if rows.held_minor:
            found.append(f"{name}: nobody runs it, and its escrow holds {rows.held_minor}")
        return found
    outside = cut.unsettled_minor + cut.in_transit_minor + cut.remaining_minor
    settled = rows.paid_minor - rows.corrected_minor
    if rows.funded_minor != settled + outside + rows.returned_minor:
        found.append(
            f"{name}: funded {rows.funded_minor} is not settled {settled} + unsettled "
            f"{cut.unsettled_minor} + in transit {cut.in_transit_minor} + remaining "
            f"{cut.remaining_minor} + returned {rows.returned_minor}"
        )
    return found


def _words(sums: Sums) -> str:
    return (
        f"funded {sums.funded_minor}, paid {sums.paid_minor}, corrected {sums.corrected_minor}, "
        f"returned {sums.returned_minor}"
    )
