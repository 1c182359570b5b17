"""Each form's own rules: phrases, waves, following, pop-ups."""

import asyncio
from typing import Any

import pytest

from campaigns.ledger.interfaces import AccountKind
from games.claims.errors import CapReached, NotOpenYet, PacketOver
from games.claims.rules import stagger_of
from media.videos.interfaces import Original, Videos
from media.watching.repository import WatchRepository
from tests.games.conftest import EQUAL, Fair, soon


class TestPassphrase:
    RULES = {"form": "passphrase", "phrase": "新年 Happy", "split": EQUAL, "guessesMax": 3}

    async def test_whoever_says_it_in_any_writing_opens_a_share(self, fair: Fair):
        shop = await fair.rich_shop()
        packet_id = await fair.open(shop, self.RULES)
        late = await fair.town.shopper()
        ticket = (await fair.view(packet_id, late))["ticket"]
        for phrase in ("新年 Happy", "  新年ＨＡＰＰＹ", "新 年 happy"):
            who = await fair.town.shopper()
            assert (await fair.grab(packet_id, who, phrase=phrase))["outcome"] == "granted"
        told = await fair.grab(packet_id, late, ticket=ticket, phrase="新年happy")
        nothing = {"claim": None, "entry": None, "receipt": None}
        assert told == {"outcome": "sold_out", **nothing}

    async def test_the_phrase_is_told_to_nobody(self, fair: Fair):
        shop = await fair.rich_shop()
        ann = await fair.town.shopper()
        packet_id = await fair.open(shop, self.RULES)
        for path in (f"/v1/packets/{packet_id}", "/v1/packets"):
            answer = await fair.town.ask("GET", path, ann)
            assert "新年" not in answer.text
            assert "appy" not in answer.text

    async def test_guessing_ends_with_a_rest_also_for_the_right_phrase(self, fair: Fair):
        shop = await fair.rich_shop()
        ann, ben = await fair.town.shopper(), await fair.town.shopper()
        packet_id = await fair.open(shop, self.RULES)
        for phrase in ("x", None, "新年好"):
            body = {} if phrase is None else {"phrase": phrase}
            assert await fair.refused(packet_id, ann, **body) == "wrong_phrase"
        for phrase in ("x", "新年happy"):
            answer = await fair.ask_grab(packet_id, ann, phrase=phrase)
            assert (answer.status_code, answer.headers["retry-after"]) == (429, "600")
        assert (await fair.grab(packet_id, ben, phrase="新年happy"))["outcome"] == "granted"
        assert len(await fair.decisions(packet_id)) == 1

    async def test_wrong_phrases_in_bulk_cost_nobody_else_anything(self, fair: Fair):
        shop = await fair.rich_shop()
        ann, ben = await fair.town.shopper(), await fair.town.shopper()
        packet_id = await fair.open(shop, self.RULES)
        ticket = (await fair.view(packet_id, ann))["ticket"]
        answers = await asyncio.gather(
            *(fair.ask_grab(packet_id, ann, ticket=ticket, phrase=f"no {n}") for n in range(60))
        )
        codes = [answer.json()["code"] for answer in answers]
        assert codes.count("wrong_phrase") == 3
        assert codes.count("too_many_guesses") == 57
        assert (await fair.grab(packet_id, ben, phrase="新年happy"))["claim"]["share"] == 1

    async def test_a_winner_who_asks_again_is_answered_the_same_after_guesses_of_others(
        self, fair: Fair
    ):
        shop = await fair.rich_shop()
        ann = await fair.town.shopper()
        packet_id = await fair.open(shop, self.RULES)
        first = await fair.grab(packet_id, ann, phrase="新年happy")
        assert await fair.grab(packet_id, ann, phrase="新年 HAPPY") == first


def rain(*waves: tuple[int, int], count: int = 2, **more: Any) -> dict[str, Any]:
    split = {"form": "lucky", "count": count, "totalMinor": count * 100}
    return {
        "form": "rain",
        "waves": [{"afterSeconds": a, "lastsSeconds": n, "split": split} for a, n in waves],
        **more,
    }


