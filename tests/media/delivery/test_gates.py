"""Who may watch: takedowns, withdrawals, tokens."""

from typing import Any

import m3u8
import pytest

from media.delivery import rules
from media.delivery.holding import films
from media.delivery.service import DeliveryService
from media.videos.interfaces import Visibility
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


class TestTakingAway:
    async def addresses(self, theatre: Theatre, video: int, film: Film) -> list[str]:
        """Something of every version, and of every kind."""
        whole, stored = film
        await theatre.stage.cut(video, part_of(whole, count=1, names=("v120",)), stored)
        await theatre.stage.cut(video, whole, stored)
        hash_ = whole.renditions[0].segments[0].hash
        found = [f"/m/{video}/index.m3u8", f"/m/{video}/manifest.mpd"]
        found += [f"/m/{video}/s/{hash_}.m4s", f"/m/{video}/1.2.0/manifest.mpd"]
        for version in ("1.1.0", "1.2.0"):
            found += [f"/m/{video}/{version}/{name}" for name in ("index.m3u8", "v120.m3u8")]
            found.append(f"/m/{video}/{version}/cues.vtt")
        for path in found:
            assert await status_of(theatre, path) == 200, path
        return found

    @pytest.mark.parametrize("end", [Visibility.TAKEN_DOWN, Visibility.WITHDRAWN])
    async def test_every_version_is_gone_at_once(
        self, theatre: Theatre, short_film: Film, end: Visibility
    ) -> None:
        video = theatre.stage.film(1)
        paths = await self.addresses(theatre, video, short_film)
        await theatre.stage.turn(video, end)
        for path in paths:
            assert await status_of(theatre, path) == 404, path
        assert await status_of(theatre, f"/v1/videos/{video}/play") == 404

    async def test_also_of_what_was_deleted(self, theatre: Theatre, short_film: Film) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(1)
        draft = theatre.stage.film(shop.id, visibility=Visibility.DRAFT)
        await theatre.stage.cut(draft, *short_film)
        paths = await self.addresses(theatre, video, short_film)
        paths.append((await play(theatre, draft, shop.owner))["hls"])
        assert await status_of(theatre, paths[-1]) == 200
        for each in (video, draft):
            await theatre.stage.delete(each)
        for path in paths:
            assert await status_of(theatre, path) == 404, path

    async def test_also_where_nobody_was_told(
        self, theatre: Theatre, short_film: Film, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        video = theatre.stage.film(1)
        paths = await self.addresses(theatre, video, short_film)
        theatre.stage.quietly(video, visibility=Visibility.TAKEN_DOWN)
        assert await status_of(theatre, paths[0]) == 200
        monkeypatch.setattr(films, "COPY_SECONDS", 0)
        for path in paths:
            assert await status_of(theatre, path) == 404, path

    async def test_no_cache_in_between_keeps_it_for_longer_than_promised(
        self, theatre: Theatre, short_film: Film
    ) -> None:
        video = theatre.stage.film(1)
        for path in await self.addresses(theatre, video, short_film):
            said = (await theatre.client.get(path)).headers["cache-control"]
            pairs = (each.strip().partition("=") for each in said.split(","))
            parts = {name: value for name, _, value in pairs}
            kept = int(parts.get("s-maxage") or parts["max-age"])
            assert kept + rules.COPY_SECONDS <= rules.GONE_SECONDS_MAX
            assert "immutable" not in parts or "proxy-revalidate" in parts
        assert rules.PRESIGN_SECONDS + rules.COPY_SECONDS <= rules.GONE_SECONDS_MAX
        assert rules.STALE_SECONDS + rules.SHARED_SECONDS <= rules.GONE_SECONDS_MAX

    async def test_tokens_end_with_a_takedown(self, theatre: Theatre, short_film: Film) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(shop.id, visibility=Visibility.DRAFT)
        await theatre.stage.cut(video, *short_film)
        path = (await play(theatre, video, shop.owner))["hls"]
        assert await status_of(theatre, path) == 200
        await theatre.stage.turn(video, Visibility.TAKEN_DOWN)
        assert await status_of(theatre, path) == 404


class TestTokens:
    async def test_a_draft_is_watched_by_its_owner_and_nobody_else(
        self, theatre: Theatre, short_film: Film
    ) -> None:
        shop, stranger = await theatre.town.shop(), await theatre.town.shopper()
        video = theatre.stage.film(shop.id, visibility=Visibility.DRAFT)
        cut = await theatre.stage.cut(video, *short_film)
        hash_ = cut.renditions[0].segments[0].hash
        for path in ("index.m3u8", "1.1.0/index.m3u8", f"s/{hash_}.m4s"):
            assert await status_of(theatre, f"/m/{video}/{path}") == 404
        for who in (None, stranger):
            answer = await theatre.town.ask("GET", f"/v1/videos/{video}/play", who)
            assert answer.status_code == 404
        document = await play(theatre, video, shop.owner)
        assert document["hls"].startswith("/m/")
        assert str(video) not in document["hls"]
        assert document["expiresAt"]
        assert await everything(theatre, document["hls"]) == bytes_of(short_film)
        segment = await theatre.client.get(document["segments"][0]["first"])
        assert segment.headers["cache-control"].startswith("private")

    async def test_a_token_opens_its_version_of_its_film(
        self, theatre: Theatre, short_film: Film, other_film: Film
    ) -> None:
        shop = await theatre.town.shop()
        mine = theatre.stage.film(shop.id, visibility=Visibility.DRAFT)
        other = theatre.stage.film(shop.id, visibility=Visibility.DRAFT)
        await theatre.stage.cut(mine, *short_film)
        cut = await theatre.stage.cut(other, *other_film)
        token = (await play(theatre, mine, shop.owner))["hls"].split("/")[2]
        await theatre.stage.cut(mine, *short_film)
        foreign = cut.renditions[0].segments[0].hash
        assert await status_of(theatre, f"/m/{token}/1.1.0/index.m3u8") == 200
        assert await status_of(theatre, f"/m/{token}/1.2.0/index.m3u8") == 404
        assert await status_of(theatre, f"/m/{token}/s/{foreign}.m4s") == 404
        top = m3u8.loads(await text_of(theatre, f"/m/{token}/index.m3u8"))
        assert all(str(each.uri).startswith("1.1.0/") for each in top.playlists)

    async def test_a_forged_token_opens_nothing(self, theatre: Theatre, short_film: Film) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(shop.id, visibility=Visibility.DRAFT)
        await theatre.stage.cut(video, *short_film)
        token = (await play(theatre, video, shop.owner))["hls"].split("/")[2]
        for at in range(0, len(token), 7):
            forged = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
            assert await status_of(theatre, f"/m/{forged}/1.1.0/index.m3u8") == 404
        for nonsense in ("x", "0", "-1", "9" * 20, token + "A", token[:-4]):
            assert await status_of(theatre, f"/m/{nonsense}/1.1.0/index.m3u8") == 404

    async def test_an_expired_token_says_so_and_a_fresh_one_goes_on(
        self,
        theatre: Theatre,
        short_film: Film,
        staging: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(shop.id, visibility=Visibility.DRAFT)
        await theatre.stage.cut(video, *short_film)
        delivery: DeliveryService = staging[0].service("delivery")
        monkeypatch.setattr(delivery, "token_seconds", -60)
        old = await play(theatre, video, shop.owner)
        answer = await theatre.client.get(old["hls"])
        assert (answer.status_code, answer.json()["code"]) == (403, "ticket_expired")
        monkeypatch.setattr(delivery, "token_seconds", 60)
        await theatre.stage.cut(video, *short_film)
        fresh = await theatre.town.good(
            "GET", f"/v1/videos/{video}/play?version={old['version']}", shop.owner
        )
        assert fresh["version"] == old["version"]
        assert fresh["hls"].split("/")[3:] == old["hls"].split("/")[3:]
        assert await everything(theatre, fresh["hls"]) == bytes_of(short_film)

    @pytest.mark.parametrize(
        ("version", "status"), [("1.9.0", 404), ("x", 400), ("1.1.9", 404), ("0.1.0", 400)]
    )
    async def test_versions_that_are_none(
        self, theatre: Theatre, short_film: Film, version: str, status: int
    ) -> None:
        video = theatre.stage.film(1)
        await theatre.stage.cut(video, *short_film)
        path = f"/v1/videos/{video}/play?version={version}"
        assert await status_of(theatre, path) == status
        assert await status_of(theatre, f"/m/{video}/{version}/index.m3u8") == 404
