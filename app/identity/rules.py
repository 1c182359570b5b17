"""Phone numbers: one spelling inside (E.164), a masked one outside."""

import re
import unicodedata

PHONE_CHARS_MAX = 32

_SEPARATORS = re.compile(r"[ \t\u00a0().\-‐‑‒–]")
_CHINESE_MOBILE = re.compile(r"1[3-9][0-9]{9}\Z")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}\Z")


class PhoneRefused(ValueError):
    """Not a phone number we can send a code to; the message tells the caller why."""


def normalise_phone(written: str) -> str:
    """The E.164 form of a number: +8613812345678.

    Eleven digits that look like a Chinese mobile number get +86; everything else needs its
    country code, as `+` or `00`. Full-width digits and the usual separators are understood.
    Raises PhoneRefused.
    """
    if len(written) > PHONE_CHARS_MAX:
        raise PhoneRefused("A phone number has at most 15 digits")
    # NFKC turns full-width digits and the full-width plus of Chinese keyboards into ASCII
    digits = _SEPARATORS.sub("", unicodedata.normalize("NFKC", written))
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if _CHINESE_MOBILE.match(digits):
        return "+86" + digits
    if not digits.startswith("+"):
        raise PhoneRefused(
            "Write 11 digits of a Chinese mobile number, or + and the country code first"
        )
    if not _E164.match(digits):
        raise PhoneRefused("After + come the country code and the number: 7 to 15 digits")
    if digits.startswith("+86") and not _CHINESE_MOBILE.match(digits[3:]):
        raise PhoneRefused("After +86 comes a mobile number of 11 digits that starts with 13 to 19")
    return digits


def mask_phone(phone: str) -> str:
    """Enough to recognise one's own number: +86 138****5678, +44****5678."""
    if phone.startswith("+86") and len(phone) == 14:
        return f"+86 {phone[3:6]}****{phone[-4:]}"
    return f"{phone[:3]}****{phone[-2:]}"
