"""Packets on a phone: each form is opened the way a person does, and the money is in the wallet."""

import json
import re
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Phones, keep
from tests.browser.fair import FairBrand, lucky, soon

SHARES = lucky(50, 8_800)


def _amount(page: Page, where: str = ".won .hidden-text") -> str:
    return page.locator(where).first.inner_text()


def _open_seal(page: Page) -> str:
    page.locator(".seal").click()
    expect(page.locator(".opened .won")).to_be_visible()
    return _amount(page, ".opened .won .hidden-text")


def test_a_packet_of_a_post_is_opened_and_lies_in_the_wallet(
    phones: Phones, brand: FairBrand
) -> None:
    packet = brand.packet({"form": "attached", "split": SHARES}, title="山茶工坊请你拆红包")
    brand.guests(packet, 5)
    post = brand.post("今天的惊喜藏在这条动态里 #双十一#", packet)
    page = phones.take()
    phones.sign_in(page, "13822220001")
    page.goto(f"/posts/{post}")
    page.locator(".packet-card").click()
    expect(page.locator(".seal")).to_be_visible()
    keep(page, "packet-sealed-zh")
    amount = _open_seal(page)
    expect(page.locator("dialog [role=status]").first).to_contain_text(amount)
    expect(page.locator(".result.mine")).to_contain_text(amount)
    expect(page.locator(".best-luck")).to_have_count(1)
    keep(page, "packet-opened-zh")
    page.locator(".opened-where").click()
    expect(page).to_have_url(re.compile("/wallet$"))
    expect(page.locator(".wallet-sum .hidden-text")).to_have_text(amount, timeout=30_000)
    page.goto(f"/posts/{post}")
    page.locator(".packet-card").click()
    expect(page.locator(".opened .won .hidden-text")).to_have_text(amount)
    assert brand.figures(packet)["opened"] == 6
    # what an envelope looks like stays its own
    shadow = "getComputedStyle(document.querySelector('.post-screen .card.post')).boxShadow"
    assert page.evaluate(shadow) == "none"


def test_an_answer_that_was_cut_off_is_asked_for_again(phones: Phones, brand: FairBrand) -> None:
    packet = brand.packet(SHARES, title="网络再差也是这一份")
    page = phones.take()
    phones.sign_in(page, "13822220002")
    page.goto(f"/packets/{packet}")
    answers: list[Any] = []

    def cut(route: Route) -> None:
        answer = route.fetch()
        answers.append(answer.json())
        if len(answers) < 3:
            route.abort()
        else:
            route.fulfill(response=answer)

    page.route("**/grab", cut)
    page.locator(".packet-do .gold-button").click()
    _open_seal(page)
    assert len(answers) == 3
    assert len({answer["claim"]["amount"]["amountMinor"] for answer in answers}) == 1
    assert brand.figures(packet)["opened"] == 1


def test_nothing_is_opened_behind_ones_back(phones: Phones, brand: FairBrand) -> None:
    packet = brand.packet(SHARES, title="离线不抢")
    page = phones.take()
    phones.sign_in(page, "13822220003")
    page.goto(f"/packets/{packet}")
    page.locator(".packet-do .gold-button").click()
    expect(page.locator(".seal")).to_be_visible()
    page.context.set_offline(True)
    page.locator(".seal").click()
    expect(page.locator(".envelope-error")).to_be_visible()
    page.context.set_offline(False)
    page.wait_for_load_state("networkidle")
    assert brand.figures(packet)["opened"] == 0
    _open_seal(page)


def test_a_receipt_brings_back_what_the_servers_forgot(phones: Phones, brand: FairBrand) -> None:
    packet = brand.packet(SHARES, title="收据在手")
    page = phones.take()
    phones.sign_in(page, "13822220004")
    page.goto(f"/packets/{packet}")
    page.locator(".packet-do .gold-button").click()
    amount = _open_seal(page)
    shown: list[str] = []

    def forget(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "mine": []})

    page.route(f"**/v1/packets/{packet}", forget)
    page.on("request", lambda request: shown.append(request.url))
    page.goto(f"/packets/{packet}")
    expect(page.locator(".packet-do-won .hidden-text")).to_have_text(amount)
    assert any(url.endswith("/restore") for url in shown)


