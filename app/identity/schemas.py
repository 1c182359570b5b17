"""What the bodies of several rooms share: a phone number as people write it."""

from typing import Annotated

import msgspec

from app.identity.rules import PHONE_CHARS_MAX, PhoneRefused, normalise_phone
from app.kernel.errors import Invalid

PhoneText = Annotated[
    str,
    msgspec.Meta(
        min_length=5,
        max_length=PHONE_CHARS_MAX,
        description="11 digits of a Chinese mobile number, or + and the country code first",
        examples=["13800138000", "+447700900123"],
    ),
]


def phone_of(written: str, pointer: str = "/phone") -> str:
    """The number in E.164. Raises Invalid with the reason."""
    try:
        return normalise_phone(written)
    except PhoneRefused as refusal:
        raise Invalid.field(pointer, str(refusal)) from None
