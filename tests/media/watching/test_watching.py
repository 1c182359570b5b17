"""What players tell adds up, once; credit is earned by time, not by claims."""

import json

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app.kernel.house import House
from media.videos.interfaces import Original, Videos
from media.watching.interfaces import WatchCredits
from media.watching.rules import (
    PARTS,
    UNTOLD_MS_MAX,
    earned_ms,
    halves,
    parts_between,
    reached_ms,
    whole,
)
from tests.factories.town import Resident, Shop, Town
from tests.media.watching.players import LASTS, START, Player


async def cued(town: Town, shop: Shop, video: str, *at: int) -> list[str]:
    """Ids of the links that stand on the published timeline from now on."""
    path = f"/v1/videos/{video}/timeline"
    cues = [
        {"at": each, "until": each + 2_000, "kind": "link", "ref": "/", "text": "看"} for each in at
    ]
    body = {"revision": 0, "cues": cues, "preRollId": None, "postRollId": None}
    draft = await town.good("PUT", f"{path}/draft", shop.owner, json=body)
    revision = {"revision": draft["revision"]}
    done = await town.good("POST", f"{path}/publish", shop.owner, json=revision)
    return [cue["id"] for cue in done["cues"]]


async def passes(house: House, milliseconds: int) -> None:
    """Time, as the server counts it for viewers."""
    statement = "UPDATE watchers SET heard_at = heard_at - make_interval(secs => :seconds)"
    async with house.database.transaction() as tx:
        await tx.session.execute(text(statement), {"seconds": milliseconds / 1000})


async def reached(house: House, who: Resident, video: str) -> int:
    async with house.database.reading() as session:
        return await house.doors.get(WatchCredits).reached_ms(session, who.id, int(video))


class TestReached:
    async def test_what_has_passed_since_the_last_report_counts_for_a_while(
        self, town: Town, house: House, video: str
    ) -> None:
        ann = await town.shopper()
        assert await reached(house, ann, video) == 0
        player = Player(town, video, ann)
        await player.tell(("play", 0))
        await passes(house, 4_000)
        assert 4_000 <= await reached(house, ann, video) < UNTOLD_MS_MAX
        await passes(house, 4_000)
        assert await reached(house, ann, video) == UNTOLD_MS_MAX
        await player.tell(("progress", 8_000))
        assert 8_000 <= await reached(house, ann, video) < 10_000

    async def test_a_seek_takes_nobody_further(self, town: Town, house: House, video: str) -> None:
        ann = await town.shopper()
        await Player(town, video, ann).tell(("play", 0), ("progress", 11_000))
        assert await reached(house, ann, video) < 2_000

    async def test_of_a_film_that_is_not_on_any_more_only_the_credit_is_left(
        self, town: Town, house: House, video: str
    ) -> None:
        ann = await town.shopper()
        await Player(town, video, ann).tell(("play", 0))
        await passes(house, 3_000)
        async with house.database.transaction() as tx:
            await tx.session.execute(text("UPDATE watchers SET video_id = video_id + 1"))
        assert await reached(house, ann, video) == 0

    @given(st.integers(0, 10**6), st.integers(-(10**6), 10**6))
    def test_nobody_gets_further_than_time(self, credit: int, silent: int) -> None:
        assert credit <= reached_ms(credit, silent) <= credit + min(UNTOLD_MS_MAX, max(0, silent))