def test_sold_out_is_told_kindly_and_says_what_is_next(phones: Phones, brand: FairBrand) -> None:
    packet = brand.packet({"form": "equal", "count": 1, "eachMinor": 88}, title="只有一份")
    page = phones.take(language="en-US", dark=True)
    phones.sign_in(page, "13822220005")
    page.goto("/packets")
    page.locator(f"[data-packet='{packet}']").click()
    expect(page.locator(".seal")).to_be_visible()
    brand.guests(packet, 1)
    # nobody has to try in vain
    expect(page.locator(".envelope-note")).to_contain_text("All gone", timeout=60_000)
    keep(page, "packet-sold-out-en-dark")
    page.locator(".envelope-note .gold-button").click()
    expect(page).to_have_url(re.compile("/packets$"))


def test_a_phrase_is_said(phones: Phones, brand: FairBrand) -> None:
    rules = {"form": "passphrase", "phrase": "新年快乐", "split": SHARES}
    packet = brand.packet(rules, title="说出口令，拆新年红包")
    page = phones.take()
    phones.sign_in(page, "13822220006")
    page.goto("/packets")
    page.locator(f"[data-packet='{packet}']").click()
    page.locator("[name=phrase]").fill("恭喜发财")
    page.keyboard.press("Enter")
    expect(page.locator(".phrase-error")).to_contain_text("口令不对")
    keep(page, "packet-phrase-zh")
    page.locator("[name=phrase]").fill(" 新年 快乐 ")
    page.keyboard.press("Enter")
    expect(page.locator(".opened .won")).to_be_visible()


def test_following_opens(phones: Phones, brand: FairBrand) -> None:
    packet = brand.packet({"form": "follow", "split": SHARES}, title="关注拆见面礼")
    page = phones.take()
    phones.sign_in(page, "13822220007")
    page.goto("/packets")
    page.locator(f"[data-packet='{packet}']").click()
    expect(page.locator(".seal")).to_have_count(0)
    page.locator(".envelope-note .button").click()
    _open_seal(page)


def test_a_stranger_signs_in_and_finds_the_envelope_again(phones: Phones, brand: FairBrand) -> None:
    sealed = brand.packet(SHARES, title="先登录再拆")
    page = phones.take()
    page.goto(f"/packets/{sealed}")
    page.locator(".packet-do .gold-button").click()
    page.locator(".seal").click()
    page.wait_for_selector("input[name=phone]")
    expect(page.locator("dialog.packet")).to_have_count(0)
    phones.sign_in_here(page, "13822220016")
    _open_seal(page)
    follow = brand.packet({"form": "follow", "split": SHARES}, title="先登录再关注")
    other = phones.take(language="en-US")
    other.goto(f"/packets/{follow}")
    other.locator(".packet-do .gold-button").click()
    other.locator(".envelope-note .button").click()
    other.wait_for_selector("input[name=phone]")
    expect(other.locator("dialog.packet")).to_have_count(0)


def test_a_packet_pops_up_on_the_brands_page_once(phones: Phones, brand: FairBrand) -> None:
    brand.packet({"form": "popup", "split": SHARES}, title="进店有礼")
    page = phones.take()
    phones.sign_in(page, "13822220008")
    page.goto(f"/accounts/{brand.id}")
    expect(page.locator(".envelope .giver-title")).to_have_text("进店有礼")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.packet")).to_have_count(0)


