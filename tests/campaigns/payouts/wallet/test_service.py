"""Wallets, with money that is not there yet."""

from collections.abc import Mapping

from app.kernel.house import House
from campaigns.ledger.interfaces import Registry
from campaigns.payouts.wallet.service import WalletService
from tests.campaigns.ledger.purse import claim, fund, money, post, top_up
from tests.factories.town import Town


class Grants:
    """Grants under way; asking may make them arrive."""

    def __init__(self, house: House, sums: Mapping[str, int]) -> None:
        self.house = house
        self.sums = dict(sums)
        self.arriving: list[int] = []

    async def pending(self, shopper_id: int) -> Mapping[str, int]:
        sums = dict(self.sums)
        for amount in self.arriving:
            await post(self.house, claim(1, shopper_id, amount))
            self.sums["CNY"] -= amount
        self.arriving.clear()
        return sums


async def test_a_grab_shows_at_once(town: Town) -> None:
    who = await town.shopper()
    assert await town.good("GET", "/v1/me/wallet", who) == {"balances": []}
    town.house.doors.get(Registry).add_grants(Grants(town.house, {"CNY": 66}))
    town.house.doors.get(Registry).add_grants(Grants(town.house, {"CNY": 4, "USD": 1}))
    await post(town.house, top_up(9, 500), fund(9, 1, 500), claim(1, who.id, 30))
    assert (await town.good("GET", "/v1/me/wallet", who))["balances"] == [
        {"available": money(30), "pending": money(70), "withdrawing": money(0)},
        {"available": money(0, "USD"), "pending": money(1, "USD"), "withdrawing": money(0, "USD")},
    ]
    short = await town.ask(
        "POST",
        "/v1/me/withdrawals",
        who,
        json={"amount": money(31), "payee": "me", "clientId": "1"},
    )
    assert short.json()["code"] == "insufficient_funds"  # pending money cannot be spent


async def test_what_arrives_while_we_look_counts_once(town: Town) -> None:
    who = await town.shopper()
    await post(town.house, top_up(9, 500), fund(9, 1, 500))
    grants = Grants(town.house, {"CNY": 66})
    town.house.doors.get(Registry).add_grants(grants)
    grants.arriving.append(66)
    wallets: WalletService = town.composed.service("wallets")
    (balance,) = (await wallets.wallet(who.actor)).balances
    assert (balance.available.amount_minor, balance.pending.amount_minor) == (66, 0)
