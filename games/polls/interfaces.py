"""What may be known of polls."""

from enum import StrEnum

from app.kernel.structs import Id, Timestamp, View


class PollState(StrEnum):
    """Where a poll stands by the servers' clock."""

    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"


class ResultsRule(StrEnum):
    """From when on shoppers see the counts."""

    ALWAYS = "always"
    AFTER_VOTE = "after_vote"
    """To who has voted; to everybody once it is closed."""
    AFTER_CLOSE = "after_close"


class PollOption(View):
    """One of the answers."""

    id: Id
    text: str


class OptionCount(View):
    """How one of the answers does."""

    option_id: Id
    votes: int
    percent: int
    """Whole; those of all options add up to 100, or to 0 without any vote."""


class PollView(View):
    """A poll as a shopper sees it."""

    id: Id
    brand_id: Id
    question: str
    options: list[PollOption]
    results: ResultsRule
    state: PollState
    opens_at: Timestamp
    closes_at: Timestamp
    """From then on no vote counts."""
    my_option_id: Id | None
    """What the caller answered."""
    counts: list[OptionCount] | None
    """In the order of the options, a second old at most; null where `results` says not yet."""
    votes: int | None
    """Of all options; null as `counts`."""
