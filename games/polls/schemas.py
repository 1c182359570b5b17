"""The bodies of the routes."""

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from app.kernel.structs import Id, Input, Timestamp, View
from games.polls.interfaces import OptionCount, PollOption, PollState, ResultsRule
from games.polls.models import OPTION_CHARS_MAX, QUESTION_CHARS_MAX

Question = Annotated[
    str, msgspec.Meta(min_length=1, max_length=QUESTION_CHARS_MAX, examples=["今晚先吃哪一碗？"])
]
OptionText = Annotated[
    str, msgspec.Meta(min_length=1, max_length=OPTION_CHARS_MAX, examples=["牛肉面"])
]
Options = Annotated[list[OptionText], msgspec.Meta(min_length=2, max_length=6)]


class PollCreate(Input):
    """A new poll."""

    question: Question
    options: Options
    """Distinct to a reader."""
    closes_at: Timestamp
    """At most 30 days after it opens."""
    opens_at: Timestamp | None = None
    """Default: at once."""
    results: ResultsRule = ResultsRule.AFTER_VOTE


class PollUpdate(Input):
    """What changes; what is left out stays. Question and options only before the first vote."""

    question: Question | UnsetType = UNSET
    options: Options | UnsetType = UNSET
    """Those whose text stays keep their ids."""
    opens_at: Timestamp | UnsetType = UNSET
    """Only before it has opened."""
    closes_at: Timestamp | UnsetType = UNSET
    results: ResultsRule | UnsetType = UNSET


class VoteCast(Input):
    """An answer."""

    option_id: Id


class ManagedPoll(View):
    """A poll as its brand sees it, with its figures."""

    id: Id
    brand_id: Id
    question: str
    options: list[PollOption]
    results: ResultsRule
    state: PollState
    opens_at: Timestamp
    closes_at: Timestamp
    created_at: Timestamp
    archived: bool
    live: bool
    counts: list[OptionCount]
    """In the order of the options, exact."""
    votes: int
