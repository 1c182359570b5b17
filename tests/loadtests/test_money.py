"""The judge of a rehearsal's money notices every way in which a grab can come to nothing, to too
much or to another's; and forgives only what was never answered."""

from typing import Any

import pytest

from loadtests.common.money import (
    MoneyLog,
    answered_otherwise,
    broken_money,
    restored_otherwise,
)
from loadtests.common.outside import Refused, Told

BRAND, PACKET, ANN, BOB, CY = 7, 100, 1, 2, 3
WISH = PACKET, 0, ANN
FUNDED = 50


def minor(amount: int) -> dict[str, Any]:
    return {"amountMinor": amount, "currency": "XTS"}


def claim_of(share: int, amount: int, receipt: str) -> dict[str, Any]:
    return {"wave": 0, "share": share, "amount": minor(amount), "receipt": receipt}


def grab_of(claim: Any) -> dict[str, Any]:
    return {"outcome": "granted", "claim": claim}


class Server:
    """Answers like one that keeps its promises; each test bends it."""

    def __init__(self) -> None:
        self.results = [(ANN, 10), (BOB, 20)]
        self.lines = {ANN: [("packet.claim", PACKET, 10)], BOB: [("packet.claim", PACKET, 20)]}
        self.available = {ANN: 10, BOB: 20}
        self.figures = {"funded": 50, "granted": 30, "refunded": 20, "unsettled": 0, "lost": 0}
        self.status = "closed"
        self.drop = {"fundedMinor": 50, "grantedMinor": 30, "returnedMinor": 20, "reservedMinor": 0}
        self.claims = {ANN: claim_of(1, 10, "for Ann"), BOB: claim_of(2, 20, "for Bob")}
        self.again: dict[int, Any] = dict(self.claims)

    def ask(self, shopper: int | None, method: str, path: str, body: Any) -> Any:
        path = path.split("?")[0]
        if shopper is None:
            return self._of_brand(path)
        if path == "/v1/me/wallet":
            return {"balances": [{"available": minor(self.available.get(shopper, 0))}]}
        if path == "/v1/me/wallet/lines":
            lines = [
                {"kind": kind, "dropId": drop and str(drop), "changeMinor": change}
                for kind, drop, change in self.lines.get(shopper, [])
            ]
            return {"items": lines, "nextCursor": None}
        if path.endswith("/grab"):
            return {"claim": self.again[shopper]}
        if path.endswith("/restore"):
            return next(c for c in self.claims.values() if c["receipt"] == body["receipt"])
        claim = self.claims.get(shopper)
        return {"mine": [claim] if claim is not None else []}

    def _of_brand(self, path: str) -> Any:
        if path.endswith("/results"):
            items = [
                {"shopperId": str(shopper), "wave": 0, "amount": minor(amount)}
                for shopper, amount in self.results
            ]
            return {"items": items, "nextCursor": None}
        if path.endswith("/figures"):
            return {"status": self.status} | {n: minor(a) for n, a in self.figures.items()}
        return self.drop


@pytest.fixture
def log() -> MoneyLog:
    log = MoneyLog()
    log.note_packet(PACKET, FUNDED, [3])
    for shopper, claim in Server().claims.items():
        log.asking((PACKET, 0, shopper))
        log.note((PACKET, 0, shopper), Told.YES, grab_of(claim))
    return log


def judge(log: MoneyLog, server: Server) -> list[str]:
    return list(broken_money(log, BRAND, server.ask))


def test_a_kept_promise_is_not_complained_about(log: MoneyLog) -> None:
    assert judge(log, Server()) == []


def test_a_lost_grab_is_noticed_in_results_and_in_the_wallet(log: MoneyLog) -> None:
    server = Server()
    server.results.pop()
    assert any("20 acknowledged, None settled" in each for each in judge(log, server))
    server = Server()
    server.lines[BOB], server.available[BOB] = [], 0
    assert any("wallet of 2" in each and "too little" in each for each in judge(log, server))


def test_a_share_paid_twice_is_noticed_in_results_and_in_the_wallet(log: MoneyLog) -> None:
    server = Server()
    server.results.append((ANN, 10))
    assert any("settled 2 times" in each for each in judge(log, server))
    server = Server()
    server.lines[ANN] *= 2
    server.available[ANN] = 20
    assert any("wallet of 1" in each and "too much" in each for each in judge(log, server))


def test_another_amount_is_noticed(log: MoneyLog) -> None:
    server = Server()
    server.results[0] = (ANN, 11)
    assert any("10 acknowledged, 11 settled" in each for each in judge(log, server))


def test_a_balance_that_its_lines_do_not_add_up_to_is_noticed(log: MoneyLog) -> None:
    server = Server()
    server.available[ANN] = 9
    assert judge(log, server) == ["wallet of 1: 9, its lines add up to 10"]


