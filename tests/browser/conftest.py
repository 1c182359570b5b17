"""A real browser on a real installation. Chromium is Debian's; without it these tests fail in CI
and are left out elsewhere, with a word about it."""

import inspect
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.fair import FairBrand
from tests.faults.installation import Installation

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder needs Chromium. Those with an event loop of their own come before
    all others, in one process: Playwright's other face keeps its loop running to the end."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if _has_loop(item):
                item.add_marker(pytest.mark.xdist_group("with a loop"))
    items.sort(key=lambda item: "browser" in item.keywords and not _has_loop(item))


def _has_loop(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj)


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """`up`, empty."""
    with Installation(tmp_path_factory.mktemp("browser"), workers=1) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    assert _CHROMIUM, "Chromium is missing: apt-get install chromium (./carnival test does it)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


PATIENCE_MS = 60_000
"""The machine may be busy with everything else."""
expect.set_options(timeout=PATIENCE_MS)


class Phones:
    """Phones of people, each with its own storage; they fail the test on a script's error or on a
    request to anybody but us."""

    def __init__(self, browser: Browser, installation: Installation) -> None:
        self._browser = browser
        self._installation = installation
        self._contexts: list[BrowserContext] = []
        self.troubles: list[str] = []

    def take(self, *, language: str = "zh-CN", dark: bool = False, desktop: bool = False) -> Page:
        """A fresh phone with a page on it; or what stands on a desk."""
        size = DESKTOP if desktop else PHONE
        context = self._browser.new_context(
            viewport={"width": size["width"], "height": size["height"]},
            device_scale_factor=1 if desktop else 2,
            locale=language,
            color_scheme="dark" if dark else "light",
            has_touch=not desktop,
            is_mobile=not desktop,
            base_url=self._installation.url,
        )
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        page.on("request", lambda request: self._check(request.url))
        return page

    def _check(self, url: str) -> None:
        ours = (self._installation.url, self._installation.url.replace("http", "ws"))
        if not url.startswith((*ours, "data:", "blob:")):
            self.troubles.append(f"outside request: {url}")

    def sign_in(self, page: Page, phone: str) -> None:
        """The way a person does: phone, code, and the feed is there."""
        page.goto("/")
        self.sign_in_here(page, phone)

    def sign_in_here(self, page: Page, phone: str) -> None:
        """The same, where a page already asks for it; the page then goes on."""
        self.say_code(page, phone)
        page.wait_for_selector(".tabs:not(.welcome)", state="attached")

    def say_code(self, page: Page, phone: str) -> None:
        """The phone number and its code; what comes then is the page's."""
        page.fill("input[name=phone]", phone)
        page.click("button[type=submit]")
        page.wait_for_selector("input[name=code]")
        page.locator("input[name=code]").focus()
        page.keyboard.type(self._code(phone))

    def _code(self, phone: str) -> str:
        lines = (self._installation.folder / "data" / "codes.log").read_text().splitlines()
        sent = [json.loads(line) for line in lines]
        return [each["code"] for each in sent if each["phone"].endswith(phone)][-1]

    def close(self) -> None:
        """Put every phone away."""
        for context in self._contexts:
            context.close()


@pytest.fixture
def phones(chromium: Browser, installation: Installation) -> Iterator[Phones]:
    """Phones for this test."""
    phones = Phones(chromium, installation)
    yield phones
    phones.close()
    assert phones.troubles == []


def keep(page: Page, name: str) -> None:
    """A screenshot for docs/, when CARNIVAL_SCREENSHOTS names the folder."""
    if folder := os.environ.get("CARNIVAL_SCREENSHOTS"):
        page.wait_for_timeout(900)
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


@pytest.fixture(scope="session")
def brand(installation: Installation) -> FairBrand:
    """A brand with a budget."""
    return FairBrand(installation)
