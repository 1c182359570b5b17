"""Statements through the API."""

import csv
import io
from typing import Any

import pytest

from app.identity.interfaces import Role
from campaigns.ledger.interfaces import Transfer, clearing, loss, wallet
from tests.campaigns.ledger.purse import CNY, claim, fund, money, post, refund, top_up
from tests.factories.town import Shop, Town

DROP = 4_000_000_000_001


async def spent(town: Town, shop: Shop) -> None:
    """Topped up 1000, reserved 600, granted 100, 500 back; 50 dollars untouched."""
    await post(town.house, top_up(shop.id, 1000), top_up(shop.id, 50, "usd", "USD"))
    await post(town.house, fund(shop.id, DROP, 600))
    await post(town.house, claim(DROP, 2, 70), claim(DROP, 3, 30))
    await post(town.house, refund(shop.id, DROP, 400))


class TestRead:
    async def test_balances(self, town: Town) -> None:
        shop = await town.shop()
        path = f"/v1/brands/{shop.id}/ledger"
        assert await town.good("GET", path, shop.owner) == {"balances": []}
        await spent(town, shop)
        assert (await town.good("GET", path, shop.owner))["balances"] == [
            {"available": money(800), "reserved": money(100)},
            {"available": money(50, "USD"), "reserved": money(0, "USD")},
        ]

    async def test_lines_by_the_page(self, town: Town) -> None:
        shop = await town.shop()
        await spent(town, shop)
        seen: list[tuple[str, int, int]] = []
        cursor = None
        while True:
            params: dict[str, Any] = {"limit": 1, "currency": "CNY"}
            params |= {"cursor": cursor} if cursor else {}
            path = f"/v1/brands/{shop.id}/ledger/lines"
            page = await town.good("GET", path, shop.owner, params=params)
            seen += [(e["kind"], e["changeMinor"], e["balanceMinor"]) for e in page["items"]]
            if (cursor := page["nextCursor"]) is None:
                break
        assert seen == [
            ("packet.refund", 400, 800),
            ("packet.fund", -600, 400),
            ("topup", 1000, 1000),
        ]
        everything = await town.good("GET", f"/v1/brands/{shop.id}/ledger/lines", shop.owner)
        assert [each["currency"] for each in everything["items"]].count("USD") == 1

    async def test_drops(self, town: Town) -> None:
        shop = await town.shop()
        await spent(town, shop)
        path = f"/v1/brands/{shop.id}/ledger/drops"
        (drop,) = (await town.good("GET", path, shop.owner))["items"]
        assert drop == {
            "id": str(DROP), "kind": "packet", "currency": "CNY", "fundedMinor": 600,
            "grantedMinor": 100, "correctedMinor": 0, "returnedMinor": 400, "reservedMinor": 100,
        }  # fmt: skip
        assert await town.good("GET", f"{path}/{DROP}", shop.owner) == drop
        lines = await town.good("GET", f"{path}/{DROP}/lines", shop.owner)
        assert [each["changeMinor"] for each in lines["items"]] == [-400, -30, -70, 600]

    async def test_who_may(self, town: Town) -> None:
        shop, rival, stranger = await town.shop(), await town.shop(), await town.shopper()
        await spent(town, shop)
        clerk, key = await town.member(shop.id, Role.CLERK), await town.key(shop, live=True)
        helper, operator = await town.member(shop.id, Role.OPERATIONS), await town.operator()
        base = f"/v1/brands/{shop.id}/ledger"
        paths = [base, f"{base}/lines", f"{base}/lines.csv", f"{base}/drops"]
        paths += [f"{base}/drops/{DROP}", f"{base}/drops/{DROP}/lines"]
        paths += [f"{base}/drops/{DROP}/lines.csv"]
        allowed = ((shop.owner, 200), (helper, 200), (operator, 200), (clerk, 403), (key, 403))
        for path in paths:
            for who, status in (*allowed, (rival.owner, 404), (stranger, 404), (None, 401)):
                assert (await town.ask("GET", path, who)).status_code == status, path
        theirs = f"/v1/brands/{rival.id}/ledger/drops/{DROP}"
        for path in (theirs, f"{theirs}/lines", f"{theirs}/lines.csv"):
            assert (await town.ask("GET", path, rival.owner)).status_code == 404

    @pytest.mark.parametrize("currency", ["cny", "C", "CNYX"])
    async def test_bad_filter(self, town: Town, currency: str) -> None:
        shop = await town.shop()
        for path in ("lines", "lines.csv"):
            answer = await town.ask(
                "GET", f"/v1/brands/{shop.id}/ledger/{path}?currency={currency}", shop.owner
            )
            assert answer.status_code == 400

    async def test_a_cursor_of_another_statement_means_nothing(self, town: Town) -> None:
        shop, rival = await town.shop(), await town.shop()
        await spent(town, shop)
        first = await town.good("GET", f"/v1/brands/{shop.id}/ledger/lines?limit=1", shop.owner)
        path = f"/v1/brands/{rival.id}/ledger/lines?cursor={first['nextCursor']}"
        assert (await town.ask("GET", path, rival.owner)).status_code == 400