def test_movements_that_are_not_of_this_run_are_left_alone(log: MoneyLog) -> None:
    server = Server()
    server.lines[ANN] += [("packet.claim", 55, 5), ("withdraw", 0, -5)]
    assert judge(log, server) == []


def test_who_got_what_was_never_granted_is_noticed(log: MoneyLog) -> None:
    server = Server()
    server.results.append((CY, 5))
    assert any("never granted" in each for each in judge(log, server))


@pytest.mark.parametrize("figure", ["funded", "granted", "refunded", "unsettled", "lost"])
def test_figures_that_do_not_add_up_are_noticed(log: MoneyLog, figure: str) -> None:
    server = Server()
    server.figures[figure] += 1
    assert judge(log, server)


@pytest.mark.parametrize(
    "account", ["fundedMinor", "grantedMinor", "returnedMinor", "reservedMinor"]
)
def test_a_ledger_that_disagrees_is_noticed(log: MoneyLog, account: str) -> None:
    server = Server()
    server.drop[account] += 1
    assert any("ledger of packet" in each for each in judge(log, server))


def test_a_packet_that_is_not_over_is_noticed(log: MoneyLog) -> None:
    server = Server()
    server.status = "open"
    assert judge(log, server)


def test_one_share_for_two_is_noticed(log: MoneyLog) -> None:
    wish = PACKET, 0, CY
    log.asking(wish)
    log.note(wish, Told.YES, grab_of(claim_of(1, 10, "for Cy")))
    assert any("was acknowledged to [1, 3]" in each for each in judge(log, Server()))


@pytest.mark.parametrize("claim", [claim_of(3, 10, "for Ann"), claim_of(1, 9, "for Ann"), None])
def test_another_answer_to_who_asks_again_is_noticed(log: MoneyLog, claim: Any) -> None:
    told = Told.NO if claim is None else Told.YES
    log.note(WISH, told, None if claim is None else grab_of(claim))
    assert len(log.contradictions) == 1
    assert judge(log, Server()) == log.contradictions
    server = Server()
    server.again[ANN] = claim
    assert len(list(answered_otherwise(log, {WISH: {}}, server.ask))) == 1


def test_shares_kept_back_from_who_was_told_of_none_are_noticed(log: MoneyLog) -> None:
    log.note((PACKET, 0, CY), Told.YES, {"outcome": "sold_out", "claim": None})
    assert any("called sold out, and 2 of 3" in each for each in judge(log, Server()))


def test_a_refusal_of_who_asks_again_is_noticed(log: MoneyLog) -> None:
    def ask(*_: Any) -> Any:
        raise Refused("409")

    (sentence,) = answered_otherwise(log, {WISH: {}}, ask)
    assert "asking again is refused: 409" in sentence


def test_the_same_answer_to_who_asks_again_is_none(log: MoneyLog) -> None:
    log.note(WISH, Told.YES, grab_of(claim_of(1, 10, "for Ann")))
    assert log.contradictions == []
    assert list(answered_otherwise(log, {WISH: {}}, Server().ask)) == []
    assert list(restored_otherwise(log, [WISH], Server().ask)) == []


def test_a_claim_that_the_packet_forgot_is_noticed(log: MoneyLog) -> None:
    server = Server()
    del server.claims[ANN]
    server.claims[CY] = claim_of(1, 11, "for Ann")
    assert len(list(restored_otherwise(log, [WISH], server.ask))) == 2


def test_a_call_without_an_answer_may_go_either_way(log: MoneyLog) -> None:
    wish = PACKET, 0, CY
    log.asking(wish)
    log.note(wish, Told.UNSURE, None)
    assert judge(log, Server()) == []
    server = Server()
    server.results.append((CY, 5))
    server.lines[CY], server.available[CY] = [("packet.claim", PACKET, 5)], 5
    server.figures |= {"granted": 35, "refunded": 15}
    server.drop |= {"grantedMinor": 35, "returnedMinor": 15}
    assert judge(log, server) == []


def test_only_the_refusal_of_the_only_call_ends_a_doubt(log: MoneyLog) -> None:
    wish = PACKET, 0, CY
    log.asking(wish)
    log.note(wish, Told.NO, None)
    assert wish not in log.open
    log.asking(wish)
    log.note(wish, Told.UNSURE, None)
    log.note(wish, Told.NO, None)
    assert wish in log.open


def test_the_log_holds_what_its_receipts_say(log: MoneyLog) -> None:
    assert log.plain() == [[PACKET, 0, ANN, 1, 10, "for Ann"], [PACKET, 0, BOB, 2, 20, "for Bob"]]
