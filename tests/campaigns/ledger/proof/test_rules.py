"""The equation."""

from hypothesis import given
from hypothesis import strategies as st

from campaigns.ledger.interfaces import Cut, DropFigures
from campaigns.ledger.proof.rules import Evidence, Sums, differences

amounts = st.integers(0, 10**9)


def figures(sums: Sums) -> DropFigures:
    return DropFigures(
        drop_id=1,
        currency="CNY",
        kind="packet.fund",
        brand_id=9,
        funded_minor=sums.funded_minor,
        paid_minor=sums.paid_minor,
        corrected_minor=sums.corrected_minor,
        returned_minor=sums.returned_minor,
        balance_minor=sums.held_minor,
    )


@given(amounts, amounts, amounts, amounts, amounts, st.integers(-5, 5), st.integers(0, 8))
def test_it_holds_exactly_when_everything_is_accounted_for(
    paid: int, returned: int, remaining: int, unsettled: int, in_transit: int, off: int, where: int
) -> None:
    rows = Sums(paid + returned + remaining + unsettled + in_transit, paid, 0, returned)
    parts = [rows.funded_minor, rows.paid_minor, rows.held_minor, remaining, unsettled, in_transit]
    if where < len(parts):
        parts[where] += off
    noted = Sums(parts[0], parts[1], 0, returned)
    evidence = Evidence(figures(noted), rows, parts[2], Cut(parts[3], parts[4], parts[5]))
    assert bool(differences(evidence)) == (off != 0 and where < len(parts))


def test_corrections_are_no_grants() -> None:
    rows = Sums(funded_minor=100, paid_minor=60, corrected_minor=10, returned_minor=10)
    assert differences(Evidence(figures(rows), rows, 40, Cut(40))) == []


def test_a_drop_that_nobody_runs() -> None:
    spent, held = Sums(100, 60, 0, 40), Sums(100, 60, 0, 30)
    assert differences(Evidence(figures(spent), spent, 0, None)) == []
    assert "nobody runs it" in differences(Evidence(figures(held), held, 10, None))[0]
