"""What players fetch, through the API: manifests and segments, whole and growing."""

from itertools import pairwise
from urllib.parse import urljoin

import pytest
from mpegdash.parser import MPEGDASHParser

from app.kernel.objects import Objects
from media.delivery import rules
from media.transcoding.interfaces import segment_path
from media.videos.interfaces import VideoState, Visibility
from tests.kernel.s3 import S3Server
from tests.media.conftest import Theatre
from tests.media.delivery.players import (
    Film,
    bytes_of,
    everything,
    part_of,
    play,
    status_of,
    text_of,
)


class TestWholeFilms:
    async def test_what_is_played_is_what_was_encoded(
        self, theatre: Theatre, short_film: Film
    ) -> None:
        video = theatre.stage.film(1)
        await theatre.stage.cut(video, *short_film)
        document = await play(theatre, video)
        assert (document["complete"], document["expiresAt"]) == (True, None)
        assert await everything(theatre, document["hls"]) == bytes_of(short_film)
        assert await everything(theatre, f"/m/{video}/index.m3u8") == bytes_of(short_film)

    async def test_dash_names_the_same_segments(self, theatre: Theatre, short_film: Film) -> None:
        video = theatre.stage.film(1)
        await theatre.stage.cut(video, *short_film)
        for path in (f"/m/{video}/manifest.mpd", (await play(theatre, video))["dash"]):
            read = MPEGDASHParser.parse(await text_of(theatre, path))
            data = {}
            for group in read.periods[0].adaptation_sets:
                for each in group.representations:
                    [listed] = each.segment_lists
                    uris = [listed.initializations[0].source_url]
                    uris += [one.media for one in listed.segment_urls]
                    parts = [await theatre.client.get(urljoin(path, uri)) for uri in uris]
                    data[each.id] = b"".join(part.content for part in parts)
            assert data == bytes_of(short_film)

    async def test_the_first_segments_are_told_in_the_document(
        self, theatre: Theatre, short_film: Film
    ) -> None:
        video = theatre.stage.film(1)
        await theatre.stage.cut(video, *short_film)
        hints = (await play(theatre, video))["segments"]
        assert [each["rendition"] for each in hints] == ["v120", "v180", "a128"]
        for each in hints:
            both = [(await theatre.client.get(each[name])).content for name in ("init", "first")]
            assert sum(map(len, both)) == each["bytes"]
            assert bytes_of(short_film)[each["rendition"]].startswith(b"".join(both))

    async def test_a_film_that_nobody_has_encoded_is_not_there(self, theatre: Theatre) -> None:
        video = theatre.stage.film(1)
        for path in (f"/m/{video}/index.m3u8", f"/v1/videos/{video}/play"):
            assert await status_of(theatre, path) == 404


