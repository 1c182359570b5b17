"""What a transfer may be, and what a batch does to balances."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.ledger import rules
from campaigns.ledger.errors import Insufficient, KeyReused, TransferRefused
from campaigns.ledger.interfaces import (
    Account,
    AccountKind,
    Transfer,
    budget,
    clearing,
    escrow,
    loss,
    platform,
    wallet,
)

CNY = "CNY"
TOP_UP = Transfer("topup:1", "topup", platform(CNY), budget(7, CNY), 100)
CLAIM = Transfer("packet.claim:1:2", "packet.claim", escrow(1, CNY), wallet(2, CNY), 5, 1)


class TestCheck:
    def test_what_may_be(self) -> None:
        rules.check([TOP_UP, CLAIM])

    @pytest.mark.parametrize(
        ("source", "target", "amount", "drop_id"),
        [
            (platform(CNY), budget(7, CNY), 0, None),
            (platform(CNY), budget(7, CNY), -5, None),
            (platform(CNY), budget(7, CNY), 10**15 + 1, None),
            (platform(CNY), budget(7, "USD"), 5, None),
            (platform("cny"), budget(7, "cny"), 5, None),
            (platform(CNY), budget(-7, CNY), 5, None),
            (budget(7, CNY), budget(8, CNY), 5, None),
            (budget(7, CNY), wallet(8, CNY), 5, None),
            (wallet(7, CNY), wallet(8, CNY), 5, None),
            (wallet(7, CNY), platform(CNY), 5, None),
            (clearing(CNY), budget(7, CNY), 5, None),
            (escrow(1, CNY), escrow(2, CNY), 5, 1),
            (budget(7, CNY), escrow(1, CNY), 5, None),
            (escrow(1, CNY), wallet(1, CNY), 5, 2),
        ],
    )
    def test_what_can_never_be(
        self, source: Account, target: Account, amount: int, drop_id: int | None
    ) -> None:
        with pytest.raises(TransferRefused):
            rules.check([Transfer("key", "kind", source, target, amount, drop_id)])

    @pytest.mark.parametrize("key", ["", "x" * 121, "a|b", "a b", "钥", "a\n"])
    def test_keys(self, key: str) -> None:
        with pytest.raises(TransferRefused):
            rules.check([Transfer(key, "topup", TOP_UP.source, TOP_UP.target, 1)])

    @pytest.mark.parametrize("kind", ["", "x" * 41, "Topup", "top up", "a..b", "a."])
    def test_kinds(self, kind: str) -> None:
        with pytest.raises(TransferRefused):
            rules.check([Transfer("key", kind, TOP_UP.source, TOP_UP.target, 1)])

    def test_a_key_says_one_thing(self) -> None:
        other = Transfer(TOP_UP.key, "topup", TOP_UP.source, TOP_UP.target, 101)
        assert list(rules.distinct([TOP_UP, CLAIM, TOP_UP])) == [TOP_UP.key, CLAIM.key]
        with pytest.raises(KeyReused):
            rules.distinct([TOP_UP, other])


ACCOUNTS = [platform(CNY), loss(CNY), clearing(CNY), *(wallet(n, CNY) for n in range(1, 4))]
ACCOUNTS += [budget(9, CNY), escrow(1, CNY)]


class TestCarryOut:
    @given(
        st.lists(
            st.tuples(st.sampled_from(ACCOUNTS), st.sampled_from(ACCOUNTS), st.integers(1, 50)),
            max_size=40,
        )
    )
    def test_as_a_plain_dict_would(self, moves: list[tuple[Account, Account, int]]) -> None:
        start = dict.fromkeys(ACCOUNTS, 60)
        transfers = [
            Transfer(f"{n}", "x", source, target, amount)
            for n, (source, target, amount) in enumerate(moves)
        ]
        model, short = dict(start), False
        for each in transfers:
            model[each.source] -= each.amount_minor
            model[each.target] += each.amount_minor
            free = each.source.kind in (AccountKind.PLATFORM, AccountKind.LOSS)
            short = short or (model[each.source] < 0 and not free and each.source != each.target)
            if short:
                break
        if any(source == target for source, target, _ in moves):
            return  # `check` lets none of these through
        if short:
            with pytest.raises(Insufficient):
                rules.carry_out(transfers, start)
            return
        rows, after = rules.carry_out(transfers, start)
        assert after == model
        assert sum(after.values()) == sum(start.values())
        last = {**start}
        for row in rows:
            assert row.source_after_minor == last[row.transfer.source] - row.transfer.amount_minor
            assert row.target_after_minor == last[row.transfer.target] + row.transfer.amount_minor
            last[row.transfer.source] = row.source_after_minor
            last[row.transfer.target] = row.target_after_minor

    def test_beyond_every_bound(self) -> None:
        start = {TOP_UP.source: 0, TOP_UP.target: 10**18}
        with pytest.raises(TransferRefused):
            rules.carry_out([TOP_UP], start)


class TestFlows:
    def test_sums_by_drop(self) -> None:
        fund = Transfer("f", "packet.fund", budget(9, CNY), escrow(1, CNY), 100, 1)
        back = Transfer("b", "packet.refund", escrow(1, CNY), budget(9, CNY), 60, 1)
        undo = Transfer("u", "reversal", wallet(2, CNY), escrow(1, CNY), 2, 1)
        extra = Transfer("l", "packet.loss", loss(CNY), wallet(2, CNY), 5, 1)
        flow = rules.flows([TOP_UP, fund, CLAIM, back, undo, extra])[1]
        assert (flow.kind, flow.brand_id, flow.currency) == ("packet.fund", 9, CNY)
        assert (flow.funded_minor, flow.paid_minor) == (100, 5)
        assert (flow.corrected_minor, flow.returned_minor) == (2, 60)

    def test_one_brand_and_currency(self) -> None:
        fund = Transfer("f", "packet.fund", budget(9, CNY), escrow(1, CNY), 100, 1)
        for other in (
            Transfer("g", "packet.fund", budget(8, CNY), escrow(1, CNY), 100, 1),
            Transfer("g", "packet.fund", budget(9, "USD"), escrow(1, "USD"), 100, 1),
        ):
            with pytest.raises(TransferRefused):
                rules.flows([fund, other])


def test_a_digest_tells_every_field_apart() -> None:
    at = datetime(2026, 11, 11, tzinfo=UTC)
    rows = [
        rules.Row(TOP_UP, -100, 100),
        rules.Row(TOP_UP, -100, 101),
        rules.Row(TOP_UP, -101, 100),
        rules.Row(CLAIM, 0, 5),
        rules.Row(Transfer("topup:1", "topup", platform(CNY), budget(7, CNY), 10), -100, 100),
        rules.Row(Transfer("topup:1", "topup", platform(CNY), budget(6, CNY), 100), -100, 100),
    ]
    digests = {rules.digest(row, at) for row in rows}
    assert len(digests | {rules.digest(rows[0], at.replace(microsecond=1))}) == len(rows) + 1
