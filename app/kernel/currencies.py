"""The currencies of ISO 4217, as its maintenance agency lists them."""

from collections.abc import Mapping
from typing import Final

from iso4217 import Currency

TESTS: Final = "XTS"
"""The code that is kept for tests; rehearsals pay in it."""

MINOR_DIGITS: Final[Mapping[str, int]] = {
    each.code: each.exponent for each in Currency if each.exponent is not None
} | {TESTS: 2}
"""By code, how many decimal digits the minor unit has: 2 for CNY, 0 for JPY, 3 for KWD. What has
no minor unit, such as gold, is no money here."""