class TestRain:
    async def test_each_wave_has_its_own_shares_and_time(self, fair: Fair):
        shop = await fair.rich_shop()
        packet_id = await fair.open(shop, rain((0, 20), (60, 20)), closesAt=soon(300))
        record = await fair.record(packet_id)
        first = await fair.give(record, 1)
        assert (await fair.give(record, 2)).share == 1
        assert await fair.give(record, 3) is None
        with pytest.raises(NotOpenYet):
            await fair.give(record, 1, wave=1)
        await fair.step(packet_id, 30)
        with pytest.raises(PacketOver):
            await fair.give(record, 4, wave=0)
        assert (await fair.give(record, 1, wave=0)).order == first.order
        await fair.step(packet_id, 31)
        second = await fair.give(record, 1)
        assert second.order != first.order
        assert (await fair.give(record, 3)).share == 1
        assert await fair.give(record, 4) is None
        await fair.town.settle()
        assert len(await fair.rows(packet_id)) == 4
        assert await fair.balance(AccountKind.ESCROW, record.id) == 0
        assert await fair.audit() == []

    async def test_nobody_gets_more_than_the_cap_over_all_waves(self, fair: Fair):
        shop = await fair.rich_shop()
        rules = rain((0, 20), (30, 20), (60, 20), count=50, cap=2)
        packet_id = await fair.open(shop, rules, closesAt=soon(300))
        record = await fair.record(packet_id)
        await fair.give(record, 1)
        await fair.step(packet_id, 31)
        grants = await asyncio.gather(*(fair.give(record, 1) for _ in range(50)))
        assert len({each.order for each in grants}) == 1
        await fair.step(packet_id, 30)
        with pytest.raises(CapReached):
            await fair.give(record, 1)
        await fair.town.settle()
        await fair.wipe_live()
        await fair.step(packet_id, 61)
        with pytest.raises(CapReached):
            await fair.give(record, 1)
        assert (await fair.give(record, 1, wave=0)).share == 0

    async def test_it_is_over_with_its_last_wave_and_its_money_returns_later(self, fair: Fair):
        shop = await fair.rich_shop(1_000)
        ann, ben = await fair.town.shopper(), await fair.town.shopper()
        packet_id = await fair.open(shop, rain((0, 20), (30, 20)), closesAt=soon(300))
        view = await fair.view(packet_id, ben)
        assert (view["status"], view["closesAt"]) == ("open", view["waves"][1]["closesAt"])
        await fair.grab(packet_id, ann)
        await fair.town.settle()
        await fair.step(packet_id, 51)
        assert await fair.refused(packet_id, ben, ticket=view["ticket"]) == "packet_over"
        view = await fair.view(packet_id, ben)
        assert (view["status"], view["ticket"]) == ("closed", None)
        assert (await fair.town.good("GET", "/v1/packets"))["items"] == []
        figures = await fair.figures(shop, packet_id)
        assert (figures["status"], figures["refunded"]) == ("closed", 0)
        path = f"/v1/brands/{shop.id}/packets/{packet_id}"
        managed = await fair.town.good("GET", path, shop.owner)
        assert managed["endsAt"] == view["closesAt"] < managed["closesAt"]
        await fair.sweep()
        left = figures["remaining"]
        assert (await fair.money(shop, packet_id))[1] == left > 0
        await fair.step(packet_id, 250)
        await fair.sweep()
        assert await fair.money(shop, packet_id) == [600 + left, 0]
        assert await fair.audit() == []

    async def test_it_is_sold_out_once_no_wave_to_come_has_anything(self, fair: Fair):
        """What nobody caught of a wave that is over helps nobody."""
        shop = await fair.rich_shop()
        packet_id = await fair.open(shop, rain((0, 20), (30, 20)), closesAt=soon(300))
        record = await fair.record(packet_id)

        async def told() -> tuple[str, list[bool], bool]:
            view = await fair.view(packet_id, None)
            (listed,) = (await fair.town.good("GET", "/v1/packets"))["items"]
            waves = [wave["soldOut"] for wave in view["waves"]]
            return view["status"], waves, listed["soldOut"]

        await fair.give(record, 1)
        assert await told() == ("open", [False, False], False)
        await fair.give(record, 2)
        assert await told() == ("open", [True, False], False)
        other = await fair.open(shop, rain((0, 20), (30, 20)), closesAt=soon(300))
        await fair.act(shop, packet_id, "end")
        packet_id, record = other, await fair.record(other)
        await fair.step(packet_id, 31)
        await fair.give(record, 1)
        assert await told() == ("open", [False, False], False)
        await fair.give(record, 2)
        assert await told() == ("sold_out", [False, True], True)
        assert (await fair.figures(shop, packet_id))["status"] == "sold_out"

    async def test_entry_is_staggered_and_the_server_keeps_to_it(self, fair: Fair):
        shop = await fair.rich_shop()
        rules = rain((0, 100), count=50, stagger_seconds=0) | {"staggerSeconds": 60}
        del rules["stagger_seconds"]
        packet_id = await fair.open(shop, rules, closesAt=soon(500))
        record = await fair.record(packet_id)
        delays = {n: stagger_of(record.id, 0, n, 60_000) for n in range(1, 5_000)}
        early = next(n for n, delay in delays.items() if delay < 500)
        late = next(n for n, delay in delays.items() if delay > 50_000)
        await fair.step(packet_id, 1)
        assert (await fair.give(record, early)).share == 0
        with pytest.raises(NotOpenYet):
            await fair.give(record, late)
        await fair.step(packet_id, 60)
        assert (await fair.give(record, late)).share == 1

    async def test_the_view_tells_each_shoppers_own_moment(self, fair: Fair):
        shop = await fair.rich_shop()
        ann = await fair.town.shopper()
        rules = rain((0, 100), (200, 100)) | {"staggerSeconds": 60}
        packet_id = await fair.open(shop, rules, opensAt=soon(30))
        waves = (await fair.view(packet_id, ann))["waves"]
        assert [wave["wave"] for wave in waves] == [0, 1]
        assert all(wave["opensAt"] <= wave["entersAt"] < wave["closesAt"] for wave in waves)
        assert await fair.refused(packet_id, ann, wave=2) == "packet_not_found"


