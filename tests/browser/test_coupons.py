"""A coupon in a real browser: made on a desk, collected in a film, shown at the till."""

import re
from pathlib import Path

from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import Phones, keep
from tests.browser.fair import FairBrand
from tests.browser.films import phone_film
from tests.faults.installation import Installation

ENCODED_MS = 240_000
CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}")
# The film stops where the moment comes, so that it waits for us however busy the machine is.
STOP_AT_THE_MOMENT = """
const look = () => {
    if (document.querySelector(".slide[aria-hidden=false] .moment")) {
        document.querySelector(".slide[aria-hidden=false] video")?.pause()
    } else requestAnimationFrame(look)
}
look()
"""


def test_a_coupon_is_made_for_a_film_collected_in_it_and_redeemed(
    phones: Phones, installation: Installation, tmp_path: Path
) -> None:
    brand = FairBrand(installation, "三代面馆")
    desk = phones.take(desktop=True)
    desk.goto("/console")
    phones.say_code(desk, brand.colleague())
    desk.set_input_files(".drop input", phone_film(tmp_path / "一碗好面.mp4"))
    desk.locator(".film-ways button").first.click(timeout=ENCODED_MS)
    _make_and_publish(desk)
    video_id = desk.url.rsplit("/", 1)[-1]

    phone = phones.take()
    phone.add_init_script(STOP_AT_THE_MOMENT)
    phones.sign_in(phone, "13811110601")
    phone.goto("/coupons")
    expect(phone.locator(".empty-title")).to_have_text("还没有能用的优惠券")
    phone.goto(f"/watch?video={video_id}")
    moment = phone.locator(".moment-coupon")
    expect(moment).to_contain_text("热汤满50减10")
    expect(moment).to_contain_text("满¥50可用")
    keep(phone, "coupon-moment-zh")
    with phone.expect_request(_tells_of_the_coupon):
        phone.locator(".moment-face").focus()
        phone.keyboard.press("Enter")
        expect(phone.locator(".toast")).to_contain_text("领到了：热汤满50减10")
        expect(moment).to_contain_text("已领取")
        phone.evaluate("dispatchEvent(new Event('pagehide'))")
    phone.reload()
    expect(moment).to_contain_text("已领取")
    phone.locator(".moment-face").click()
    code = phone.locator("dialog .ticket-code code")
    expect(code).to_have_text(CODE)
    keep(phone, "coupon-code-zh")
    shown = code.inner_text()
    _see_it_among_mine(phone, shown)

    _collect_in_english(phones, video_id)
    assert brand.redeem(shown)["coupon"]["title"] == "热汤满50减10"
    phone.reload()
    expect(phone.locator(".empty-title")).to_have_text("还没有能用的优惠券")
    phone.get_by_role("link", name="已使用").click()
    expect(phone.locator(".ticket-used")).to_contain_text("热汤满50减10")
    expect(phone.locator(".ticket-code")).to_have_count(0)


def _make_and_publish(desk: Page) -> None:
    """A coupon of ten yuan from fifty, in the first second of the film."""
    desk.click(".tool-coupon")
    desk.get_by_role("button", name="新建一张优惠券").click()
    desk.get_by_label("优惠券名称").fill("热汤满50减10")
    desk.get_by_label("减多少（元）").fill("10")
    desk.get_by_label("满多少可用（元，选填）").fill("5")
    make = desk.get_by_role("button", name="开始发放")
    expect(make).to_be_disabled()
    desk.get_by_label("满多少可用（元，选填）").fill("50")
    keep(desk, "console-coupon-zh")
    make.click()
    expect(desk.locator(".picked")).to_contain_text("热汤满50减10")
    expect(desk.locator(".saved")).to_contain_text("已自动保存")
    desk.get_by_role("button", name="发布时间线").click()
    expect(desk.locator(".toast")).to_contain_text("第 1 版已发布")
    keep(desk, "console-coupon-done-zh")
    desk.get_by_role("button", name="发布视频").click()
    expect(desk.locator(".shown-published")).to_be_visible()


def _see_it_among_mine(phone: Page, code: str) -> None:
    phone.keyboard.press("Escape")
    phone.goto("/me")
    phone.get_by_role("link", name="我的优惠券").click()
    ticket = phone.locator(".ticket-usable")
    expect(ticket).to_contain_text("三代面馆")
    expect(ticket.locator("code")).to_have_text(code)
    keep(phone, "coupons-zh")


def _collect_in_english(phones: Phones, video_id: str) -> None:
    phone = phones.take(language="en", dark=True)
    phone.add_init_script(STOP_AT_THE_MOMENT)
    phones.sign_in(phone, "13811110602")
    phone.goto(f"/watch?video={video_id}")
    phone.locator(".moment-face").click()
    expect(phone.locator(".moment-coupon")).to_contain_text("Collected")
    keep(phone, "coupon-moment-en-dark")
    phone.get_by_role("button", name="Show code").click()
    expect(phone.locator("dialog")).to_contain_text("From ¥50")
    keep(phone, "coupon-code-en-dark")
    phone.goto("/coupons")
    expect(phone.locator(".ticket-usable code")).to_have_text(CODE)
    keep(phone, "coupons-en-dark")
    phone.goto("/coupons?state=expired")
    expect(phone.locator(".empty-title")).to_have_text("Nothing has expired")


def _tells_of_the_coupon(request: Request) -> bool:
    told = request.url.endswith("/v1/videos/events") and request.method == "POST"
    return told and '"collect"' in (request.post_data or "")
