"""Prices and reductions as shops write them."""

import pytest

from media.studio.slides.phrases import price, reduction


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (5990, "CNY", "¥59.90"),
        (129900, "CNY", "¥1,299"),
        (5, "CNY", "¥0.05"),
        (0, "USD", "$0"),
        (1200, "JPY", "¥1,200"),
        (150, "SEK", "SEK 1.50"),
        (1_500, "UGX", "UGX 1,500"),
        (12_345, "KWD", "KWD 12.345"),
        (12_345, "ZZZ", "ZZZ 123.45"),
    ],
)
def test_prices(amount: int, currency: str, said: str) -> None:
    assert str(price(amount, currency)) == said


@pytest.mark.parametrize(
    ("now", "before", "language", "said"),
    [
        (5990, 7990, "zh", ("7.5", "折")),
        (8000, 10000, "zh", ("8", "折")),
        (7001, 10000, "zh", ("7.1", "折")),
        (7500, 10000, "en", ("25%", "OFF")),
        (9900, 10000, "zh", None),
        (5990, None, "zh", None),
        (5990, 5990, "zh", None),
        (0, 100, "zh", None),
    ],
)
def test_reductions_never_promise_more_than_they_give(now, before, language, said) -> None:
    assert reduction(now, before, language) == said