class TestFollow:
    async def test_following_opens_it_and_a_later_unfollow_is_accepted(self, fair: Fair):
        shop = await fair.rich_shop()
        ann = await fair.town.shopper()
        packet_id = await fair.open(shop, {"form": "follow", "split": EQUAL})
        view = await fair.view(packet_id, ann)
        assert view["ticket"] is None
        wanted = {"kind": "follow", "targetId": str(shop.id), "atMs": None, "met": False}
        assert view["condition"] == wanted
        assert await fair.refused(packet_id, ann, ticket="") == "ticket_invalid"
        await fair.town.follow(ann, shop.id)
        view = await fair.view(packet_id, ann)
        assert view["condition"]["met"] is True
        assert view["ticketSeconds"] == 30
        await fair.town.good("DELETE", f"/v1/accounts/{shop.id}/follow", ann)
        won = await fair.grab(packet_id, ann, ticket=view["ticket"])
        assert won["outcome"] == "granted"
        assert (await fair.view(packet_id, ann))["mine"] == [won["claim"]]

    async def test_the_right_lasts_thirty_seconds(self, fair: Fair):
        shop = await fair.rich_shop()
        ann = await fair.town.shopper()
        packet_id = await fair.open(shop, {"form": "follow", "split": EQUAL})
        await fair.town.follow(ann, shop.id)
        ticket = (await fair.view(packet_id, ann))["ticket"]
        await fair.step(packet_id, 31)
        assert await fair.refused(packet_id, ann, ticket=ticket) == "ticket_expired"
        assert (await fair.grab(packet_id, ann))["outcome"] == "granted"


