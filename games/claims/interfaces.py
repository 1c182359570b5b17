"""What claims are made of, and what other slices may ask of them."""

from typing import NamedTuple


class Grant(NamedTuple):
    """A share that a shopper has."""

    share: int
    """Its number in the pool, from 0."""
    amount_minor: int
    order: int
    """Of the decision that gave it."""
    new: bool
    """False for who asked again."""


SHARERS, HELPERS, BONUSES = range(3)
"""The pools of a fission."""


class Help(NamedTuple):
    """Who helps whom, from what device."""

    link: int
    """The number of the share that made it."""
    sharer_id: int
    helper_id: int
    device: int
    """What the device hashes to."""
