"""Cues and rolls in manifests."""

import m3u8

from media.videos.interfaces import Visibility
from tests.media.conftest import Theatre
from tests.media.delivery.players import Film, play, text_of
from tests.media.timelines.test_service import LINK, path_of, publish, save


class TestCues:
    async def test_publishing_cues_writes_no_object_and_leaves_old_versions_as_they_are(
        self, theatre: Theatre, short_film: Film
    ) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(shop.id)
        await theatre.stage.cut(video, *short_film)
        folder = theatre.town.house.objects.folder
        assert folder is not None
        before = {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}
        old = await text_of(theatre, f"/m/{video}/1.1.0/v120.m3u8")
        await save(theatre, shop, video, [LINK])
        await publish(theatre, shop, video)
        new = await play(theatre, video)
        assert new["version"] == "1.1.1"
        assert {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()} == before
        assert await text_of(theatre, f"/m/{video}/1.1.0/v120.m3u8") == old
        lines = await text_of(theatre, new["hls"].replace("index", "v120"))
        [cue] = m3u8.loads(lines).segments[0].dateranges
        assert (cue.start_date, cue.duration) == ("2000-01-01T00:00:01.000Z", 5.0)
        without = [each for each in lines.splitlines() if "DATERANGE" not in each]
        assert without == old.splitlines()
        metadata = await text_of(theatre, new["cues"])
        assert "00:00:01.000 --> 00:00:06.000" in metadata
        assert "全场八折" in metadata
        assert new["timeline"]["cues"][0]["at"] == 1_000

    async def test_rolls_are_interstitials_and_shift_nothing(
        self, theatre: Theatre, short_film: Film, other_film: Film
    ) -> None:
        shop = await theatre.town.shop()
        video, roll = theatre.stage.film(shop.id), theatre.stage.film(shop.id)
        await theatre.stage.cut(video, *short_film)
        await theatre.stage.cut(roll, *other_film)
        await save(theatre, shop, video, [LINK], preRollId=str(roll), postRollId=str(roll))
        await publish(theatre, shop, video)
        lines = (await text_of(theatre, f"/m/{video}/1.1.1/v120.m3u8")).splitlines()
        cue, before, after = [each for each in lines if "DATERANGE" in each]
        assert 'START-DATE="2000-01-01T00:00:01.000Z"' in cue
        for line, place, moment in ((before, "PRE", "00"), (after, "POST", "06")):
            assert 'CLASS="com.apple.hls.interstitial"' in line
            assert f'CUE="{place},ONCE"' in line
            assert f'START-DATE="2000-01-01T00:00:{moment}.000Z"' in line
            assert f'X-ASSET-URI="http://testserver/m/{roll}/index.m3u8"' in line
            assert "X-RESUME-OFFSET=0" in line
            assert "DURATION=4.000" in line
        await theatre.stage.turn(roll, Visibility.TAKEN_DOWN)
        left = await text_of(theatre, f"/m/{video}/1.1.1/v120.m3u8")
        assert left.count("DATERANGE") == 1

    async def test_the_pointer_follows_a_publication_at_once(
        self, theatre: Theatre, short_film: Film
    ) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(shop.id)
        await theatre.stage.cut(video, *short_film)
        assert "1.1.0/v120.m3u8" in await text_of(theatre, f"/m/{video}/index.m3u8")
        await save(theatre, shop, video, [LINK])
        assert "1.1.0/v120.m3u8" in await text_of(theatre, f"/m/{video}/index.m3u8")
        await theatre.town.good(
            "POST", f"{path_of(video)}/publish", shop.owner, json={"revision": 1}
        )
        assert "1.1.1/v120.m3u8" in await text_of(theatre, f"/m/{video}/index.m3u8")
