"""What a shopper does first, on two phones at once: sign in, follow, publish, see it arrive."""

import re
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from tests.browser.conftest import Phones, keep
from tests.browser.photographs import phone_photographs
from tests.faults.installation import Installation


def _account(page: Page) -> str:
    return str(page.evaluate("JSON.parse(localStorage['carnival.me']).accountId"))


def _publish(page: Page, words: str, pictures: list[str]) -> None:
    page.goto("/publish")
    page.locator(".publish-text textarea").fill(words)
    if pictures:
        page.locator("input[type=file][multiple]").set_input_files(pictures)
    else:
        page.get_by_text("资讯").click()
    expect(page.locator("[data-picture]")).to_have_count(len(pictures))
    expect(page.locator(".picture-progress")).to_have_count(0, timeout=120_000)
    expect(page.locator(".picture-failed")).to_have_count(0)
    page.locator(".publish-bar .button-action").click()
    expect(page).to_have_url(re.compile("/posts/"), timeout=60_000)


def test_a_post_with_phone_pictures_arrives_in_an_open_feed(
    phones: Phones, installation: Installation, tmp_path: Path
) -> None:
    seller, reader = phones.take(), phones.take(language="en-US", dark=True)
    phones.sign_in(seller, "13811110001")
    phones.sign_in(reader, "13811110002")
    account = _account(seller)

    reader.goto(f"/accounts/{account}")
    reader.locator(".account-line .button").click()
    expect(reader.locator(".account-line .button")).to_have_text("Following")
    reader.goto("/")
    expect(reader.locator("article")).to_have_count(0)

    photographs = phone_photographs(tmp_path)[:9]
    _publish(seller, "今天的照片 #狂欢城# 和大家分享", photographs)

    pill = reader.locator(".new-posts-pill")
    expect(pill).to_contain_text("1 new post", timeout=30_000)
    keep(reader, "pill-en-dark")
    pill.click()
    post = reader.locator("article").first
    expect(post).to_contain_text("今天的照片")
    expect(post.locator(".grid-cell")).to_have_count(len(photographs))
    keep(reader, "feed-en-dark")
    keep(seller, "feed-zh")

    _likes_and_answers(reader, seller)
    _shows_clean_upright_pictures(installation, account)


def _likes_and_answers(reader: Page, seller: Page) -> None:
    reader.locator(".like").first.click()
    expect(reader.locator(".like .count").first).to_have_text("1")
    reader.locator("article .post-time").first.click()
    reader.locator(".composer-field").fill("So pretty!")
    reader.keyboard.press("Enter")
    expect(reader.locator(".comment-words p").first).to_have_text("So pretty!")
    keep(reader, "post-en-dark")
    # the seller still looks at the post: the first word under it appears by itself
    expect(seller.locator(".comment-words p").first).to_have_text("So pretty!")
    expect(seller.locator(".tab-badge").first).to_be_attached(timeout=20_000)
    seller.goto("/notifications")
    expect(seller.locator("main")).to_contain_text("So pretty!")
    keep(seller, "notifications-zh")


def _shows_clean_upright_pictures(installation: Installation, account: str) -> None:
    posts = httpx.get(f"{installation.url}/v1/accounts/{account}/posts").json()["items"]
    pictures = posts[0]["post"]["pictures"]
    turned = next(p for p in pictures if (p["width"], p["height"]) == (900, 1200))
    assert turned, "the picture turned by its tag stands upright"
    for picture in pictures:
        width = max(picture["widths"])
        data = httpx.get(f"{installation.url}{picture['base']}/{width}.jpeg").content
        assert data[:2] == b"\xff\xd8"
        assert b"Exif" not in data[:4096], "no place, no phone, nothing of it"
        assert b"Carnival Phone" not in data


def test_the_other_language_says_the_same(phones: Phones) -> None:
    seller, reader = phones.take(language="en-US"), phones.take()
    phones.sign_in(seller, "13811110003")
    phones.sign_in(reader, "13811110004")
    reader.goto(f"/accounts/{_account(seller)}")
    reader.locator(".account-line .button").click()
    expect(reader.locator(".account-line .button")).to_have_text("已关注")
    reader.goto("/")
    seller.goto("/publish")
    seller.locator(".publish-text textarea").fill("News for you")
    seller.get_by_text("News", exact=True).click()
    seller.locator(".publish-bar .button-action").click()
    expect(reader.locator(".new-posts-pill")).to_contain_text("1 条新动态", timeout=30_000)


def test_what_is_liked_without_a_net_is_liked_when_it_is_back(phones: Phones) -> None:
    seller, reader = phones.take(), phones.take()
    phones.sign_in(seller, "13811110005")
    _publish(seller, "离线也能点赞", [])
    phones.sign_in(reader, "13811110006")
    reader.goto(f"/accounts/{_account(seller)}")
    expect(reader.locator("article").first).to_contain_text("离线也能点赞")
    reader.context.set_offline(True)
    reader.locator(".like").first.click()
    expect(reader.locator(".like .count").first).to_have_text("1")
    reader.context.set_offline(False)
    seller.goto(f"/accounts/{_account(seller)}")
    expect(seller.locator(".like .count").first).to_have_text("1", timeout=30_000)


def test_signing_out_everywhere_reaches_the_other_phone(phones: Phones) -> None:
    mine, lost = phones.take(), phones.take()
    phones.sign_in(lost, "13811110007")
    mine.wait_for_timeout(0)
    page = lost.context.new_page()
    page.goto("/")
    page.wait_for_selector(".tabs")
    page.goto("/me/devices")
    page.locator(".button-danger, .danger").last.click()
    page.locator("dialog .button-danger").click()
    lost.wait_for_selector("input[name=phone]", timeout=20_000)
