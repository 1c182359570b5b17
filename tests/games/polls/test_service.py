"""Polls through the API, on a real PostgreSQL."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from app.identity.interfaces import Role
from games.polls.showing import board
from tests.factories.town import Resident, Shop, Town
from tests.games.conftest import soon
from tests.games.polls.conftest import AT_ONCE

ASKED: dict[str, Any] = {"question": "今晚先吃哪一碗？", "options": ["牛肉面", "凉面", "馄饨"]}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Viewers see each vote at once: no test waits for a copy to grow old."""
    monkeypatch.setattr(board, "FRESH_SECONDS", 0.0)


async def ask(town: Town, shop: Shop, who: Resident | None = None, **more: Any) -> dict[str, Any]:
    body = {**ASKED, "closesAt": soon(600), **more}
    path = f"/v1/brands/{shop.id}/polls"
    return await town.good("POST", path, who or shop.owner, json=body)


async def vote(town: Town, poll: dict[str, Any], who: Resident, place: int = 0) -> Any:
    """The answer of a vote, whatever it is."""
    body = {"optionId": poll["options"][place]["id"]}
    return await town.ask("POST", f"/v1/polls/{poll['id']}/votes", who, json=body)


async def seen(town: Town, poll: dict[str, Any], who: Resident | None = None) -> dict[str, Any]:
    return await town.good("GET", f"/v1/polls/{poll['id']}", who)


async def managed(town: Town, shop: Shop, poll: dict[str, Any]) -> dict[str, Any]:
    return await town.good("GET", f"/v1/brands/{shop.id}/polls/{poll['id']}", shop.owner)


async def act(town: Town, shop: Shop, poll: dict[str, Any], method: str, **options: Any) -> Any:
    """The answer of a change, whatever it is."""
    way = options.pop("way", "")
    path = f"/v1/brands/{shop.id}/polls/{poll['id']}{way}"
    return await town.ask(method, path, options.pop("who", shop.owner), **options)


async def pass_by(town: Town, poll: dict[str, Any], seconds: int) -> None:
    """As if so much time had passed for a poll."""
    async with town.house.database.transaction() as tx:
        moved = (
            "UPDATE polls SET opens_at = opens_at - make_interval(secs => :by),"
            " closes_at = closes_at - make_interval(secs => :by) WHERE id = :id"
        )
        await tx.session.execute(text(moved), {"by": seconds, "id": int(poll["id"])})


async def rows(town: Town, poll: dict[str, Any]) -> Counter[str]:
    """The votes themselves, by option."""
    async with town.house.database.reading() as session:
        statement = text("SELECT option_id FROM poll_votes WHERE poll_id = :id")
        found = await session.execute(statement, {"id": int(poll["id"])})
        return Counter(str(option) for (option,) in found)


async def audit(town: Town) -> list[str]:
    (found,) = [w.audits["polls"] for w in town.composed.wirings if "polls" in w.audits]
    return list(await found())


def numbers(view: dict[str, Any]) -> list[int] | None:
    return view["counts"] and [each["votes"] for each in view["counts"]]


def pointers(answer: Any) -> list[str]:
    assert answer.status_code == 400, answer.text
    return [each["pointer"] for each in answer.json()["errors"]]


