"""From a phone number to a profile."""

from tests.identity.conftest import Door


class TestSigningIn:
    async def test_a_newcomer_is_known_afterwards(self, door: Door) -> None:
        person = await door.sign_in("13912345678")

        me = await door.client.get("/v1/me", headers=person.auth)

        assert me.status_code == 200
        assert me.json() == person.answer["shopper"]
        assert me.json()["phoneMasked"] == "+86 139****5678"
        assert person.answer["isNew"] is True