class TestHouse:
    async def test_what_lost_state_cost_is_there_to_be_seen(self, town: Town) -> None:
        shop, operator = await town.shop(), await town.operator()
        await spent(town, shop)
        await post(
            town.house,
            Transfer("l", "packet.loss", loss(CNY), wallet(2, CNY), 66, DROP),
            Transfer("w", "withdraw", wallet(2, CNY), clearing(CNY), 6),
        )
        seen = (await town.good("GET", "/v1/ledger", operator))["balances"]
        assert {(e["account"], e["currency"]): e["balanceMinor"] for e in seen} == {
            ("clearing", "CNY"): 6, ("platform", "CNY"): -1000, ("platform", "USD"): -50,
            ("loss", "CNY"): -66,
        }  # fmt: skip
        path = "/v1/ledger/lines?account=loss"
        (line,) = (await town.good("GET", path, operator))["items"]
        assert (line["changeMinor"], line["dropId"], line["other"]) == (-66, str(DROP), "wallet")
        assert (await town.ask("GET", "/v1/ledger/lines", operator)).status_code == 400
        for account in ("wallet", "budget", ""):
            bad = await town.ask("GET", f"/v1/ledger/lines?account={account}", operator)
            assert bad.status_code == 400
        for who, status in ((shop.owner, 403), (await town.shopper(), 403), (None, 401)):
            for each in ("/v1/ledger", path):
                assert (await town.ask("GET", each, who)).status_code == status


class TestExport:
    async def test_all_rows_and_no_formulas(self, town: Town) -> None:
        shop, operator = await town.shop(), await town.operator()
        for reference in ('=HYPERLINK("x")', "+1", "-1", "@x", 'a,"b"', "瓷"):
            path = f"/v1/brands/{shop.id}/ledger/top-ups"
            body = {"amount": money(1), "reference": reference}
            await town.good("POST", path, operator, json=body)
        await post(town.house, *(top_up(shop.id, 1, f"{n}") for n in range(2100)))
        await post(town.house, fund(shop.id, DROP, 5))
        answer = await town.ask("GET", f"/v1/brands/{shop.id}/ledger/lines.csv", shop.owner)
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert "attachment" in answer.headers["content-disposition"]
        assert answer.content.startswith(b"\xef\xbb\xbf")
        table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
        assert len(table) == 2107
        assert table[0]["changeMinor"] == "-5"
        assert len({row["sequence"] for row in table}) == len(table)
        references = {row["reference"] for row in table} - {""}
        assert references == {'\'=HYPERLINK("x")', "'+1", "'-1", "'@x", 'a,"b"', "瓷"}
