"""Coupons through the API, for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from app.kernel.structs import Timestamp
from tests.factories.town import Resident, Shop, Town

CNY = "CNY"
TEN_OFF = {"type": "amount", "amount": {"amountMinor": 1_000, "currency": CNY}}
A_FIFTH_OFF = {"type": "percent", "percent": 20}


def yuan(amount_minor: int) -> dict[str, Any]:
    """Money as the API reads it."""
    return {"amountMinor": amount_minor, "currency": CNY}


def at(**ahead: float) -> str:
    """So far from now."""
    return str(Timestamp.of(datetime.now(UTC) + timedelta(**ahead)))


def body(**fields: Any) -> dict[str, Any]:
    """A coupon of ten yuan, for a day, good for a week."""
    plain = {
        "title": "满100减10",
        "discount": TEN_OFF,
        "minimum": yuan(10_000),
        "count": 5,
        "collectUntil": at(days=1),
        "validDays": 7,
    }
    return {name: value for name, value in {**plain, **fields}.items() if value is not ...}


def path_of(shop: Shop, coupon: dict[str, Any] | None = None) -> str:
    """Of a brand's coupons, or one of them."""
    base = f"/v1/brands/{shop.id}/coupons"
    return base if coupon is None else f"{base}/{coupon['id']}"


async def make(
    town: Town, shop: Shop, who: Resident | None = None, **fields: Any
) -> dict[str, Any]:
    """A coupon of a shop."""
    return await town.good("POST", path_of(shop), who or shop.owner, json=body(**fields))


async def collect(town: Town, coupon: dict[str, Any], who: Resident) -> dict[str, Any]:
    """Collect one."""
    return await town.good("POST", f"/v1/coupons/{coupon['id']}/collect", who)


async def refused(town: Town, coupon: dict[str, Any], who: Resident | None) -> tuple[int, str]:
    """Try to collect one: status and code of the problem."""
    answer = await town.ask("POST", f"/v1/coupons/{coupon['id']}/collect", who)
    return answer.status_code, answer.json().get("code", "")


async def redeem(
    town: Town, shop: Shop, code: str, who: Resident | None = None, **more: Any
) -> tuple[int, dict[str, Any]]:
    """Redeem a code: status and answer."""
    headers = more.pop("headers", {})
    answer = await town.ask(
        "POST",
        f"{path_of(shop)}/redemptions",
        who or shop.owner,
        json={"code": code, **more},
        headers=headers,
    )
    return answer.status_code, answer.json()


async def age(town: Town, coupon: dict[str, Any], **by: float) -> None:
    """Let time pass for a coupon and all that was collected of it."""
    seconds = timedelta(**by).total_seconds()
    async with town.house.database.transaction() as tx:
        for table, key, columns in (
            ("coupons", "id", ("collect_from", "collect_until", "valid_until")),
            ("collected_coupons", "coupon_id", ("collected_at",)),
        ):
            moved = ", ".join(f"{each} = {each} - make_interval(secs => :by)" for each in columns)
            await tx.session.execute(
                text(f"UPDATE {table} SET {moved} WHERE {key} = :id"),
                {"by": seconds, "id": int(coupon["id"])},
            )


async def complaints(town: Town) -> list[str]:
    """What the audit of coupons says."""
    audits = {name: a for wiring in town.composed.wirings for name, a in wiring.audits.items()}
    return list(await audits["coupons"]())
