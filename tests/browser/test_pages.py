"""The pages themselves: installable, reachable by keyboard, quiet about others, documented."""

import httpx
from playwright.sync_api import expect

from tests.browser.conftest import Phones, keep
from tests.faults.installation import Installation

SCREENS = ("/", "/discover", "/publish", "/notifications", "/me", "/me/devices", "/settings")


def test_every_screen_opens_without_an_error_or_an_outside_request(phones: Phones) -> None:
    for dark in (False, True):
        page = phones.take(language="en-US" if dark else "zh-CN", dark=dark)
        phones.sign_in(page, f"1381111010{int(dark)}")
        for screen in SCREENS:
            page.goto(screen)
            expect(page.locator("main, [role=main]").first).to_be_visible()
            overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert overflow <= 0, f"{screen} scrolls sideways"
            if screen == "/publish":
                keep(page, f"publish-{'en-dark' if dark else 'zh'}")


def test_a_newcomer_is_asked_for_a_phone_in_their_language(phones: Phones) -> None:
    for language, word in (("zh-CN", "手机号"), ("en-US", "phone")):
        page = phones.take(language=language)
        page.goto("/sign-in")
        expect(page.locator("body")).to_contain_text(word, ignore_case=True)


def test_a_wrong_code_is_told_kindly(phones: Phones) -> None:
    page = phones.take()
    page.goto("/sign-in")
    page.fill("input[name=phone]", "13811110200")
    page.click("button[type=submit]")
    page.wait_for_selector("input[name=code]")
    page.keyboard.type("000000")
    expect(
        page.locator("[role=alert], [aria-live]").filter(has_text="验证码").first
    ).to_be_visible()


def test_the_client_can_be_installed(phones: Phones, installation: Installation) -> None:
    page = phones.take()
    page.goto("/sign-in")
    manifest = page.locator("link[rel=manifest]").get_attribute("href")
    assert manifest
    answer = httpx.get(f"{installation.url}{manifest}")
    facts = answer.json()
    assert facts["display"] in ("standalone", "fullscreen")
    assert facts["name"]
    sizes = {icon["sizes"] for icon in facts["icons"]}
    assert {"192x192", "512x512"} <= sizes
    for icon in facts["icons"]:
        assert httpx.get(f"{installation.url}{icon['src']}").status_code == 200
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    stored = page.evaluate(
        """async () => {
            const names = await caches.keys()
            const opened = await Promise.all(names.map((name) => caches.open(name)))
            const requests = await Promise.all(opened.map((cache) => cache.keys()))
            return requests.flat().map((request) => request.url)
        }"""
    )
    assert not [url for url in stored if "/v1/" in url], "the shell only, never answers"


def test_the_keyboard_reaches_the_tabs(phones: Phones) -> None:
    page = phones.take()
    phones.sign_in(page, "13811110201")
    reached: set[str] = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(str(page.evaluate("document.activeElement?.getAttribute('href') ?? ''")))
    assert {"/", "/discover", "/publish", "/notifications", "/me"} <= reached


def test_the_docs_show_the_operations_without_anybodys_help(phones: Phones) -> None:
    page = phones.take(language="en-US")
    page.goto("/docs")
    expect(page.locator(".info .title")).to_contain_text("Carnival")
    page.locator(".opblock-tag").first.click()
    expect(page.locator(".opblock").first).to_be_visible()
    keep(page, "docs")
