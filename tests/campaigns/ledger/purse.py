"""Money for tests: topped up, reserved and granted through the ledger itself."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from app.kernel.house import House
from campaigns.ledger.interfaces import (
    Ledger,
    Posted,
    Transfer,
    budget,
    escrow,
    platform,
    wallet,
)

CNY = "CNY"


async def post(house: House, *transfers: Transfer) -> Sequence[Posted]:
    """In a transaction of its own."""
    async with house.database.transaction() as tx:
        return await house.doors.get(Ledger).post(tx, transfers)


def top_up(brand_id: int, amount: int, key: str = "1", currency: str = CNY) -> Transfer:
    """Money from outside."""
    source, target = platform(currency), budget(brand_id, currency)
    return Transfer(f"topup:{brand_id}:{key}", "topup", source, target, amount)


def fund(brand_id: int, drop_id: int, amount: int, more: str = "") -> Transfer:
    """A drop's reserve."""
    source, target = budget(brand_id, CNY), escrow(drop_id, CNY)
    key = f"packet.fund:{drop_id}{more}"
    return Transfer(key, "packet.fund", source, target, amount, drop_id)


def claim(drop_id: int, shopper_id: int, amount: int) -> Transfer:
    """A grant."""
    key = f"packet.claim:{drop_id}:{shopper_id}"
    source, target = escrow(drop_id, CNY), wallet(shopper_id, CNY)
    return Transfer(key, "packet.claim", source, target, amount, drop_id)


def refund(brand_id: int, drop_id: int, amount: int) -> Transfer:
    """A drop's rest."""
    source, target = escrow(drop_id, CNY), budget(brand_id, CNY)
    return Transfer(f"packet.refund:{drop_id}", "packet.refund", source, target, amount, drop_id)


async def balances(house: House) -> dict[str, int]:
    """Every account that holds anything."""
    async with house.database.reading() as session:
        found = await session.execute(
            text(
                "SELECT kind || ':' || owner_id || ':' || currency, balance_minor "
                "FROM ledger_accounts"
            )
        )
        return {name: balance for name, balance in found if balance}


async def rows(house: House) -> int:
    """How many transfers there are."""
    async with house.database.reading() as session:
        return int(await session.scalar(text("SELECT count(*) FROM ledger_transfers")) or 0)


def money(amount: int, currency: str = CNY) -> dict[str, Any]:
    """As the API writes it."""
    return {"amountMinor": amount, "currency": currency}
