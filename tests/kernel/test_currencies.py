"""Only currencies that there are come in, and clients know their minor units."""

import re
from pathlib import Path

import msgspec
import pytest

from app.kernel.currencies import MINOR_DIGITS
from app.kernel.money import Price
from app.kernel.structs import decode_json, encode_json

CLIENT = Path(__file__).parents[2] / "app/web/play/src/i18n/currencies.ts"


@pytest.mark.parametrize(("code", "digits"), [("CNY", 2), ("JPY", 0), ("KWD", 3), ("IDR", 2)])
def test_minor_units_are_those_of_the_standard(code: str, digits: int) -> None:
    assert MINOR_DIGITS[code] == digits


@pytest.mark.parametrize("code", ["ZZZ", "cny", "CN", "CNYY", "XAU", "", "１23", "CNY\n"])
def test_what_is_no_currency_does_not_come_in(code: str) -> None:
    body = encode_json({"amountMinor": 1, "currency": code})
    with pytest.raises(msgspec.ValidationError, match=r"ISO 4217.*\$\.currency"):
        decode_json(body, Price)


def test_what_comes_in_goes_out_as_it_was() -> None:
    body = b'{"amountMinor":1,"currency":"CNY"}'
    assert encode_json(decode_json(body, Price)) == body


def test_the_client_writes_amounts_by_the_same_list() -> None:
    found = re.findall(r"^  ([A-Z]{3}): (\d),$", CLIENT.read_text(), re.M)
    unusual = {code: digits for code, digits in MINOR_DIGITS.items() if digits != 2}
    assert {code: int(digits) for code, digits in found} == unusual