class TestSegments:
    async def test_caches_and_ranges(self, theatre: Theatre, short_film: Film) -> None:
        video = theatre.stage.film(1)
        cut = await theatre.stage.cut(video, *short_film)
        segment = cut.renditions[0].segments[0]
        path, data = f"/m/{video}/s/{segment.hash}.m4s", short_film[1][segment.hash]
        whole = await theatre.client.get(path, headers={"origin": "https://shop.cn"})
        assert whole.headers["content-type"] == "video/iso.segment"
        assert "immutable" in whole.headers["cache-control"]
        assert whole.headers["access-control-allow-origin"] == "*"
        part = await theatre.client.get(path, headers={"range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, data[10:20])
        assert part.headers["content-range"] == f"bytes 10-19/{len(data)}"
        known = {"if-none-match": whole.headers["etag"]}
        assert (await theatre.client.get(path, headers=known)).status_code == 304
        head = await theatre.client.head(path)
        assert (head.status_code, head.headers["content-length"]) == (200, str(len(data)))
        assert head.headers["etag"] == whole.headers["etag"]
        beyond = await theatre.client.get(path, headers={"range": f"bytes={len(data)}-"})
        assert beyond.status_code == 416

    async def test_a_page_elsewhere_may_ask(self, theatre: Theatre) -> None:
        asked = {"origin": "https://shop.cn", "access-control-request-headers": "range"}
        answer = await theatre.client.request("OPTIONS", "/m/1/index.m3u8", headers=asked)
        assert answer.status_code == 204
        assert "range" in answer.headers["access-control-allow-headers"]

    async def test_a_film_opens_its_own_segments_only(
        self, theatre: Theatre, short_film: Film, other_film: Film
    ) -> None:
        mine, other = theatre.stage.film(1), theatre.stage.film(1)
        await theatre.stage.cut(mine, *short_film)
        cut = await theatre.stage.cut(other, *other_film)
        hash_ = cut.renditions[0].segments[0].hash
        assert await status_of(theatre, f"/m/{other}/s/{hash_}.m4s") == 200
        assert await status_of(theatre, f"/m/{mine}/s/{hash_}.m4s") == 404
        assert await status_of(theatre, f"/m/{mine}/s/{'0' * 64}.m4s") == 404

    @pytest.mark.parametrize(
        "name", ["x.m4s", f"{'0' * 64}.exe", f"{'0' * 63}g.m4s", f"{'A' * 64}.m4s", "0.m4s"]
    )
    async def test_names_that_are_none(self, theatre: Theatre, name: str) -> None:
        assert await status_of(theatre, f"/m/1/s/{name}") == 404

    async def test_many_viewers_ask_the_database_once(
        self, theatre: Theatre, short_film: Film
    ) -> None:
        video = theatre.stage.film(1)
        cut = await theatre.stage.cut(video, *short_film)
        await everything(theatre, f"/m/{video}/index.m3u8")
        reads = theatre.stage.reads
        for each in cut.renditions:
            for segment in each.segments:
                path = f"/m/{video}/s/{segment.hash}.m4s"
                assert await status_of(theatre, path) == 200
        assert theatre.stage.reads == reads

    async def test_where_objects_lie_in_s3_players_are_sent_there(
        self, theatre: Theatre, short_film: Film, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server = S3Server()
        try:
            monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
            for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
                monkeypatch.setenv(name, "key")
            monkeypatch.setenv("AWS_REGION", "us-east-1")
            elsewhere = Objects("s3://bucket/films")
            video = theatre.stage.film(1)
            cut = await theatre.stage.cut(video, *short_film)
            segment = cut.renditions[0].segments[0]
            await elsewhere.put(segment_path(segment.hash), short_film[1][segment.hash])
            monkeypatch.setattr(theatre.town.house.objects, "_store", elsewhere._store)  # pyright: ignore[reportPrivateUsage]
            answer = await theatre.client.get(f"/m/{video}/s/{segment.hash}.m4s")
            assert answer.status_code == 302
            assert answer.headers["cache-control"] == "no-store"
            address = answer.headers["location"]
            assert address.startswith(f"{server.url}/bucket/films/{segment_path(segment.hash)}?")
            assert f"X-Amz-Expires={rules.PRESIGN_SECONDS}" in address
            await theatre.stage.turn(video, Visibility.TAKEN_DOWN)
            assert await status_of(theatre, f"/m/{video}/s/{segment.hash}.m4s") == 404
        finally:
            server.shutdown()
            server.server_close()


class TestGrowing:
    async def test_who_began_early_plays_to_the_end_and_who_comes_later_gets_everything(
        self, theatre: Theatre, short_film: Film
    ) -> None:
        whole, stored = short_film
        video, stage = theatre.stage.film(1), theatre.stage
        await stage.cut(video, part_of(whole, count=1, names=("v120", "a128")), stored)
        early = await play(theatre, video)
        assert (early["complete"], early["dash"]) == (False, None)
        assert await status_of(theatre, f"/m/{video}/manifest.mpd") == 404
        path = early["hls"].replace("index", "v120")
        states = [await text_of(theatre, path)]
        await stage.cut(video, part_of(whole, count=2, names=("v120", "a128")), stored)
        states.append(await text_of(theatre, path))
        await stage.cut(video, whole, stored)
        states.append(await text_of(theatre, path))
        for before, after in pairwise(states):
            assert after.startswith(before)
        assert [state.count("#EXTINF") for state in states] == [1, 2, 3]
        assert ["#EXT-X-ENDLIST" in state for state in states] == [False, False, True]
        assert all("#EXT-X-PLAYLIST-TYPE:EVENT" in state for state in states)
        assert all("#EXT-X-START:TIME-OFFSET=0" in state for state in states)
        heard = await everything(theatre, early["hls"])
        assert heard == {name: bytes_of(short_film)[name] for name in ("v120", "a128")}
        late = await play(theatre, video)
        assert await everything(theatre, late["hls"]) == bytes_of(short_film)
        assert "#EXT-X-PLAYLIST-TYPE:VOD" in await text_of(
            theatre, late["hls"].replace("index", "v120")
        )

    async def test_a_growing_playlist_is_kept_for_a_second_only(
        self, theatre: Theatre, short_film: Film
    ) -> None:
        whole, stored = short_film
        video = theatre.stage.film(1)
        part = part_of(whole, count=1, names=("v120",))
        await theatre.stage.cut(video, part, stored)
        answer = await theatre.client.get(f"/m/{video}/1.1.0/v120.m3u8")
        assert answer.headers["cache-control"] == "public, max-age=1, must-revalidate"
        known = {"if-none-match": answer.headers["etag"]}
        again = await theatre.client.get(f"/m/{video}/1.1.0/v120.m3u8", headers=known)
        assert again.status_code == 304
        await theatre.stage.cut(video, whole, stored)
        grown = await theatre.client.get(f"/m/{video}/1.1.0/v120.m3u8", headers=known)
        assert grown.status_code == 200
        assert "max-age=30" in grown.headers["cache-control"]

    async def test_what_failed_ends_where_it_is(self, theatre: Theatre, short_film: Film) -> None:
        whole, stored = short_film
        video = theatre.stage.film(1)
        part = part_of(whole, count=2, names=("v120",))
        await theatre.stage.cut(video, part, stored)
        assert "ENDLIST" not in await text_of(theatre, f"/m/{video}/1.1.0/v120.m3u8")
        theatre.stage.quietly(video, state=VideoState.FAILED)
        await theatre.stage.turn(video, Visibility.PUBLISHED)
        assert "ENDLIST" in await text_of(theatre, f"/m/{video}/1.1.0/v120.m3u8")

    async def test_who_watches_the_film_that_was_replaced_goes_on_with_it(
        self, theatre: Theatre, short_film: Film, other_film: Film
    ) -> None:
        video = theatre.stage.film(1)
        await theatre.stage.cut(video, *short_film)
        before = await play(theatre, video)
        theatre.stage.quietly(video, generation=2)
        await theatre.stage.cut(video, *other_film)
        assert await everything(theatre, before["hls"]) == bytes_of(short_film)
        after = await play(theatre, video)
        assert after["version"] == "2.1.0"
        assert await everything(theatre, after["hls"]) == bytes_of(other_film)
