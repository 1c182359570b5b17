"""Bodies of signing in and out."""

from typing import Annotated

import msgspec

from app.identity.schemas import PhoneText
from app.identity.sessions.rules import DEVICE_NAME_CHARS_MAX, TOKEN_CHARS_MAX
from app.identity.shoppers.interfaces import Me
from app.kernel.structs import Id, Input, Timestamp, View


class SignIn(Input):
    """A phone, and the code that was sent to it."""

    phone: PhoneText
    code: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}$", examples=["042042"])]
    device_name: Annotated[str, msgspec.Meta(max_length=DEVICE_NAME_CHARS_MAX)] = ""
    """How the device is called in the list of devices."""


class RefreshRequest(Input):
    """The refresh token received last."""

    refresh_token: Annotated[str, msgspec.Meta(min_length=1, max_length=TOKEN_CHARS_MAX)]


class Tokens(View):
    """Send the access token with each request; exchange the refresh token once, for the next."""

    access_token: str
    access_expires_at: Timestamp
    refresh_token: str


class SignedIn(Tokens):
    """Welcome, or welcome back."""

    shopper: Me
    is_new: bool


class Device(View):
    """A sign-in, as its owner sees it."""

    id: Id
    device_name: str
    created_at: Timestamp
    last_seen_at: Timestamp
    current: bool
    """Whether it is the one that asks."""