class TestVoting:
    async def test_the_first_vote_stands(self, town: Town) -> None:
        shop, ann, bob = await town.shop(), await town.shopper(), await town.shopper()
        poll = await ask(town, shop)
        first = (await vote(town, poll, ann, 1)).json()
        assert first["myOptionId"] == poll["options"][1]["id"]
        assert (numbers(first), first["votes"]) == ([0, 1, 0], 1)
        for place in (0, 1, 2):
            again = await vote(town, poll, ann, place)
            assert (again.status_code, again.json()) == (200, first)
        strange = {"optionId": "4711"}
        path = f"/v1/polls/{poll['id']}/votes"
        assert pointers(await town.ask("POST", path, ann, json=strange)) == ["/optionId"]
        assert numbers((await vote(town, poll, bob, 0)).json()) == [1, 1, 0]
        assert numbers(await seen(town, poll, ann)) == [1, 1, 0]
        assert [each["percent"] for each in (await seen(town, poll, ann))["counts"]] == [50, 50, 0]
        assert await audit(town) == []

    async def test_two_hundred_votes_of_fifty_shoppers_are_fifty(self, town: Town) -> None:
        shop = await town.shop()
        poll, other = await ask(town, shop), await ask(town, shop)
        people = [await town.shopper() for _ in range(50)]
        room = asyncio.Semaphore(AT_ONCE)

        async def one(who: Resident, place: int) -> Any:
            async with room:
                return await vote(town, poll, who, place)

        votes = [one(who, n % 3) for who in people for n in range(4)]
        answers = await asyncio.gather(*votes, vote(town, other, people[0]))
        assert {each.status_code for each in answers} == {200}
        told: dict[int, set[str]] = {}
        for number, each in enumerate(answers[:-1]):
            told.setdefault(number // 4, set()).add(each.json()["myOptionId"])
        assert all(len(each) == 1 for each in told.values()), "a shopper was told two answers"
        kept = await rows(town, poll)
        assert kept.total() == 50
        assert kept == Counter(option for (option,) in told.values())
        figures = await managed(town, shop, poll)
        assert {e["optionId"]: e["votes"] for e in figures["counts"] if e["votes"]} == dict(kept)
        assert figures["votes"] == 50
        assert await audit(town) == []

    async def test_nothing_counts_after_the_closing_said_so(self, town: Town) -> None:
        shop = await town.shop()
        poll = await ask(town, shop, results="always")
        people = [await town.shopper() for _ in range(20)]

        async def close() -> dict[str, Any]:
            return (await act(town, shop, poll, "POST", way="/close")).json()

        some = [vote(town, poll, who) for who in people[:10]]
        rest = [vote(town, poll, who) for who in people[10:]]
        *answers, closed = await asyncio.gather(*some, *rest, close())
        statuses = Counter(each.status_code for each in answers)
        assert set(statuses) <= {200, 409}
        assert {e.json()["code"] for e in answers if e.status_code == 409} <= {"poll_closed"}
        assert closed["state"] == "closed"
        assert closed["votes"] == statuses[200] == (await rows(town, poll)).total()
        assert numbers(await seen(town, poll)) == numbers(closed)

    async def test_before_and_after_its_time(self, town: Town) -> None:
        shop, ann, bob = await town.shop(), await town.shopper(), await town.shopper()
        poll = await ask(town, shop, opensAt=soon(100))
        early = await vote(town, poll, ann)
        assert (early.status_code, early.json()["code"]) == (409, "poll_not_open")
        assert (await seen(town, poll, ann))["state"] == "scheduled"
        await pass_by(town, poll, 101)
        stands = (await vote(town, poll, ann)).json()
        assert stands["state"] == "open"
        await pass_by(town, poll, 500)
        late = await vote(town, poll, bob)
        assert (late.status_code, late.json()["code"]) == (409, "poll_closed")
        again = await vote(town, poll, ann, 2)
        assert (again.status_code, again.json()["myOptionId"]) == (200, stands["myOptionId"])
        assert (await rows(town, poll)).total() == 1

    async def test_bad_votes(self, town: Town) -> None:
        shop, ann = await town.shop(), await town.shopper()
        poll, other = await ask(town, shop), await ask(town, shop)
        path = f"/v1/polls/{poll['id']}/votes"
        for body in ({"optionId": other["options"][0]["id"]}, {"optionId": "1"}, {"optionId": "x"}):
            assert pointers(await town.ask("POST", path, ann, json=body)) == ["/optionId"]
        key = await town.key(shop, live=True)
        assert (await vote(town, poll, key)).status_code == 403
        nobody = await town.ask("POST", path, None, json={"optionId": "1"})
        assert nobody.status_code == 401
        assert not await rows(town, poll)
        assert (await seen(town, poll, ann))["myOptionId"] is None


class TestSeeing:
    async def test_counts_only_for_who_may_see_them(self, town: Town) -> None:
        shop, ann = await town.shop(), await town.shopper()
        polls = {
            rule: await ask(town, shop, results=rule)
            for rule in ("always", "after_vote", "after_close")
        }
        before = {rule: numbers(await seen(town, poll, ann)) for rule, poll in polls.items()}
        assert before == {"always": [0, 0, 0], "after_vote": None, "after_close": None}
        cast = {rule: (await vote(town, poll, ann)).json() for rule, poll in polls.items()}
        after = {rule: (numbers(each), each["votes"]) for rule, each in cast.items()}
        one = ([1, 0, 0], 1)
        assert after == {"always": one, "after_vote": one, "after_close": (None, None)}
        strangers = {rule: numbers(await seen(town, poll)) for rule, poll in polls.items()}
        assert strangers == {"always": [1, 0, 0], "after_vote": None, "after_close": None}
        for poll in polls.values():
            await act(town, shop, poll, "POST", way="/close")
            assert numbers(await seen(town, poll)) == [1, 0, 0]

    async def test_test_data_is_apart(self, town: Town) -> None:
        shop, ann = await town.shop(), await town.shopper()
        scopes = ["polls:read", "polls:write"]
        key = await town.key(shop, live=False, scopes=scopes)
        live_key = await town.key(shop, live=True, scopes=scopes)
        test, live = await ask(town, shop, key), await ask(town, shop, live_key)
        assert (test["live"], live["live"]) == (False, True)
        path = f"/v1/brands/{shop.id}/polls"
        for who, sees, not_sees in ((key, test, live), (live_key, live, test)):
            items = (await town.good("GET", path, who))["items"]
            assert [each["id"] for each in items] == [sees["id"]]
            assert (await town.ask("GET", f"{path}/{not_sees['id']}", who)).status_code == 404
            assert (await town.ask("GET", f"/v1/polls/{not_sees['id']}", who)).status_code == 404
            assert (await seen(town, sees, who))["id"] == sees["id"]
        assert (await town.ask("GET", f"/v1/polls/{test['id']}", ann)).status_code == 404
        assert (await vote(town, test, ann)).status_code == 404


class TestKeeping:
    async def test_lists_have_the_newest_first(self, town: Town) -> None:
        shop, ann = await town.shop(), await town.shopper()
        polls = [await ask(town, shop, question=f"第{n}问？") for n in range(3)]
        await vote(town, polls[1], ann, 2)
        path = f"/v1/brands/{shop.id}/polls"
        first = await town.good("GET", f"{path}?limit=2", shop.owner)
        rest = await town.good("GET", f"{path}?cursor={first['nextCursor']}", shop.owner)
        found = [*first["items"], *rest["items"]]
        assert [each["id"] for each in found] == [each["id"] for each in reversed(polls)]
        assert [each["votes"] for each in found] == [0, 1, 0]
        assert rest["nextCursor"] is None

    async def test_a_key_asked_again_makes_one_poll(self, town: Town) -> None:
        shop = await town.shop()
        path = f"/v1/brands/{shop.id}/polls"
        body = {**ASKED, "closesAt": soon(600)}
        options: dict[str, Any] = {"json": body, "headers": {"idempotency-key": "k1"}}
        made = [await town.good("POST", path, shop.owner, **options) for _ in range(2)]
        assert made[0] == made[1]
        assert len((await town.good("GET", path, shop.owner))["items"]) == 1

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"question": ""}, "/question"),
            ({"question": "\u200b"}, "/question"),
            ({"question": "x" * 121}, "/question"),
            ({"options": ["a"]}, "/options"),
            ({"options": list("abcdefg")}, "/options"),
            ({"options": ["a", "x" * 41]}, "/options/1"),
            ({"options": ["a", " A "]}, "/options/1"),
            ({"results": "never"}, "/results"),
            # counted from when tests are collected, long before this one runs in a full suite
            ({"closesAt": soon(-1)}, "/closesAt"),
            ({"closesAt": soon(31 * 86_400)}, "/closesAt"),
            ({"closesAt": "9999-12-31T23:59:59Z"}, "/closesAt"),
            ({"opensAt": "9999-12-31T23:59:59Z"}, "/opensAt"),
            ({"opensAt": soon(-3_600)}, "/opensAt"),
            ({"opensAt": soon(7_200)}, "/closesAt"),
            ({"colour": "red"}, ""),
        ],
    )
    async def test_bad_input(self, town: Town, wrong: dict[str, Any], pointer: str) -> None:
        shop = await town.shop()
        path = f"/v1/brands/{shop.id}/polls"
        body = {**ASKED, "closesAt": soon(600), **wrong}
        assert pointer in pointers(await town.ask("POST", path, shop.owner, json=body))
        assert (await town.good("GET", path, shop.owner))["items"] == []
        if "colour" in wrong:
            return
        poll = await ask(town, shop, opensAt=soon(60))
        assert pointer in pointers(await act(town, shop, poll, "PATCH", json=wrong))
        assert await managed(town, shop, poll) == poll

    async def test_what_was_asked_stays_once_somebody_answered(self, town: Town) -> None:
        shop, ann = await town.shop(), await town.shopper()
        poll = await ask(town, shop)
        change = {"question": "哪一碗？", "options": ["凉面", "饺子"]}
        changed = (await act(town, shop, poll, "PATCH", json=change)).json()
        assert [each["text"] for each in changed["options"]] == ["凉面", "饺子"]
        assert changed["options"][0]["id"] == poll["options"][1]["id"]
        # whoever still looks at the old options answers nothing that was not read
        assert pointers(await vote(town, poll, ann, 0)) == ["/optionId"]
        assert (await vote(town, changed, ann, 1)).status_code == 200
        for late in ({"question": "x"}, {"options": ["a", "b"]}):
            refused = await act(town, shop, poll, "PATCH", json=late)
            assert (refused.status_code, refused.json()["code"]) == (409, "poll_voted")
        same = await act(town, shop, poll, "PATCH", json=change)
        assert (same.status_code, same.json()["options"]) == (200, changed["options"])
        moved = await act(
            town, shop, poll, "PATCH", json={"closesAt": soon(900), "results": "always"}
        )
        assert (moved.status_code, moved.json()["results"]) == (200, "always")
        opened = await act(town, shop, poll, "PATCH", json={"opensAt": soon(60)})
        assert pointers(opened) == ["/opensAt"]
        closed = (await act(town, shop, poll, "POST", way="/close")).json()
        assert (await act(town, shop, poll, "POST", way="/close")).json() == closed
        late = await act(town, shop, poll, "PATCH", json={"closesAt": soon(900)})
        assert (late.status_code, late.json()["code"]) == (409, "poll_closed")
        assert (await managed(town, shop, poll))["votes"] == 1

    async def test_a_change_and_the_first_vote_are_never_both(self, town: Town) -> None:
        shop = await town.shop()
        people = [await town.shopper() for _ in range(8)]
        for turn in range(5):
            poll = await ask(town, shop)
            change = {"options": [f"甲{turn}", f"乙{turn}"]}
            *votes, changed = await asyncio.gather(
                *(vote(town, poll, who) for who in people),
                act(town, shop, poll, "PATCH", json=change),
            )
            known = {each["id"] for each in (await managed(town, shop, poll))["options"]}
            assert set(await rows(town, poll)) <= known, "a vote for what is no option"
            counted = sum(each.status_code == 200 for each in votes)
            assert (changed.status_code == 200) == (counted == 0)

    async def test_archived_is_gone(self, town: Town) -> None:
        shop, ann = await town.shop(), await town.shopper()
        poll = await ask(town, shop)
        await vote(town, poll, ann)
        for _ in range(2):
            assert (await act(town, shop, poll, "DELETE")).status_code == 204
        assert (await town.ask("GET", f"/v1/polls/{poll['id']}", ann)).status_code == 404
        assert (await vote(town, poll, ann)).status_code == 404
        listed = await town.good("GET", f"/v1/brands/{shop.id}/polls", shop.owner)
        assert listed["items"] == []
        kept = await managed(town, shop, poll)
        assert (kept["archived"], kept["votes"]) == (True, 1)
        assert await audit(town) == []

    async def test_what_is_not_yours(self, town: Town) -> None:
        shop, rival = await town.shop(), await town.shop()
        poll = await ask(town, shop)
        clerk = await town.member(shop.id, Role.CLERK)
        reader = await town.key(shop, live=True, scopes=["polls:read"])
        path = f"/v1/brands/{shop.id}/polls"
        ways = [("GET", ""), ("PATCH", ""), ("POST", "/close"), ("DELETE", "")]
        for who, status in ((rival.owner, 404), (await town.shopper(), 404), (clerk, 403)):
            for method, way in ways:
                body = {} if method == "PATCH" else None
                answer = await act(town, shop, poll, method, way=way, who=who, json=body)
                assert answer.status_code == status, (method, way)
            made = await town.ask("POST", path, who, json={**ASKED, "closesAt": soon(60)})
            assert made.status_code == status
        for method, way in ways[1:]:
            body = {} if method == "PATCH" else None
            answer = await act(town, shop, poll, method, way=way, who=reader, json=body)
            assert answer.status_code == 403
        assert (await town.ask("GET", f"{path}/{poll['id']}", reader)).status_code == 200
        foreign = f"/v1/brands/{rival.id}/polls/{poll['id']}"
        assert (await town.ask("GET", foreign, rival.owner)).status_code == 404
        assert await managed(town, shop, poll) == poll


async def test_the_audit_finds_a_count_that_is_wrong(town: Town) -> None:
    shop, ann = await town.shop(), await town.shopper()
    poll = await ask(town, shop)
    await vote(town, poll, ann)
    async with town.house.database.transaction() as tx:
        await tx.session.execute(text("UPDATE poll_counts SET votes = votes + 1"))
    option = poll["options"][0]["id"]
    assert await audit(town) == [f"poll {poll['id']}, option {option}: 2 counted, 1 votes"]
    async with town.house.database.transaction() as tx:
        await tx.session.execute(text("DELETE FROM poll_counts"))
    assert await audit(town) == [f"poll {poll['id']}, option {option}: 0 counted, 1 votes"]
