"""The two kinds of JSON bodies, and the one way they are encoded.

Ids are 64-bit integers inside and strings outside, because JavaScript numbers lose precision
beyond 2^53. Times are RFC 3339 in UTC with milliseconds.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from litestar.params import PathParameter

from app.kernel.currencies import MINOR_DIGITS

T = TypeVar("T")

ID_MAX = 2**63 - 1


class Id(int):
    """A 64-bit, time-ordered id: an `int` in Python, a string of digits in JSON."""

    __slots__ = ()


class Timestamp(datetime):
    """A moment in UTC; in JSON with exactly milliseconds: 2026-11-11T00:00:00.000Z."""

    __slots__ = ()

    @classmethod
    def of(cls, moment: datetime) -> "Timestamp":
        """The same moment, cut to milliseconds."""
        m = moment.astimezone(UTC)
        milli = m.microsecond // 1000 * 1000
        return cls(m.year, m.month, m.day, m.hour, m.minute, m.second, milli, UTC)

    def __str__(self) -> str:
        # strftime has no zeros before the years of the first millennium
        return f"{self.year:04d}{self:-%m-%dT%H:%M:%S}.{self.microsecond // 1000:03d}Z"


class Currency(str):
    """A currency's code of ISO 4217, in capitals. Only what comes in is checked: what was booked
    stays readable."""

    __slots__ = ()


SCALARS = (Id, Timestamp, Currency)
"""What `encode_hook` and `decode_hook` know."""

PathId = Annotated[int, PathParameter(ge=1, le=ID_MAX, description="A 64-bit id")]
"""An id in a path. What is out of range cannot exist, and never reaches SQL."""


class View(msgspec.Struct, rename="camel", kw_only=True):
    """A body that goes out."""


class Input(msgspec.Struct, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A body that comes in: unknown fields are refused, so that a typo never passes silently."""


class Page(View, Generic[T]):
    """One page of a list; `next_cursor` is None on the last."""

    items: list[T]
    next_cursor: str | None = None


def encode_hook(value: object) -> object:
    """What msgspec does not know, written as strings."""
    if isinstance(value, SCALARS):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def decode_hook(type_: type, value: object) -> object:
    """The inverse of `encode_hook`. Raises ValueError in words for the caller."""
    if issubclass(type_, Id):
        # bool is an int, "１" is a digit for str.isdigit: accept ASCII digits only
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19:
            number = int(value)
            if 1 <= number <= ID_MAX:
                return Id(number)
        raise ValueError("Expected an id: a string of digits")
    if issubclass(type_, Currency):
        if isinstance(value, str) and value in MINOR_DIGITS:
            return Currency(value)
        raise ValueError("Expected a currency of ISO 4217, such as CNY")
    if issubclass(type_, Timestamp):
        if not isinstance(value, str) or len(value) > 40:
            raise ValueError("Expected an RFC 3339 time with an offset")
        try:
            moment = msgspec.convert(value, datetime)
        except msgspec.ValidationError:
            raise ValueError("Expected an RFC 3339 time with an offset") from None
        if moment.tzinfo is None:
            raise ValueError("Expected a time with an offset, for example 2026-11-11T00:00:00Z")
        try:
            return Timestamp.of(moment)
        except OverflowError:
            raise ValueError("This time is out of range") from None
    raise TypeError(f"{type_.__name__} has no JSON form")


NOT_JSON = (UnicodeDecodeError, RecursionError)
"""What msgspec's decoders raise beside their own errors: bytes that are no UTF-8, nesting without
end."""

_encoder = msgspec.json.Encoder(enc_hook=encode_hook)


def encode_json(value: object) -> bytes:
    """The JSON of any View, list or dict of them."""
    return _encoder.encode(value)


def decode_json(data: bytes | str, type_: type[T]) -> T:
    """Parse and validate. Raises msgspec.ValidationError or msgspec.DecodeError."""
    try:
        return msgspec.json.decode(data, type=type_, dec_hook=decode_hook)
    except NOT_JSON as error:
        raise msgspec.DecodeError(str(error)) from None


def to_builtins(value: object) -> Any:
    """The value as dicts, lists and strings, as JSON would carry it."""
    return msgspec.to_builtins(value, enc_hook=encode_hook)