class TestCurves:
    async def test_who_stayed_until_when(self, town: Town, shop: Shop, video: str) -> None:
        await Player(town, video).tell(("impression", 0))
        half, all_ = Player(town, video), Player(town, video)
        for player in (half, all_):
            await player.tell(("impression", 0), ("play", 0), ("progress", 5_000))
        last = (("progress", 10_000), ("progress", LASTS), ("complete", LASTS))
        for _ in range(2):  # told twice, counted once
            await all_.tell(*last)
        found = await town.good("GET", f"/v1/videos/{video}/retention", shop.owner)
        counts = {name: found[name] for name in ("impressions", "plays", "viewers", "completed")}
        assert counts == {"impressions": 3, "plays": 2, "viewers": 2, "completed": 1}
        viewers = [point["viewers"] for point in found["points"]]
        assert viewers == [2] * 51 + [1] * 69
        assert found["points"][60]["at"] == LASTS // 2
        assert abs(found["averageMs"] - (LASTS + 5_000) // 2) < 200

    async def test_a_replaced_film_keeps_its_figures(
        self, town: Town, house: House, shop: Shop, video: str
    ) -> None:
        player = Player(town, video)
        await player.tell(("play", 0), ("progress", 5_000), ("progress", 10_000))
        await player.tell(("progress", LASTS), ("complete", LASTS))
        path = f"/v1/videos/{video}/retention"
        before = await town.good("GET", path, shop.owner)
        async with house.database.transaction() as tx:
            statement = text("SELECT source FROM video_films WHERE video_id = :id")
            (source,) = await tx.session.scalars(statement, {"id": int(video)})
            shorter = json.dumps({**source, "duration_seconds": "4"})
            change = text("UPDATE video_films SET source = CAST(:source AS jsonb)")
            await tx.session.execute(change, {"source": shorter})
        after = await town.good("GET", path, shop.owner)
        assert after["points"][60]["at"] == 2_000
        assert after["averageMs"] == before["averageMs"] == LASTS
        names = ("impressions", "plays", "viewers", "completed")
        assert [after[name] for name in names] == [before[name] for name in names]

    async def test_a_seek_shows_nothing_between(self, town: Town, shop: Shop, video: str) -> None:
        await Player(town, video).tell(("play", 0), ("progress", 11_000))
        found = await town.good("GET", f"/v1/videos/{video}/retention", shop.owner)
        assert sum(point["viewers"] for point in found["points"]) == 2

    async def test_drafts_count_nothing(self, town: Town, shop: Shop, video: str) -> None:
        await town.good("POST", f"/v1/videos/{video}/withdraw", shop.owner)
        await Player(town, video).tell(("play", 0))
        found = await town.good("GET", f"/v1/videos/{video}/retention", shop.owner)
        assert found["plays"] == 0

    async def test_what_each_cue_earned(self, town: Town, shop: Shop, video: str) -> None:
        first, second = await cued(town, shop, video, 2_000, 6_000)
        one, other = Player(town, video), Player(town, video)
        for _ in range(2):  # told twice, counted once
            await one.tell(("play", 0), ("cue_shown", 2_000), cueId=first)
            await one.tell(("cue_tapped", 2_500), cueId=first)
            await one.tell(("add_to_cart", 3_000), cueId=first, productId="7")
        await other.tell(("cue_shown", 2_000), cueId=first)
        await other.tell(("cue_tapped", 6_000), cueId=second)
        for _ in range(2):
            await other.tell(("collect", 6_500), cueId=second)
            await one.tell(("vote", 2_500), cueId=first)
        await other.tell(("cue_tapped", 6_000), cueId="404")
        found = await town.good("GET", f"/v1/videos/{video}/retention", shop.owner)
        assert [(cue["cueId"], cue["at"]) for cue in found["cues"]] == [
            (first, 2_000),
            (second, 6_000),
        ]
        earned = [(cue["shown"], cue["tapped"], cue["carts"]) for cue in found["cues"]]
        assert earned == [(2, 1, 1), (1, 1, 0)], "what was tapped was shown"
        assert [(cue["collected"], cue["votes"]) for cue in found["cues"]] == [(0, 1), (1, 0)]

    async def test_another_film_in_its_place_keeps_them(
        self, town: Town, house: House, shop: Shop, video: str
    ) -> None:
        (cue,) = await cued(town, shop, video, 2_000)
        await Player(town, video).tell(("play", 0), ("progress", 5_000), ("cue_tapped", 2_000))
        await Player(town, video).tell(("cue_tapped", 2_000), cueId=cue)
        path = f"/v1/videos/{video}/retention"
        before = await town.good("GET", path, shop.owner)
        data = await house.objects.get("media/made/watched")
        await house.objects.put("media/made/next", data)
        original = Original(
            path="media/made/next", bytes=1, hash="2" * 64, owner_id=shop.id, by_shopper=False
        )
        videos = house.doors.get(Videos)
        async with house.database.transaction() as tx:
            assert await videos.replace(tx, int(video), original) == 2
        await town.run_jobs(only=("media.videos.",))
        async with house.database.transaction() as tx:
            assert await videos.show(tx, int(video), 2)
        assert await town.good("GET", path, shop.owner) == before
        await Player(town, video).tell(("play", 0))
        assert (await town.good("GET", path, shop.owner))["plays"] == before["plays"] + 1

    async def test_curves_are_the_brands(self, town: Town, video: str) -> None:
        stranger = (await town.shop()).owner
        answer = await town.ask("GET", f"/v1/videos/{video}/retention", stranger)
        assert answer.status_code == 404


class TestCredit:
    async def test_time_that_was_watched(self, town: Town, house: House, video: str) -> None:
        player = Player(town, video, await town.shopper())
        await player.tell(("play", 0))
        for position in (4_000, 8_000):
            await passes(house, 4_000)
            await player.tell(("progress", position))
        assert await player.credit() == 8_000

    async def test_a_claim_without_time_earns_nothing(
        self, town: Town, house: House, video: str
    ) -> None:
        player = Player(town, video, await town.shopper())
        await player.tell(("play", 0))
        await player.tell(("progress", LASTS))
        assert await player.credit() < 2_000

    async def test_time_without_progress_earns_nothing(
        self, town: Town, house: House, video: str
    ) -> None:
        player = Player(town, video, await town.shopper())
        await player.tell(("play", 0))
        await passes(house, 60_000)
        await player.tell(("progress", 0))
        assert await player.credit() == 0

    async def test_two_devices_earn_no_more_than_one(
        self, town: Town, house: House, video: str
    ) -> None:
        who = await town.shopper()
        phone, tablet = Player(town, video, who), Player(town, video, who)
        await phone.tell(("play", 0))
        await tablet.tell(("play", 0))
        for position in (4_000, 8_000):
            await passes(house, 4_000)
            await phone.tell(("progress", position))
            await tablet.tell(("progress", position))
        assert await phone.credit() == 0

    async def test_nobody_elses(self, town: Town, house: House, video: str) -> None:
        player = Player(town, video, await town.shopper())
        other = Player(town, video, await town.shopper())
        await player.tell(("play", 0))
        await passes(house, 4_000)
        await player.tell(("progress", 4_000))
        assert await other.credit() == 0


class TestRules:
    @given(st.integers(0, (1 << PARTS) - 1))
    def test_halves_make_a_whole(self, parts: int) -> None:
        low, high = halves(parts)
        assert max(low, high) < 2**60
        assert whole(low, high) == parts

    @given(st.integers(-1, 10**8), st.integers(0, 10**8), st.integers(0, 10**8))
    def test_parts_are_of_the_film(self, before: int, now: int, duration: int) -> None:
        assert 0 < parts_between(before, now, duration) < 1 << PARTS

    @given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
    def test_credit_is_never_more_than_either(self, claimed: int, elapsed: int) -> None:
        assert 0 <= earned_ms(claimed, elapsed) <= max(0, min(claimed, elapsed))


async def test_bad_reports_are_refused(town: Town) -> None:
    event = {"videoId": "1", "session": "00000000", "kind": "play", "position": 0}
    event["at"] = START.isoformat()
    for wrong in ({"session": "x"}, {"position": -1}, {"kind": "?"}, {"quartile": 10}):
        body = {"events": [{**event, **wrong}]}
        assert (await town.ask("POST", "/v1/videos/events", json=body)).status_code == 400
    body = {"events": [event] * 51}
    assert (await town.ask("POST", "/v1/videos/events", json=body)).status_code == 400
