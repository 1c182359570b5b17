"""Players on a real server whose films are on a stage: pages, and what they tell."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from playwright.async_api import Page, async_playwright

from app.kernel.embedded.process import free_ports
from app.kernel.settings import Settings
from app.web.build import install, pages
from tests.application import application
from tests.browser.conftest import ARGUMENTS
from tests.media.conftest import Theatre
from tests.served import serving
from tests.servers import Servers

PLAY = next(page for page in pages() if page.name == "play")
_HLS = "node_modules/hls.js/dist/hls.min.js"
_SHAKA = "node_modules/shaka-player/dist/shaka-player.compiled.js"
PATIENCE_MS = 180_000
"""How long a busy machine may take for what takes seconds."""
_PAGE = "<!doctype html><title>films</title><video id=film muted playsinline></video>"
_NOTES = """
const film = document.getElementById('film');
const notes = {errors: [], levels: [], ranges: {}, refused: []};
const told = () => {
  const quality = film.getVideoPlaybackQuality();
  return {...notes, at: film.currentTime, ended: film.ended, height: film.videoHeight,
          began: film.played.length > 0 ? film.played.start(0) : null,
          length: film.duration, frames: quality.totalVideoFrames};
};
// The film waits for the test: on a busy machine it would be over before the next word.
const stopped = () => new Promise((done) => {
  const look = () => {
    if (film.currentTime <= 0.5) return;
    film.removeEventListener('timeupdate', look);
    film.pause();
    done();
  };
  film.addEventListener('timeupdate', look);
  look();
});
"""
_HLS_PLAYER = """
// A machine may be too busy to play on. That is no fault of the film's: the player waits, and is
// kept from skipping ahead, which it takes for a cure.
const patient = (kind) => ({[kind]: {default: {
  ...Hls.DefaultConfig[kind].default, maxTimeToFirstByteMs: PATIENCE, maxLoadTimeMs: PATIENCE}}});
const late = ['bufferStalledError', 'bufferNudgeOnStall'];
const play = (address, options) => new Promise((begun) => {
  const player = window.player = new Hls({
    enableWorker: false, highBufferWatchdogPeriod: PATIENCE / 1000,
    ...patient('manifestLoadPolicy'), ...patient('playlistLoadPolicy'),
    ...patient('fragLoadPolicy'), ...options});
  const E = Hls.Events;
  player.on(E.ERROR, (_, e) => {
    if (e.response && e.response.code === 403) notes.refused.push(e.url);
    if (e.fatal || !late.includes(e.details)) notes.errors.push([e.details, e.fatal]);
  });
  player.on(E.LEVEL_SWITCHED, (_, e) => notes.levels.push(player.levels[e.level].height));
  player.on(E.LEVEL_UPDATED, (_, e) => {
    for (const each of Object.values(e.details.dateRanges)) {
      notes.ranges[each.id] = [each.class, each.startTime, each.duration,
                               each.attr['X-KIND'] || each.attr.CUE];
    }
  });
  player.on(E.MANIFEST_PARSED, () => film.play().then(begun));
  player.loadSource(address);
  player.attachMedia(film);
});
"""
_SHAKA_PLAYER = """
const play = async (address) => {
  const player = window.player = new shaka.Player();
  const retryParameters = {timeout: PATIENCE, stallTimeout: 0, connectionTimeout: 0};
  player.configure({
    abr: {enabled: false}, manifest: {retryParameters},
    streaming: {retryParameters, stallEnabled: false}});
  await player.attach(film);
  player.addEventListener('error', (e) => notes.errors.push([e.detail.code, true]));
  player.addEventListener('adaptation', () => notes.levels.push(now()));
  player.addEventListener('variantchanged', () => notes.levels.push(now()));
  const now = () => player.getVariantTracks().find((each) => each.active).height;
  await player.load(address);
  await film.play();
};
const take = (height) => {
  player.selectVariantTrack(player.getVariantTracks().find((t) => t.height === height), true, 0);
};
"""


@asynccontextmanager
async def cinema(url: str, player: str) -> AsyncIterator[Page]:
    """A page of the house with a player on it: `hls` or `shaka`."""
    install(PLAY)
    async with async_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        assert chromium, "Chromium is missing: apt-get install chromium (./carnival test does it)"
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        context = await browser.new_context(bypass_csp=True)
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()

        async def empty(route: Any) -> None:
            await route.fulfill(body=_PAGE, content_type="text/html")

        await page.route(f"{url}/cinema", empty)
        await page.goto(f"{url}/cinema")
        await page.add_script_tag(path=PLAY / (_HLS if player == "hls" else _SHAKA))
        patience = f"const PATIENCE = {PATIENCE_MS};"
        script = patience + _NOTES + (_HLS_PLAYER if player == "hls" else _SHAKA_PLAYER)
        await page.add_script_tag(content=script)
        yield page
        await browser.close()


async def until(page: Page, condition: str) -> dict[str, Any]:
    """What the player tells once the condition about `told()` holds."""
    await page.wait_for_function(f"(({condition}))(told())", timeout=PATIENCE_MS)
    return await page.evaluate("told()")


@pytest.fixture
def port() -> int:
    """Where the films are, chosen before the house is told of it."""
    return free_ports(1)[0]


@pytest.fixture
def settings(settings: Settings, servers: Servers, port: int) -> Settings:
    """Films are addressed where they will be."""
    return msgspec.structs.replace(settings, public_url=f"http://127.0.0.1:{port}")


@pytest.fixture
async def url(theatre: Theatre, staging: Any, port: int) -> AsyncIterator[str]:
    """Where a house with films can be reached."""
    async with serving(application(staging[0]), port) as url:
        yield url
