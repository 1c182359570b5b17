"""Signed callbacks, and those that are not."""

import time
from typing import Any

import httpx
import pytest

from app.kernel.secrets import keys_for
from campaigns.payouts.interfaces import PayoutStatus
from campaigns.payouts.sandbox.rules import Manner, Message, manner_of, signed
from campaigns.payouts.service import WithdrawalService
from tests.campaigns.ledger.purse import claim, fund, money, post, rows, top_up
from tests.factories.town import Resident, Town

PATH = "/v1/payouts/callbacks"


async def asked(town: Town) -> tuple[Resident, str]:
    """A shopper and a withdrawal that was sent."""
    who = await town.shopper()
    await post(town.house, top_up(9, 500), fund(9, 1, 500), claim(1, who.id, 500))
    body = {"amount": money(300), "payee": "sandbox-hang", "clientId": "one"}
    made = await town.good("POST", "/v1/me/withdrawals", who, json=body)
    await town.run_jobs()
    return who, made["id"]


def made(town: Town, id_: str, status: PayoutStatus, **more: Any) -> tuple[dict[str, str], bytes]:
    key = more.get("key") or keys_for(town.house.settings, "payout-callback")[0]
    at = int(more.get("at", time.time()))
    return signed(key, Message(payout_id=id_, status=status), "msg_1", at)


async def deliver(town: Town, headers: dict[str, str], body: bytes) -> httpx.Response:
    return await town.client.post(PATH, content=body, headers=headers)


async def state(town: Town, who: Resident, id_: str) -> str:
    return (await town.good("GET", f"/v1/me/withdrawals/{id_}", who))["state"]


async def test_a_signed_word_counts_once(town: Town) -> None:
    who, id_ = await asked(town)
    message = made(town, id_, PayoutStatus.PAID)
    for _ in range(3):
        assert (await deliver(town, *message)).status_code == 204
    assert await state(town, who, id_) == "received"
    pending = made(town, id_, PayoutStatus.PENDING)
    assert (await deliver(town, *pending)).status_code == 204
    assert await state(town, who, id_) == "received"
    assert await rows(town.house) == 5


async def test_what_is_not_signed_counts_never(town: Town) -> None:
    who, id_ = await asked(town)
    headers, body = made(town, id_, PayoutStatus.PAID)
    changed = body.replace(b"paid", b"failed")
    wrong: list[tuple[dict[str, str], bytes]] = [
        ({}, body),
        (headers, changed),
        ({**headers, "webhook-id": "other"}, body),
        ({**headers, "webhook-signature": "v1,AAAA"}, body),
        ({**headers, "webhook-signature": headers["webhook-signature"][3:]}, body),
        ({**headers, "webhook-timestamp": "now"}, body),
        ({**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)}, body),
        made(town, id_, PayoutStatus.PAID, key=b"another key"),
        made(town, id_, PayoutStatus.PAID, at=time.time() - 3600),
        made(town, id_, PayoutStatus.PAID, at=time.time() + 3600),
        (headers, b""),
        (headers, b"x" * 5000),
    ]
    for each in wrong:
        assert (await deliver(town, *each)).status_code == 401
    assert (await deliver(town, headers, b"x" * 20_000)).status_code == 413
    assert await state(town, who, id_) == "sent"


@pytest.mark.parametrize("id_", ["4711", "", "x", "-1", "9" * 19, "1" * 30, "١"])
async def test_what_nobody_asked_for(town: Town, id_: str) -> None:
    assert (await deliver(town, *made(town, id_, PayoutStatus.PAID))).status_code == 404


async def test_a_provider_that_breaks_its_word_is_named(town: Town) -> None:
    who, id_ = await asked(town)
    await deliver(town, *made(town, id_, PayoutStatus.FAILED))
    await town.run_jobs()
    assert await state(town, who, id_) == "refunded"
    assert (await deliver(town, *made(town, id_, PayoutStatus.PAID))).status_code == 204
    assert await state(town, who, id_) == "refunded"
    withdrawals: WithdrawalService = town.composed.service("withdrawals")
    assert await withdrawals.audit() == [
        f"withdrawal {id_}: the provider says paid after it was refunded"
    ]


def test_manners() -> None:
    assert manner_of("sandbox-refuse") is Manner.REFUSE
    for payee in ("alipay:小明", "refuse", "sandbox-", "sandbox-nothing", "Sandbox-refuse"):
        assert manner_of(payee) is Manner.PAY
