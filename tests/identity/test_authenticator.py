"""What sockets ask of the authenticator besides who is calling."""

from collections.abc import Callable

import pytest

from app.identity.errors import TokenInvalid
from app.kernel.actors import Actor, ActorKind, Authenticator
from app.kernel.house import House
from tests.identity.people import Door


class TestSockets:
    async def test_they_are_told_whom_to_send_away(self, door: Door, house: House) -> None:
        authenticator = house.doors.get(Authenticator)
        person, stranger = await door.sign_in(), await door.sign_in()
        leaves = await authenticator.authenticate(f"Bearer {person.access}")
        stays = await authenticator.authenticate(f"Bearer {stranger.access}")
        told: list[Callable[[Actor], bool]] = []
        authenticator.on_revoked(told.append)

        await door.client.delete("/v1/auth/sessions/current", headers=person.auth)

        assert [(test(leaves), test(stays)) for test in told] == [(True, False)]

    async def test_they_know_when_a_token_ends(self, door: Door, house: House) -> None:
        authenticator = house.doors.get(Authenticator)
        person = await door.sign_in()

        ends = authenticator.expires_seconds(f"Bearer {person.access}")

        assert ends is not None
        assert 0 < ends - house.clock.now_seconds() <= house.settings.access_token_seconds
        assert authenticator.expires_seconds("Bearer sk_live_whatever") is None
        with pytest.raises(TokenInvalid):
            authenticator.expires_seconds("Bearer nothing")

    async def test_a_bad_token_is_an_error_even_where_none_is_needed(self, door: Door) -> None:
        anonymous = await door.client.get("/v1/brands")
        bad = await door.client.get("/v1/brands", headers={"authorization": "Bearer nothing"})

        assert (anonymous.status_code, bad.status_code) == (200, 401)


def test_a_key_is_no_shopper() -> None:
    assert Actor(kind=ActorKind.KEY, id=7).shopper_id is None
    assert Actor(kind=ActorKind.MEMBER, id=7).shopper_id == 7
