"""`carnival bench swipe`: from the swipe to the next film's first frame, in Chromium, slow line.

A shopper watches films one behind the other in a fresh browser, at 4 Mbit/s with 100 ms of round
trip (the browser's own emulation), stays a while with each and swipes. Measured is the time from
the gesture to the first frame of the next film that is presented while it plays: not its poster,
and not the frame that a stopped player shows.

swipe_median, swipe_p95   who stays some seconds with each film
hurried_median            who stays one second: for information, no goal
"""

import argparse
import math
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.progress import Progress

from loadtests.bench import harness
from loadtests.bench.cinema import Screening, screening
from loadtests.bench.harness import Row
from loadtests.common.shoppers import SignIn

_PHONE = {"width": 390, "height": 844}
_LINE = {
    "offline": False,
    "latency": 100,
    "downloadThroughput": 4_000_000 / 8,
    "uploadThroughput": 4_000_000 / 8,
}
_HURRY_SECONDS = 1.0
_MEDIAN_MS_MAX, _P95_MS_MAX = 200.0, 500.0
_PATIENCE_MS = 60_000
_NOTES = """
window.inSight = () => document.querySelector('.slide[aria-hidden=false] video');
window.swiped = [];
addEventListener('keydown', ({key}) => {
  if (key !== 'ArrowDown') return;
  const before = inSight();
  const at = performance.now();
  const look = () => {
    const film = inSight();
    if (!film || film === before) return requestAnimationFrame(look);
    const seen = (_, {presentationTime}) => {
      if (film.paused) film.requestVideoFrameCallback(seen);
      else swiped.push(presentationTime - at);
    };
    film.requestVideoFrameCallback(seen);
  };
  look();
}, true);
"""


def main() -> int:
    """Run it; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(
        prog="carnival bench swipe",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--films", type=int, default=6)
    parser.add_argument("--seconds", type=int, default=12, help="of each film")
    parser.add_argument("--stay", type=float, default=3.0, help="seconds with each film")
    parser.add_argument("--rounds", type=int, default=5, help="times through all films")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.stderr.write("Chromium is missing: apt-get install chromium\n")
        return 2
    console = Console()
    with tempfile.TemporaryDirectory() as name, Progress(console=console) as progress:
        made = progress.add_task("Films", total=options.films)
        stage = screening(
            Path(name),
            films=options.films,
            seconds=options.seconds,
            shoppers=options.rounds + 1,
            step=lambda: progress.advance(made),
        )
        with stage as there, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            steady: list[float] = []
            watched = progress.add_task("Rounds", total=options.rounds + 1)
            for shopper in there.shoppers[1:]:
                steady += _round(browser, there, shopper, options.films - 1, options.stay)
                progress.advance(watched)
            hurried = _round(browser, there, there.shoppers[0], options.films - 1, _HURRY_SECONDS)
            progress.advance(watched)
            browser.close()
    median, p95 = statistics.median(steady), _percentile(steady, 0.95)
    rows = [
        _row("swipe_median", median, f"≤ {_MEDIAN_MS_MAX:g}", median <= _MEDIAN_MS_MAX),
        _row("swipe_p95", p95, f"≤ {_P95_MS_MAX:g}", p95 <= _P95_MS_MAX),
        _row("hurried_median", statistics.median(hurried), "none", True),
    ]
    notes = [
        f"{len(steady)} swipes after {options.stay:g} s each; load {os.getloadavg()[0]:.1f}",
        "ms: " + " ".join(f"{each:.0f}" for each in sorted(steady)),
        f"hurried, after {_HURRY_SECONDS:g} s: "
        + " ".join(f"{each:.0f}" for each in sorted(hurried)),
    ]
    harness.show(console, "bench swipe: 4 Mbit/s, 100 ms of round trip", rows, notes)
    if options.json:
        harness.save(options.json, rows)
    return 0 if all(row.holds for row in rows) else 1


def _row(name: str, value: float, goal: str, holds: bool) -> Row:
    return Row(name, round(value, 1), "ms", None, None, goal, holds)


def _percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[math.ceil(share * len(values)) - 1]


def _round(
    browser: Browser, there: Screening, shopper: SignIn, swipes: int, stay_seconds: float
) -> list[float]:
    """Milliseconds of each swipe, in a browser that has seen nothing yet."""
    context = browser.new_context(
        viewport={"width": _PHONE["width"], "height": _PHONE["height"]},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        base_url=there.url,
        service_workers="block",
        bypass_csp=True,
    )
    context.set_default_timeout(_PATIENCE_MS)
    page = context.new_page()
    page.add_init_script(f"localStorage.setItem('carnival.refresh', '{shopper.refresh}')")
    page.add_init_script(_NOTES)
    line: Any = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", _LINE)
    page.goto(f"/watch?post={there.newest}")
    page.wait_for_function("inSight()?.currentTime > 0.1")
    for done in range(1, swipes + 1):
        page.wait_for_timeout(stay_seconds * 1000)
        page.keyboard.press("ArrowDown")
        page.wait_for_function("n => swiped.length === n", arg=done)
    found: list[float] = page.evaluate("swiped")
    context.close()
    return found
