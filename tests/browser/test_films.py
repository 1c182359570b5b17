"""Our manifests in other people's players, in Chromium: hls.js and shaka-player."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.kernel.clock import Clock
from media.videos.interfaces import Visibility
from tests.browser.theatre import cinema, port, settings, until, url
from tests.media.conftest import Theatre, other_film, short_film, staging, theatre
from tests.media.delivery.players import Film, part_of, play
from tests.media.timelines.test_service import LINK, publish, save

__all__ = ["other_film", "port", "settings", "short_film", "staging", "theatre", "url"]
FRAMES = 180
"""Of the film of six seconds."""
_SWITCH = """
() => {
  const other = 1 - player.currentLevel;
  player.nextLevel = other;
  return player.levels[other].height;
}
"""
_RENEWING = """
address => {
  window.key = null;
  window.asking = 0;
  const xhrSetup = (request, asked) => {
    asking += 1;
    request.addEventListener('loadend', () => { asking -= 1; });
    request.open('GET', key ? asked.replace(/[/]m[/][^/]+/, '/m/' + key) : asked, true);
  };
  void play(address, {xhrSetup, maxBufferLength: 1, maxMaxBufferLength: 1});
}
"""


class Later:
    """A clock that the test may set ahead."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.by = timedelta()

    def now(self) -> datetime:
        return self._clock.now() + self.by


class TestHls:
    async def test_frames_advance_and_the_quality_switches(
        self, theatre: Theatre, short_film: Film, url: str
    ) -> None:
        video = theatre.stage.film(1)
        await theatre.stage.cut(video, *short_film)
        async with cinema(url, "hls") as page:
            await page.evaluate("address => { void play(address); }", f"{url}/m/{video}/index.m3u8")
            await page.evaluate("stopped()")
            other = await page.evaluate(_SWITCH)
            await page.evaluate("film.play()")
            told = await until(page, "t => t.ended")
        assert told["levels"][-1] == other == told["height"]
        assert set(told["levels"]) == {120, 180}
        assert told["frames"] >= FRAMES
        assert abs(told["length"] - 6) < 0.05
        assert told["errors"] == []

    async def test_who_begins_while_the_film_is_made_sees_all_of_it(
        self, theatre: Theatre, short_film: Film, url: str
    ) -> None:
        whole, stored = short_film
        video, stage = theatre.stage.film(1), theatre.stage
        await stage.cut(video, part_of(whole, count=2, names=("v120", "a128")), stored)
        async with cinema(url, "hls") as page:
            document = await play(theatre, video)
            await page.evaluate("address => { void play(address); }", url + document["hls"])
            await until(page, "t => t.at > 0")
            await stage.cut(video, whole, stored)
            told = await until(page, "t => t.ended")
        assert told["began"] < 0.5, "it began at the beginning, not at the edge"
        assert told["frames"] >= FRAMES
        assert [each for each in told["errors"] if each[1]] == []

    async def test_a_token_is_renewed_in_mid_play(
        self,
        theatre: Theatre,
        short_film: Film,
        url: str,
        staging: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(shop.id, visibility=Visibility.DRAFT)
        await theatre.stage.cut(video, *short_film)
        first = await play(theatre, video, shop.owner)
        async with cinema(url, "hls") as page:
            await page.evaluate(_RENEWING, url + first["hls"])
            await until(page, "t => t.at > 0")
            later = Later(theatre.town.house.clock)
            monkeypatch.setattr(staging[0].service("delivery"), "_clock", later)
            later.by = timedelta(minutes=10)
            path = f"/v1/videos/{video}/play?version={first['version']}"
            fresh = (await theatre.town.good("GET", path, shop.owner))["hls"].split("/")[2]
            await page.evaluate("fresh => { window.key = fresh; }", fresh)
            await page.wait_for_function("asking === 0")  # nothing is under way with the old one
            later.by = timedelta(minutes=20)
            told = await until(page, "t => t.ended")
            old = await page.evaluate("a => fetch(a).then(r => r.status)", url + first["hls"])
        assert old == 403, "the first token ended while the film was played"
        assert told["refused"] == []
        assert told["errors"] == []
        assert told["frames"] >= FRAMES

    async def test_cues_are_where_they_are_whatever_is_shown_before(
        self, theatre: Theatre, short_film: Film, other_film: Film, url: str
    ) -> None:
        shop = await theatre.town.shop()
        video, roll = theatre.stage.film(shop.id), theatre.stage.film(shop.id)
        await theatre.stage.cut(video, *short_film)
        await theatre.stage.cut(roll, *other_film)
        saved = await save(theatre, shop, video, [LINK], preRollId=str(roll))
        await publish(theatre, shop, video)
        cue = f"cue-{saved['cues'][0]['id']}"
        async with cinema(url, "hls") as page:
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            await page.evaluate("address => { void play(address); }", f"{url}/m/{video}/index.m3u8")
            await page.wait_for_function("player.interstitialsManager.playingItem")
            # the element of both has ended once before: with the roll
            shown = "player.interstitialsManager.playingItem?.event"
            told = await until(page, f"t => t.ended && !{shown}")
            own = await page.evaluate("player.interstitialsManager.primary.currentTime")
        assert told["ranges"][cue] == ["app.carnival.cue", 1, 5, "link"]
        assert told["ranges"]["roll-pre"][0] == "com.apple.hls.interstitial"
        assert any(f"/m/{roll}/s/" in each for each in asked), "the roll was shown"
        assert abs(own - 6) < 0.2, "the film's own time knows nothing of it"


@pytest.mark.parametrize("manifest", ["manifest.mpd", "index.m3u8"])
async def test_shaka_plays_and_switches(
    theatre: Theatre, short_film: Film, url: str, manifest: str
) -> None:
    video = theatre.stage.film(1)
    await theatre.stage.cut(video, *short_film)
    async with cinema(url, "shaka") as page:
        await page.evaluate("address => { void play(address); }", f"{url}/m/{video}/{manifest}")
        await page.evaluate("stopped()")
        other = 300 - (await page.evaluate("told()"))["height"]
        await page.evaluate("take", other)
        await page.evaluate("film.play()")
        told = await until(page, "t => t.ended")
    assert told["levels"][-1] == other == told["height"]
    assert told["frames"] >= FRAMES
    assert told["errors"] == []