class TestWatch:
    async def test_it_opens_for_who_had_the_time_to_watch_so_far(self, fair: Fair):
        shop = await fair.rich_shop()
        ann, ben = await fair.town.shopper(), await fair.town.shopper()
        original = Original(
            path="x", bytes=1, hash="0" * 64, owner_id=int(shop.id), by_shopper=False
        )
        async with fair.house.database.transaction() as tx:
            video = await fair.house.doors.get(Videos).create(tx, original, "A film")
        rules = {"form": "watch", "split": EQUAL, "videoId": str(video), "atMs": 20_000}
        packet_id = await fair.open(shop, rules)
        watched = WatchRepository()
        async with fair.house.database.transaction() as tx:
            await watched.add_credit(tx.session, ann.id, video, 18_999)
            await watched.add_credit(tx.session, ben.id, video + 1, 60_000)
        asked = {"kind": "watch", "targetId": str(video), "atMs": 20_000, "met": False}
        for who in (ann, ben):
            view = await fair.view(packet_id, who)
            assert (view["condition"], view["ticket"]) == (asked, None)
            assert await fair.refused(packet_id, who, ticket="") == "ticket_invalid"
        async with fair.house.database.transaction() as tx:
            await watched.add_credit(tx.session, ann.id, video, 1)
        assert (await fair.view(packet_id, ann))["condition"] == {**asked, "met": True}
        assert (await fair.grab(packet_id, ann))["outcome"] == "granted"
        assert (await fair.view(packet_id, ben))["ticket"] is None


class TestPopUp:
    async def test_it_pops_up_once_while_it_is_open(self, fair: Fair):
        shop = await fair.rich_shop()
        ann, ben = await fair.town.shopper(), await fair.town.shopper()
        path = f"/v1/brands/{shop.id}/pop-up"
        assert (await fair.town.good("GET", path, ann))["packet"] is None
        await fair.open(shop)
        await fair.open(shop, {"form": "popup", "split": EQUAL}, opensAt=soon(500))
        packet_id = await fair.open(shop, {"form": "popup", "split": EQUAL})
        shown = (await fair.town.good("GET", path, ann))["packet"]
        assert shown["id"] == packet_id
        await fair.grab(packet_id, ann, ticket=shown["ticket"])
        assert (await fair.town.good("GET", path, ann))["packet"] is None
        assert (await fair.town.good("GET", path, ben))["packet"]["id"] == packet_id
        assert (await fair.town.good("GET", path))["packet"]["ticket"] is None


async def test_packets_are_listed_by_form(fair: Fair):
    shop, other = await fair.rich_shop(), await fair.rich_shop()
    plain, popup = await fair.open(shop), await fair.open(shop, {"form": "popup", "split": EQUAL})
    elsewhere = await fair.open(other)
    path = f"/v1/packets?brandId={shop.id}"
    listed = await fair.town.good("GET", f"{path}&limit=1")
    assert [each["id"] for each in listed["items"]] == [popup]
    rest = await fair.town.good("GET", f"{path}&cursor={listed['nextCursor']}")
    assert [each["id"] for each in rest["items"]] == [plain]
    equal = await fair.town.good("GET", "/v1/packets?form=equal")
    assert [each["id"] for each in equal["items"]] == [elsewhere, plain]


class TestAttached:
    async def test_a_post_carries_a_scheduled_packet_of_its_brand(self, fair: Fair):
        shop, other = await fair.rich_shop(), await fair.rich_shop()
        ann = await fair.town.shopper()
        packet_id = await fair.open(shop, {"form": "attached", "split": EQUAL})
        carried = {"type": "packet", "packetId": packet_id}
        post = await fair.town.post(shop.owner, accountId=shop.id, attachment=carried)
        item = await fair.town.good("GET", f"/v1/posts/{post['post']['id']}", ann)
        card = item["post"]["attachment"]
        assert (card["type"], card["id"], card["count"]) == ("packet", packet_id, 3)
        won = await fair.grab(card["id"], ann)
        assert won["outcome"] == "granted"
        draft = await fair.draft(shop)
        foreign = await fair.open(other)
        for wrong in (draft, foreign, "4711"):
            body = {
                "kind": "news",
                "text": "x",
                "accountId": str(shop.id),
                "attachment": {"type": "packet", "packetId": wrong},
            }
            answer = await fair.town.ask("POST", "/v1/posts", shop.owner, json=body)
            assert answer.status_code == 400
            assert answer.json()["errors"][0]["pointer"] == "/attachment/packetId"
        body = {"kind": "news", "text": "x", "attachment": carried}
        answer = await fair.town.ask("POST", "/v1/posts", ann, json=body)
        assert answer.status_code == 400
