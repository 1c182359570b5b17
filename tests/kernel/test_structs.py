"""Bodies: ids as strings, moments with milliseconds, unknown fields refused."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.structs import (
    ID_MAX,
    Id,
    Input,
    Timestamp,
    View,
    decode_json,
    encode_json,
)

NOT_IDS = ["12", '"0"', '"-1"', '"1.5"', '""', '" 1"', '"１２"', f'"{ID_MAX + 1}"', f'"{9:9>30}"']
NOT_MOMENTS = [
    '"yesterday"',
    '"2026-11-11T00:00:00"',
    "5",
    '"0001-01-01T00:00:00+23:59"',
    f'"{1:1>99}"',
]


class Thing(View):
    thing_id: Id
    made_at: Timestamp


class ThingInput(Input):
    thing_id: Id | None = None
    made_at: Timestamp | None = None


@given(st.integers(1, ID_MAX), st.datetimes(datetime(1980, 1, 1), datetime(2200, 1, 1)))
def test_what_goes_out_comes_in_again(number: int, moment: datetime) -> None:
    thing = Thing(thing_id=Id(number), made_at=Timestamp.of(moment.replace(tzinfo=UTC)))
    body = encode_json(thing)
    assert f'"thingId":"{number}"'.encode() in body
    again = decode_json(body, ThingInput)
    assert again.thing_id == number
    assert again.made_at == thing.made_at


def test_times_have_milliseconds_and_a_z() -> None:
    moment = Timestamp.of(datetime(2026, 11, 11, 0, 0, 0, 123_999, UTC))
    assert encode_json([moment]) == b'["2026-11-11T00:00:00.123Z"]'
    assert encode_json([Timestamp(1, 1, 1, tzinfo=UTC)]) == b'["0001-01-01T00:00:00.000Z"]'


@pytest.mark.parametrize("value", NOT_IDS)
def test_what_is_not_an_id_is_refused(value: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode_json(f'{{"thingId":{value}}}', ThingInput)


@pytest.mark.parametrize("value", NOT_MOMENTS)
def test_what_is_not_a_moment_is_refused(value: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode_json(f'{{"madeAt":{value}}}', ThingInput)


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        decode_json('{"thingid":"5"}', ThingInput)


@pytest.mark.parametrize("body", [b'{"thingId":"\xff"}', b"[" * 100_000, b'{"thingId":' * 50_000])
def test_what_is_no_json_at_all_is_refused_like_what_is_nearly_json(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_json(body, ThingInput)
