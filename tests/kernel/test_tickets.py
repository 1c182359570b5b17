"""A ticket says what was signed, for what it was signed, until it ends, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.tickets import TicketExpired, TicketInvalid, Tickets

TICKETS = Tickets([b"k" * 32], "grab")
INT64 = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(INT64, min_size=1, max_size=8))
def test_what_was_signed_is_read(values: list[int]):
    ticket = TICKETS.sign(*values, expires_seconds=100)
    assert TICKETS.read(ticket, len(values), now_seconds=99.9) == tuple(values)
    with pytest.raises(TicketExpired):
        TICKETS.read(ticket, len(values), now_seconds=100)


def test_without_an_end_it_lasts():
    assert TICKETS.read(TICKETS.sign(7), 1, now_seconds=1e12) == (7,)


@given(st.integers(0, 500), st.integers(1, 255))
def test_no_changed_byte_passes(at: int, flip: int):
    ticket = TICKETS.sign(1, 2, 3)
    characters = bytearray(ticket.encode())
    characters[at % len(characters)] ^= flip
    changed = characters.decode("latin-1")
    with pytest.raises(TicketInvalid):
        TICKETS.read(changed, 3, now_seconds=0)


@pytest.mark.parametrize("text", ["", "x", "====", "a" * 1000, "é" * 20, TICKETS.sign(1) + "A"])
def test_nonsense_is_refused(text: str):
    with pytest.raises(TicketInvalid):
        TICKETS.read(text, 1, now_seconds=0)


def test_another_purpose_key_or_count_is_refused():
    ticket = TICKETS.sign(1, 2)
    for other in (Tickets([b"k" * 32], "receipt"), Tickets([b"x" * 32], "grab")):
        with pytest.raises(TicketInvalid):
            other.read(ticket, 2, now_seconds=0)
    with pytest.raises(TicketInvalid):
        TICKETS.read(ticket, 3, now_seconds=0)


def test_the_key_before_a_rotation_still_reads():
    rotated = Tickets([b"n" * 32, b"k" * 32], "grab")
    assert rotated.read(TICKETS.sign(5), 1, now_seconds=0) == (5,)
    with pytest.raises(TicketInvalid):
        TICKETS.read(rotated.sign(5), 1, now_seconds=0)
