"""The states of a withdrawal."""

import itertools

from campaigns.payouts.interfaces import PayoutStatus
from campaigns.payouts.models import IS_OPEN
from campaigns.payouts.rules import OPEN, State, after, contradicts, pause


def test_an_end_is_an_end() -> None:
    for status in PayoutStatus:
        for state in (State.RECEIVED, State.FAILED, State.REFUNDED):
            assert after(state, status) is state


def test_only_a_final_word_moves_money() -> None:
    for state, status in itertools.product(State, PayoutStatus):
        moved = after(state, status)
        if moved is not state:
            assert moved is not State.REFUNDED
            assert (moved is State.RECEIVED) == (status is PayoutStatus.PAID)
            assert (moved is State.FAILED) == (status is PayoutStatus.FAILED)


def test_not_hearing_is_no_answer() -> None:
    for state in State:
        assert after(state, PayoutStatus.UNKNOWN) is state
        assert not contradicts(state, PayoutStatus.UNKNOWN)


def test_two_final_words_are_a_contradiction() -> None:
    for state in (State.RECEIVED, State.FAILED, State.REFUNDED):
        said = PayoutStatus.PAID if state is State.RECEIVED else PayoutStatus.FAILED
        for status in PayoutStatus:
            other = status in (PayoutStatus.PAID, PayoutStatus.FAILED) and status is not said
            assert contradicts(state, status) == other


def test_pauses_grow_to_a_bound() -> None:
    pauses = [pause(n) for n in range(50)]
    assert pauses == sorted(pauses)
    assert pauses[0].total_seconds() == 5
    assert pauses[-1].total_seconds() == 600


def test_the_index_knows_the_open_states() -> None:
    assert all(f"'{state}'" in IS_OPEN for state in OPEN)
    assert not any(f"'{state}'" in IS_OPEN for state in set(State) - set(OPEN))
