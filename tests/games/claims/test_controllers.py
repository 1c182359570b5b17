"""Whatever callers send: clear problems, and nothing changed."""

import pytest

from tests.games.conftest import EQUAL, Fair, soon
from tests.servers import Servers, Valkeys


@pytest.fixture
def valkeys(servers: Servers) -> Valkeys:
    """Single servers: what callers send is judged before they are asked."""
    return servers.singles


class TestCallers:
    async def test_a_guessed_id_opens_nothing(self, fair: Fair):
        shop = await fair.rich_shop()
        ann = await fair.town.shopper()
        packet_id = await fair.open(
            shop, EQUAL, opensAt=soon(50), closesAt=soon(200), announcedAt=soon(40)
        )
        answer = await fair.town.ask("GET", f"/v1/packets/{packet_id}", ann)
        assert answer.status_code == 404
        assert await fair.refused(packet_id, ann, ticket="x") == "packet_not_found"
        assert (await fair.town.good("GET", "/v1/packets"))["items"] == []
        await fair.step(packet_id, 41)
        listed = await fair.town.good("GET", "/v1/packets")
        assert [each["id"] for each in listed["items"]] == [packet_id]
        assert (await fair.view(packet_id, ann))["ticket"]
        await fair.step(packet_id, 12)
        for wrong in ("", "guess", "A" * 64):
            assert await fair.refused(packet_id, ann, ticket=wrong) == "ticket_invalid"
        assert await fair.refused(packet_id, ann, ticket="A" * 161) == "invalid"

    async def test_crowds_look_without_sql(self, fair: Fair):
        shop = await fair.rich_shop()
        ann, ben = await fair.town.shopper(), await fair.town.shopper()
        packet_id = await fair.open(shop, EQUAL, opensAt=soon(50), closesAt=soon(200))
        assert await fair.statements(packet_id, ann) == 0
        await fair.step(packet_id, 51)
        won = await fair.grab(packet_id, ann)
        assert await fair.statements(packet_id, ann) == 0
        assert (await fair.view(packet_id, ann))["mine"] == [won["claim"]]
        await fair.town.settle()
        await fair.wipe_live()
        assert await fair.statements(packet_id, ann) > 0
        assert (await fair.view(packet_id, ann))["mine"] == [won["claim"]]
        assert (await fair.view(packet_id, ben))["mine"] == []

    async def test_a_ticket_is_ones_own_and_for_one_packet(self, fair: Fair):
        shop = await fair.rich_shop()
        ann, ben = await fair.town.shopper(), await fair.town.shopper()
        one, other = await fair.open(shop), await fair.open(shop)
        ticket = (await fair.view(one, ann))["ticket"]
        assert await fair.refused(one, ben, ticket=ticket) == "ticket_invalid"
        assert await fair.refused(other, ann, ticket=ticket) == "ticket_invalid"
        for place in (0, 20, 40):
            changed = ticket[:place] + ("A" if ticket[place] != "A" else "B") + ticket[place + 1 :]
            assert await fair.refused(one, ann, ticket=changed) == "ticket_invalid"
        assert await fair.rows(one) == []
        assert (await fair.view(one, None))["ticket"] is None

    async def test_bodies_of_every_sort_are_clear_problems(self, fair: Fair):
        shop = await fair.rich_shop()
        ann = await fair.town.shopper()
        packet_id = await fair.open(shop)
        path = f"/v1/packets/{packet_id}/grab"
        for body in (b"", b"{", b"[]", b"{}", b'{"ticket":1}', b'{"ticket":"x","more":1}'):
            answer = await fair.town.ask("POST", path, ann, content=body)
            assert answer.status_code == 400, (body, answer.text)
            assert answer.json()["code"] == "invalid"
        answer = await fair.town.ask("POST", path, json={"ticket": "x"})
        assert answer.status_code == 401
        key = await fair.town.key(shop, live=True)
        answer = await fair.town.ask("POST", path, key, json={"ticket": "x"})
        assert answer.status_code == 403
        assert (await fair.view(packet_id, ann))["mine"] == []

    async def test_a_process_that_has_not_heard_gives_no_money(
        self, fair: Fair, monkeypatch: pytest.MonkeyPatch
    ):
        shop = await fair.rich_shop()
        ann = await fair.town.shopper()
        packet_id = await fair.open(shop)
        ticket = (await fair.view(packet_id, ann))["ticket"]
        monkeypatch.setattr(type(fair.house.changes), "stale_seconds", 11.0)
        answer = await fair.ask_grab(packet_id, ann, ticket=ticket)
        assert answer.status_code == 503
