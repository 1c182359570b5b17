"""Profiles, and what is told to others about them."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.identity.events import ShopperChanged, ShopperRegistered
from app.identity.interfaces import ShopperRegistry
from app.identity.shoppers import rules
from app.kernel.database import Transaction
from app.kernel.house import House
from tests.identity.people import Door, new_phone


async def patch(door: Door, auth: dict[str, str], **body: object):
    return await door.client.patch("/v1/me", json=body, headers=auth)


class TestNewcomers:
    async def test_a_newcomer_is_announced_in_the_same_transaction(
        self, door: Door, house: House
    ) -> None:
        told: list[ShopperRegistered] = []

        async def note(_tx: Transaction, fact: ShopperRegistered) -> None:
            told.append(fact)

        house.events.subscribe(ShopperRegistered, note)
        person = await door.sign_in()

        assert told == [ShopperRegistered(person.id, person.answer["shopper"]["name"])]

    async def test_when_a_listener_fails_nobody_is_registered_and_the_code_still_opens(
        self, door: Door, house: House
    ) -> None:
        failing = [True]

        async def fail(_tx: Transaction, _fact: ShopperRegistered) -> None:
            if failing:
                raise RuntimeError

        house.events.subscribe(ShopperRegistered, fail)
        phone = new_phone()
        await door.ask(phone)
        assert (await door.enter(phone, door.code_for(phone))).status_code == 500
        failing.clear()

        entered = await door.enter(phone, door.code_for(phone))

        assert entered.status_code == 201
        assert entered.json()["isNew"] is True

    async def test_the_name_is_in_the_language_of_the_phone(self, door: Door) -> None:
        english = await door.sign_in(headers={"accept-language": "en-GB,en;q=0.9"})
        chinese = await door.sign_in(headers={"accept-language": "zh-CN,zh;q=0.9,en;q=0.8"})

        assert re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+ \d{4}", english.answer["shopper"]["name"])
        assert re.fullmatch(r"[一-鿿]{4,8} \d{4}", chinese.answer["shopper"]["name"])

    async def test_the_account_has_the_shoppers_id(self, door: Door) -> None:
        shopper = (await door.sign_in()).answer["shopper"]

        assert shopper["accountId"] == shopper["id"]
        assert shopper["avatar"] is None
        assert (shopper["bio"], shopper["locale"]) == ("", None)

    async def test_the_demo_registers_without_codes(self, house: House, door: Door) -> None:
        registry, phone = house.doors.get(ShopperRegistry), new_phone()
        async with house.database.transaction() as tx:
            made = await registry.register(tx, "+86" + phone, name="阿明")
        async with house.database.transaction() as tx:
            again = await registry.register(tx, "+86" + phone, name="another")

        person = await door.sign_in(phone)
        assert made == again == person.id
        assert person.answer["shopper"]["name"] == "阿明"
        assert person.answer["isNew"] is False


class TestChanging:
    async def test_what_is_left_out_stays(self, door: Door) -> None:
        person = await door.sign_in()
        before = person.answer["shopper"]

        changed = await patch(door, person.auth, bio="早起喝茶\n晚上看书", locale="en")

        assert changed.status_code == 200
        assert changed.json() == before | {"bio": "早起喝茶\n晚上看书", "locale": "en"}
        back = await patch(door, person.auth, locale=None)
        assert back.json()["locale"] is None
        assert back.json()["bio"] == "早起喝茶\n晚上看书"

    async def test_a_change_is_told_to_whoever_shows_it(self, door: Door, house: House) -> None:
        told: list[ShopperChanged] = []

        async def note(_tx: Transaction, fact: ShopperChanged) -> None:
            told.append(fact)

        house.events.subscribe(ShopperChanged, note)
        person = await door.sign_in()
        await patch(door, person.auth, name="  小 林  ")
        await patch(door, person.auth, name="小 林")
        await patch(door, person.auth, locale="en")

        assert told == [ShopperChanged(person.id, "小 林", "", None)]

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"name": ""}, "/name"),
            ({"name": "   "}, "/name"),
            ({"name": "x" * 41}, "/name"),
            ({"name": "a\u202eb"}, "/name"),
            ({"name": "a\u0000b"}, "/name"),
            ({"name": "!!!"}, "/name"),
            ({"name": None}, "/name"),
            ({"bio": "x" * 201}, "/bio"),
            ({"bio": "a\u0000b"}, "/bio"),
            ({"locale": "fr"}, "/locale"),
            ({"avatarImageId": "123"}, "/avatarImageId"),
            ({"avatarImageId": 123}, "/avatarImageId"),
            ({"avatarImageId": "x"}, "/avatarImageId"),
        ],
    )
    async def test_bad_values_are_named_and_change_nothing(self, door: Door, body, pointer) -> None:
        person = await door.sign_in()

        answer = await patch(door, person.auth, **body)

        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == pointer
        me = await door.client.get("/v1/me", headers=person.auth)
        assert me.json() == person.answer["shopper"]

    async def test_an_unknown_field_is_refused(self, door: Door) -> None:
        person = await door.sign_in()

        assert (await patch(door, person.auth, phone="13800138000")).status_code == 400


class TestAvatars:
    async def test_a_picture_of_ones_own_becomes_the_face(self, door: Door) -> None:
        person, stranger = await door.sign_in(), await door.sign_in()
        drawn = io.BytesIO()
        Image.new("RGB", (320, 320), "teal").save(drawn, "PNG")
        uploaded = await door.client.post(
            "/v1/images", files={"file": ("face.png", drawn.getvalue())}, headers=person.auth
        )
        image = uploaded.json()

        assert (await patch(door, stranger.auth, avatarImageId=image["id"])).status_code == 400
        changed = await patch(door, person.auth, avatarImageId=image["id"])

        assert changed.json()["avatar"] == image
        gone = await patch(door, person.auth, avatarImageId=None)
        assert gone.json()["avatar"] is None


class TestNames:
    @given(st.integers(0, 10**6), st.booleans())
    def test_every_newcomers_name_is_a_good_name(self, seed: int, chinese: bool) -> None:
        name = rules.newcomer_name(lambda below: seed % below, chinese=chinese)

        assert rules.tidy_name(name) == name
        assert len(name) <= rules.NAME_CHARS_MAX

    @given(st.text(max_size=60))
    def test_a_tidy_name_stays_as_it_is(self, text: str) -> None:
        try:
            name = rules.tidy_name(text)
        except ValueError:
            return
        assert rules.tidy_name(name) == name
        assert name.strip() == name != ""

    def test_a_family_of_emoji_is_a_name(self) -> None:
        assert rules.tidy_name("👨‍👩‍👧 小林") == "👨‍👩‍👧 小林"
