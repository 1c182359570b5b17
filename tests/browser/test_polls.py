"""A poll in a real browser: made on a desk, answered in a film, by finger and by keys."""

from pathlib import Path

from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import Phones, keep
from tests.browser.fair import FairBrand
from tests.browser.films import phone_film
from tests.faults.installation import Installation

ENCODED_MS = 240_000
TOUCH_PX = 44
# The film stops where the poll comes, so that it waits for us however busy the machine is.
STOP_AT_THE_POLL = """
const look = () => {
    if (document.querySelector(".slide[aria-hidden=false] .moment-poll")) {
        document.querySelector(".slide[aria-hidden=false] video")?.pause()
    } else requestAnimationFrame(look)
}
look()
"""
OVERLAPS = """
([card, other]) => {
    const [a, b] = [card, other].map((each) => document.querySelector(each).getBoundingClientRect())
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}
"""
# As long as any question may be, with as many answers.
STRETCH = """
const list = document.querySelector(".poll-options")
document.querySelector(".poll-question").textContent = "哪".repeat(120)
while (list.children.length < 6) list.append(list.firstElementChild.cloneNode(true))
for (const each of list.querySelectorAll(".poll-text")) each.textContent = "面".repeat(40)
"""


def test_a_poll_is_made_for_a_film_and_answered_in_it(
    phones: Phones, installation: Installation, tmp_path: Path
) -> None:
    brand = FairBrand(installation, "凉面馆")
    desk = phones.take(desktop=True)
    desk.goto("/console")
    phones.say_code(desk, brand.colleague())
    desk.set_input_files(".drop input", phone_film(tmp_path / "一碗好面.mp4"))
    desk.locator(".film-ways button").first.click(timeout=ENCODED_MS)
    _caption(desk, tmp_path / "字幕.vtt")
    _make_and_publish(desk)
    video_id = desk.url.rsplit("/", 1)[-1]

    phone = phones.take()
    phone.add_init_script(STOP_AT_THE_POLL)
    phones.sign_in(phone, "13811110701")
    phone.goto(f"/watch?video={video_id}")
    card = phone.locator(".moment-poll")
    expect(card.locator(".poll-question")).to_have_text("今晚先吃哪一碗？")
    expect(card).to_contain_text("每人一票")
    phone.keyboard.press("c")
    expect(phone.locator(".slide-caption")).to_have_text("水温九十二度")
    keep(phone, "poll-asked-zh")
    for place in range(3):
        box = card.get_by_role("radio").nth(place).bounding_box()
        assert box
        assert box["height"] >= TOUCH_PX
    _covers_nothing(phone)
    with phone.expect_request(_tells_of_the_vote):
        card.get_by_role("radio", name="凉面").click()
        expect(card.locator(".poll-option.mine")).to_contain_text("100%")
        phone.evaluate("dispatchEvent(new Event('pagehide'))")
    expect(card.locator(".poll-foot")).to_have_text("1 人投了票")
    expect(card.get_by_role("radio")).to_have_count(0)
    keep(phone, "poll-answered-zh")
    phone.evaluate(STRETCH)
    _covers_nothing(phone)
    keep(phone, "poll-long-zh")

    _answer_in_english(phones, video_id)
    phone.reload()
    mine = phone.locator(".moment-poll .poll-option.mine")
    expect(mine).to_contain_text("凉面")
    expect(mine).to_contain_text("50%")


def _covers_nothing(phone: Page) -> None:
    """Neither what is said, nor what can be touched."""
    for other in (".slide-caption span", ".rail", ".foot", ".watch-top"):
        assert not phone.evaluate(OVERLAPS, [".moment-poll", other]), other


def _caption(desk: Page, track: Path) -> None:
    track.write_text("WEBVTT\n\n00:00.000 --> 00:06.000\n水温九十二度\n", encoding="utf-8")
    desk.set_input_files(".captions-add input", track)
    expect(desk.locator(".tracks li")).to_contain_text("中文")


def _make_and_publish(desk: Page) -> None:
    """A question with three answers, in the first second of the film."""
    desk.click(".tool-poll")
    desk.get_by_role("button", name="新建一个投票").click()
    make = desk.get_by_role("button", name="开始投票")
    desk.get_by_label("问题").fill("今晚先吃哪一碗？")
    desk.get_by_label("选项 1", exact=True).fill("牛肉面")
    expect(make).to_be_disabled()
    desk.get_by_label("选项 2", exact=True).fill("凉面")
    desk.get_by_role("button", name="加一个选项").click()
    desk.get_by_label("选项 3", exact=True).fill("馄饨")
    keep(desk, "console-poll-zh")
    make.click()
    expect(desk.locator(".picked")).to_have_text("今晚先吃哪一碗？")
    expect(desk.locator(".saved")).to_contain_text("已自动保存")
    desk.get_by_role("button", name="发布时间线").click()
    expect(desk.locator(".toast")).to_contain_text("第 1 版已发布")
    keep(desk, "console-poll-done-zh")
    desk.get_by_role("button", name="发布视频").click()
    expect(desk.locator(".shown-published")).to_be_visible()


def _answer_in_english(phones: Phones, video_id: str) -> None:
    """With keys alone: arrows go from answer to answer, and turn nothing over."""
    phone = phones.take(language="en", dark=True)
    phone.add_init_script(STOP_AT_THE_POLL)
    phones.sign_in(phone, "13811110702")
    phone.goto(f"/watch?video={video_id}")
    group = phone.get_by_role("radiogroup", name="今晚先吃哪一碗？")
    group.get_by_role("radio").first.focus()
    phone.keyboard.press("ArrowUp")
    expect(group.get_by_role("radio", name="馄饨")).to_be_focused()
    phone.keyboard.press("ArrowDown")
    expect(group.get_by_role("radio", name="牛肉面")).to_be_focused()
    keep(phone, "poll-asked-en-dark")
    phone.keyboard.press("Enter")
    card = phone.locator(".moment-poll")
    expect(card.locator(".poll-option.mine")).to_contain_text("牛肉面")
    expect(card.locator(".poll-option.mine")).to_contain_text("50%")
    expect(card.locator(".poll-foot")).to_have_text("2 votes")
    expect(phone.locator("[aria-live]").filter(has_text="You voted for")).not_to_have_count(0)
    keep(phone, "poll-answered-en-dark")


def _tells_of_the_vote(request: Request) -> bool:
    told = request.url.endswith("/v1/videos/events") and request.method == "POST"
    return told and '"vote"' in (request.post_data or "")
