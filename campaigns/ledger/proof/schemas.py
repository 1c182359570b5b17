"""The body of a proof."""

from app.kernel.structs import Id, Timestamp, View
from campaigns.ledger.days.schemas import DayView


class BudgetProof(View):
    """A budget: what it holds, and what its transfers add up to."""

    currency: str
    balance_minor: int
    transfers_minor: int


class DropProof(View):
    """funded = settled + unsettled + in transit + remaining + returned, at one moment."""

    id: Id
    currency: str
    funded_minor: int
    settled_minor: int
    """Granted and in wallets, less what operators took back."""
    unsettled_minor: int
    """Granted, on its way to wallets."""
    in_transit_minor: int
    remaining_minor: int
    """Still to be had."""
    returned_minor: int
    holds: bool


class ProofView(View):
    """Recomputed for this answer: all budgets, and one page of drops."""

    holds: bool
    """Of everything that this page shows."""
    checked_at: Timestamp
    budgets: list[BudgetProof]
    drops: list[DropProof]
    problems: list[str]
    """A sentence for everything that does not agree, naming the rows."""
    next_cursor: str | None
    """The next page of drops."""
    last_day: DayView | None
    """The newest closed day; keep its hash, and nobody can rewrite what came before it."""
