"""What happened to accounts and relations, told inside the transaction that made it true."""

from datetime import datetime

import msgspec


class AccountOpened(msgspec.Struct, frozen=True):
    """A content account exists."""

    account_id: int


class AccountChanged(msgspec.Struct, frozen=True):
    """The card of an account is another one: its name, avatar or mark of verification."""

    account_id: int


class Followed(msgspec.Struct, frozen=True):
    """A shopper follows an account, and did not before."""

    account_id: int
    shopper_id: int
    at: datetime


class Unfollowed(msgspec.Struct, frozen=True):
    """A shopper no longer follows an account, by choice or by a block."""

    account_id: int
    shopper_id: int


class GraphChanged(msgspec.Struct, frozen=True):
    """What a shopper may or wants to see changed: a follow, mute, block (of either direction) or
    not-interested. `version` is the new one."""

    shopper_id: int
    version: int
