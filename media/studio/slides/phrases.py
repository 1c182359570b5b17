"""The words on slides that are ours, and prices as shops write them."""

from typing import Final, NamedTuple

from app.kernel.currencies import MINOR_DIGITS

_SIGNS: Final = {"CNY": "¥", "JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$"}
_DIGITS: Final = 2
"""Of the minor unit of a currency that is none of ISO 4217."""

CALL: Final = {"zh": "点商品卡，马上带走", "en": "Tap a product to buy"}
CLOSING: Final = {"zh": "本期好物", "en": "In this film"}


class Price(NamedTuple):
    """In three sizes: the sign, what counts, and the rest."""

    sign: str
    whole: str
    rest: str

    def __str__(self) -> str:
        return "".join(self)


def price(amount_minor: int, currency: str) -> Price:
    """¥1,299 or ¥59.90; decimals only where there are some."""
    sign = _SIGNS.get(currency, f"{currency} ")
    digits = MINOR_DIGITS.get(currency, _DIGITS)
    whole, rest = divmod(amount_minor, 10**digits)
    return Price(sign, f"{whole:,}", f".{rest:0{digits}d}" if rest else "")


def reduction(now_minor: int, before_minor: int | None, language: str) -> tuple[str, str] | None:
    """How a price has fallen, as a large and a small word: `7.5` `折`, or `-25%` and `off`. None
    where that would say nothing."""
    if before_minor is None or not 0 < now_minor < before_minor:
        return None
    if language == "zh":
        # rounded up: a shop never promises more than it gives
        tenths = -(-now_minor * 100 // before_minor)
        if not 10 <= tenths <= 95:
            return None
        return (f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)), "折"
    percent = (before_minor - now_minor) * 100 // before_minor
    return (f"{percent}%", "OFF") if percent >= 5 else None
