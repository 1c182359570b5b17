"""What a poll must be, and what may be seen of it: pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.kernel.errors import FieldError
from app.kernel.text import bare, is_visible, one_line
from games.packets.interfaces import LIFE_SECONDS_MAX
from games.polls.interfaces import PollState, ResultsRule

AHEAD_MAX = timedelta(days=366)
LATE = timedelta(seconds=60)
"""How far in the past an opening may lie: the way of the request, and clocks."""
_LIFE = timedelta(seconds=LIFE_SECONDS_MAX)


def word_errors(question: str, options: Sequence[str]) -> list[FieldError]:
    """What is wrong with what is asked. Two options are the same if they read the same."""
    errors: list[FieldError] = []
    if not is_visible(one_line(question)):
        errors.append(FieldError("/question", "Something that can be seen"))
    seen: set[str] = set()
    for number, text in enumerate(options):
        if not is_visible(one_line(text)):
            errors.append(FieldError(f"/options/{number}", "Something that can be seen"))
        elif bare(text) in seen:
            errors.append(FieldError(f"/options/{number}", "Another option reads the same"))
        seen.add(bare(text))
    return errors


def opening_errors(opens_at: datetime, now: datetime) -> list[FieldError]:
    """What is wrong with a new opening."""
    if now - LATE <= opens_at <= now + AHEAD_MAX:
        return []
    return [FieldError("/opensAt", "Not in the past, and within a year")]


def closing_errors(opens_at: datetime, closes_at: datetime, now: datetime) -> list[FieldError]:
    """What is wrong with a new closing; the opening is one that `opening_errors` passed."""
    if not opens_at < closes_at <= opens_at + _LIFE:
        words = "After the opening, and at most 30 days after it"
        return [FieldError("/closesAt", words)]
    if closes_at <= now:
        return [FieldError("/closesAt", "It would be over at once")]
    return []


def state_of(opens_at: datetime, closes_at: datetime, now: datetime) -> PollState:
    """Open from the opening on, until just before the closing. What was closed before it opened
    is closed."""
    if now >= closes_at:
        return PollState.CLOSED
    return PollState.SCHEDULED if now < opens_at else PollState.OPEN


def sees_counts(rule: ResultsRule, state: PollState, *, voted: bool) -> bool:
    """Whether a shopper may know how the votes stand."""
    if rule is ResultsRule.ALWAYS or state is PollState.CLOSED:
        return True
    return rule is ResultsRule.AFTER_VOTE and voted


def percents(votes: Sequence[int]) -> list[int]:
    """Whole percents that add up to 100 (the largest remainders are rounded up; of equal ones the
    first), or all 0 without any vote. More votes never mean fewer percents."""
    total = sum(votes)
    if not total:
        return [0] * len(votes)
    parts = [divmod(each * 100, total) for each in votes]
    lacking = 100 - sum(whole for whole, _ in parts)
    # of equal remainders the option with more votes, so that the order of the counts is kept
    order = sorted(range(len(votes)), key=lambda place: (-parts[place][1], -votes[place], place))
    up = set(order[:lacking])
    return [whole + (place in up) for place, (whole, _) in enumerate(parts)]