def test_a_friend_helps_and_both_win(phones: Phones, brand: FairBrand) -> None:
    rules = {
        "form": "fission", "links": 10, "baseMinor": 188,
        "helpers": 3, "helperMinor": 66, "bonusMinor": 88,
    }  # fmt: skip
    packet = brand.packet(rules, title="好友越多，红包越大")
    sharer, friend = phones.take(), phones.take(language="en-US", dark=True)
    phones.sign_in(sharer, "13822220009")
    sharer.goto(f"/packets/{packet}")
    sharer.locator(".packet-do .gold-button").click()
    _open_seal(sharer)
    sharer.locator(".opened .button-action").click()
    expect(sharer.locator(".friend-slot")).to_have_count(3)
    keep(sharer, "packet-friends-zh")
    sharer.get_by_text("分享卡片").click()
    card = sharer.locator(".share-card img")
    expect(card).to_be_visible()
    width = card.evaluate("image => image.decode().then(() => image.naturalWidth)")
    assert width == 780, "the server has drawn it"
    keep(sharer, "packet-card-zh")
    code = re.search(r"code=([^&]+)", str(card.get_attribute("src")))
    assert code is not None

    friend.goto(f"/packets/{packet}/help?code={code[1]}")
    friend.locator(".seal").click()
    friend.wait_for_selector("input[name=phone]")
    assert "next=" in friend.url
    phones.sign_in_here(friend, "13822220010")
    expect(friend.locator(".giver-title")).to_contain_text("asks you")
    keep(friend, "packet-help-en-dark")
    friend.locator(".seal").click()
    expect(friend.locator(".packet-do-won .hidden-text")).to_have_text("¥0.66")
    sharer.goto(f"/packets/{packet}")
    expect(sharer.locator(".friend-slot.done")).to_have_count(1)
    expect(sharer.locator(".packet-do-won .hidden-text")).to_have_text("¥2.76", timeout=30_000)


def test_a_lucky_bag_is_entered_and_drawn(phones: Phones, brand: FairBrand) -> None:
    rules = {"form": "draw", "split": {"form": "equal", "count": 3, "eachMinor": 6_600}}
    packet = brand.packet(rules, title="双十一福袋", closesAt=soon(25))
    page = phones.take()
    phones.sign_in(page, "13822220011")
    page.goto(f"/packets/{packet}")
    page.locator(".packet-do .gold-button").click()
    expect(page.locator(".packet-do")).to_contain_text("等待开奖")
    expect(page.locator(".bag-facts")).to_contain_text("1")
    keep(page, "packet-bag-zh")
    expect(page.locator(".packet-do-won .hidden-text")).to_have_text("¥66", timeout=90_000)


def test_a_rain_is_caught(phones: Phones, brand: FairBrand) -> None:
    wave = {"lastsSeconds": 9, "split": lucky(20, 2_000)}
    waves = [{**wave, "afterSeconds": 0}, {**wave, "afterSeconds": 600}]
    page = phones.take()
    phones.sign_in(page, "13822220012")
    packet = brand.packet({"form": "rain", "waves": waves}, title="双十一红包雨", opensAt=soon(6))
    page.goto(f"/packets/{packet}")
    expect(page.locator(".packet-do-count")).to_be_visible()
    page.locator(".packet-do .gold-button").click()
    expect(page.locator(".rain-count")).to_be_visible()
    page.wait_for_selector(".rain-catch")
    page.wait_for_timeout(2_600)
    for _ in range(9):
        page.evaluate("document.querySelector('.rain-catch')?.click()")
        page.wait_for_timeout(60)
    keep(page, "rain-zh")
    expect(page.locator(".rain-card .won")).to_be_visible(timeout=30_000)
    expect(page.locator(".rain-card-score")).to_contain_text("9")
    keep(page, "rain-won-zh")
    assert brand.figures(packet)["opened"] == 1


