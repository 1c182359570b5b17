"""Films in a real browser: sent from a phone, put together on a desk, met by a shopper."""

from pathlib import Path

from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import Phones, keep
from tests.browser.fair import FairBrand
from tests.browser.films import no_film, phone_film

ENCODED_MS = 240_000

# For every frame that is shown: its time in the film, and whether the moment was there by then. The
# film stops there, so that the moment waits for us however busy the machine is.
WATCH_FRAMES = """
window.frames_ = []
const look = () => {
    const video = document.querySelector(".slide[aria-hidden=false] video")
    if (!video) return requestAnimationFrame(look)
    const note = (_, frame) => {
        const moment = document.querySelector(".slide[aria-hidden=false] .moment") !== null
        window.frames_.push([Math.round(frame.mediaTime * 1000), moment])
        if (moment) {
            document.documentElement.dataset.met = "yes"
            return video.pause()
        }
        video.requestVideoFrameCallback(note)
    }
    video.requestVideoFrameCallback(note)
}
look()
"""
ON_TOP = """
document.elementsFromPoint(195, 300).find((each) => each.matches(".slide-film *")).tagName
"""
FRAMES_MAX = 3
"""Between the cue's frame and the moment: 100 ms at 30 frames a second."""


def test_a_phone_sends_a_film_and_is_told_in_words_how_far_it_is(
    phones: Phones, tmp_path: Path
) -> None:
    page = phones.take()
    phones.sign_in(page, "13811110401")
    page.goto("/publish")
    page.set_input_files(".video-add input", no_film(tmp_path / "film.mp4"))
    expect(page.locator(".video-way.wrong")).to_contain_text("这个视频用不了", timeout=ENCODED_MS)
    page.set_input_files(".video-ways input", phone_film(tmp_path / "猫.mp4", seconds=3))
    expect(page.locator(".video-state")).to_contain_text("可以播放了", timeout=ENCODED_MS)
    page.reload()
    expect(page.locator(".video-name")).to_have_text("猫")


def test_a_brand_drags_a_product_onto_its_film_and_a_shopper_meets_it_there(
    phones: Phones, brand: FairBrand, tmp_path: Path
) -> None:
    brand.product("手作陶瓷咖啡杯碟套装 复古红釉", 12_900)
    desk = phones.take(desktop=True)
    desk.goto("/console")
    phones.say_code(desk, brand.colleague())
    film = phone_film(tmp_path / "在家做一杯好咖啡.mp4")
    desk.set_input_files(".drop input", film)
    desk.locator(".film-ways button").first.click(timeout=ENCODED_MS)
    _caption(desk, tmp_path / "字幕.vtt")
    at = _put_product(desk)
    keep(desk, "console-studio-zh")
    video_id = desk.url.rsplit("/", 1)[-1]

    phone = phones.take()
    phone.add_init_script(WATCH_FRAMES)
    phone.goto(f"/watch?video={video_id}")
    expect(phone.locator(".moment-title")).to_contain_text("手作陶瓷咖啡杯碟套装")
    expect(phone.locator("html[data-met]")).to_have_count(1)
    frames = phone.evaluate("window.frames_")
    keep(phone, "video-moment-zh")
    first = next(n for n, (ms, _) in enumerate(frames) if ms >= at)
    there = next((n for n, (_, moment) in enumerate(frames) if moment), len(frames))
    assert not any(moment for ms, moment in frames if ms < at), "never before its frame"
    assert there - first <= FRAMES_MAX
    assert phone.evaluate(ON_TOP) == "VIDEO", "the film, not its poster"
    phone.keyboard.press("c")
    expect(phone.locator(".slide-caption")).to_have_text("水温九十二度")
    _read_product(phone)
    _delete(desk)


def _caption(desk: Page, track: Path) -> None:
    """What is said in the film, which the phone beside the desk shows at once."""
    track.write_text("WEBVTT\n\n00:00.000 --> 00:06.000\n水温九十二度\n", encoding="utf-8")
    desk.set_input_files(".captions-add input", track)
    expect(desk.locator(".tracks li")).to_contain_text("中文")
    expect(desk.locator(".phone-caption")).to_have_text("水温九十二度")


def _put_product(desk: Page) -> int:
    """The moment, in milliseconds of the film, at which the product comes."""
    playhead = desk.locator(".pictures")
    playhead.focus()
    playhead.press("ArrowRight")
    desk.click(".tool-product")
    desk.locator(".pick-list .chip").first.click()
    block = desk.locator(".block-product")
    box = block.bounding_box()
    assert box
    desk.mouse.move(box["x"] + box["width"] / 2, box["y"] + 12)
    desk.mouse.down()
    desk.mouse.move(box["x"] + box["width"] / 2 - 20, box["y"] + 12, steps=4)
    desk.mouse.up()
    block.press("ArrowRight")
    expect(desk.locator(".saved")).to_contain_text("已自动保存")
    begins = desk.locator(".time-field input").first.input_value()
    desk.get_by_role("button", name="发布时间线").click()
    expect(desk.locator(".toast")).to_contain_text("第 1 版已发布")
    desk.get_by_role("button", name="发布视频").click()
    expect(desk.locator(".shown-published")).to_be_visible()
    return round(float(begins.removeprefix("0:")) * 1000) - 50


def _read_product(phone: Page) -> None:
    """The film goes on small while the product is read; what was done is told."""
    with phone.expect_request(_tells_of_the_cart) as told:
        phone.click(".moment-face")
        expect(phone.locator(".product-page h2")).to_contain_text("手作陶瓷")
        assert phone.evaluate("document.querySelectorAll('video').length") <= 3
        phone.click(".product-bar button")
        expect(phone.locator(".product-bar button")).to_have_attribute("aria-pressed", "true")
        keep(phone, "video-product-zh")
        phone.click(".product-back")
    events = (told.value.post_data_json or {})["events"]
    cart = next(event for event in events if event["kind"] == "add_to_cart")
    assert cart["productId"]
    assert cart["cueId"]
    expect(phone.locator(".product-page")).to_have_count(0)


def _delete(desk: Page) -> None:
    """It is asked for, and then it is gone."""
    desk.get_by_role("button", name="删除视频").click()
    question = desk.locator("dialog")
    expect(question).to_contain_text("在家做一杯好咖啡")
    question.get_by_role("button", name="取消").click()
    expect(question).to_have_count(0)
    desk.get_by_role("button", name="删除视频").click()
    question.get_by_role("button", name="删除视频").click()
    expect(desk.locator(".toast").last).to_contain_text("视频已删除")
    expect(desk.locator(".films")).not_to_contain_text("在家做一杯好咖啡")


def _tells_of_the_cart(request: Request) -> bool:
    told = request.url.endswith("/v1/videos/events") and request.method == "POST"
    return told and "add_to_cart" in (request.post_data or "")