def test_a_rain_is_honest_with_empty_hands(phones: Phones, brand: FairBrand) -> None:
    wave = {"lastsSeconds": 60, "split": {"form": "equal", "count": 1, "eachMinor": 100}}
    waves = [{**wave, "afterSeconds": 0}, {**wave, "afterSeconds": 600}]
    page = phones.take(language="en-US")
    page.emulate_media(reduced_motion="reduce")
    phones.sign_in(page, "13822220013")
    packet = brand.packet({"form": "rain", "waves": waves}, title="小雨")
    page.goto(f"/packets/{packet}/rain")
    page.wait_for_selector(".rain-catch.shown")
    brand.guests(packet, 1)
    # without motion there is a button; it goes when the wave ends
    for _ in range(3):
        page.evaluate("document.querySelector('.rain-catch.shown')?.click()")
        page.wait_for_timeout(250)
    expect(page.locator(".rain-card")).to_contain_text("nothing left")
    expect(page.locator(".rain-card .won")).to_have_count(0)
    # who comes now is not asked to play for nothing
    page.reload()
    expect(page.locator(".rain-wait")).to_contain_text("2")
    expect(page.locator(".rain-catch")).to_have_count(0)


def test_money_is_taken_out(phones: Phones, brand: FairBrand) -> None:
    packet = brand.packet({"form": "equal", "count": 5, "eachMinor": 6_600}, title="大吉大利")
    page = phones.take()
    phones.sign_in(page, "13822220014")
    page.goto(f"/packets/{packet}")
    page.locator(".packet-do .gold-button").click()
    _open_seal(page)
    page.goto("/wallet")
    expect(page.locator(".wallet-sum .hidden-text")).to_have_text("¥66", timeout=30_000)
    keep(page, "wallet-zh")
    page.locator(".wallet-card .gold-button").click()
    page.locator("[name=amount]").fill("99")
    page.locator("[name=payee]").fill("小明")
    page.locator("button[type=submit]").click()
    expect(page.locator(".field-error")).to_contain_text("余额不够")
    page.locator("[name=amount]").fill("26.5")
    keep(page, "withdraw-zh")
    page.locator("button[type=submit]").click()
    expect(page.locator(".wallet-sum .hidden-text")).to_have_text("¥39.50", timeout=30_000)
    page.get_by_text("提现记录").click()
    expect(page.locator("[class*=withdrawal-]")).to_have_text(re.compile("提交中|处理中|已到账"))
    keep(page, "withdrawals-zh")


def test_the_screens_of_packets_hold_in_both_languages(phones: Phones, brand: FairBrand) -> None:
    long = "一年只有一次的双十一狂欢节超级大红包等你来拆不要错过这个机会快来拆"
    later = brand.packet(SHARES, title=long, opensAt=soon(5_400))
    for dark in (False, True):
        page = phones.take(language="en-US" if dark else "zh-CN", dark=dark)
        phones.sign_in(page, f"1382222002{int(dark)}")
        for screen in (
            "/packets",
            f"/packets/{later}",
            "/wallet",
            "/wallet/withdraw",
            "/packets/9",
        ):
            page.goto(screen)
            expect(page.locator("main h1")).to_be_visible()
            overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert overflow <= 0, f"{screen} scrolls sideways"
        page.goto("/packets")
        expect(page.locator(f"[data-packet='{later}'] .countdown")).to_be_visible()
        keep(page, f"packets-{'en-dark' if dark else 'zh'}")


def test_receipts_stay_with_whom_they_belong_to(phones: Phones, brand: FairBrand) -> None:
    packet = brand.packet(SHARES, title="各拿各的")
    page = phones.take()
    phones.sign_in(page, "13822220015")
    page.goto(f"/packets/{packet}")
    page.locator(".packet-do .gold-button").click()
    _open_seal(page)
    kept = json.loads(page.evaluate("localStorage['carnival.receipts']"))
    mine = json.loads(page.evaluate("localStorage['carnival.me']"))
    assert [each["shopperId"] for each in kept] == [mine["id"]]
