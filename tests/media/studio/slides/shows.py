"""Shows to test with: small, with pictures that are plain colours, so that they are told apart."""

from pathlib import Path

from PIL import Image

from media.studio.slides.plan import Item, Show

LONG = (
    "【狂欢城限定】云南高山日晒古树普洱生茶饼 357g 传统石磨压制 陈年收藏级礼盒装 送礼自饮两相宜 "
    "附手提袋与茶针，买二送一，全国包邮，七天无理由退换货，假一赔十，官方旗舰店正品保证，限时特惠"
)
WIDEST = "龘" * 120
COLOURS = ("#1f7a4d", "#c98a1b", "#3c4fb0", "#a13c6b", "#2a9db5")


def show(
    folder: Path, template: str, music: str, titles: tuple[str, ...], width: int = 180
) -> Show:
    """A show of products with these titles, its pictures in the folder."""
    items: list[Item] = []
    for number, title in enumerate(titles):
        name = f"{number}.jpg"
        Image.new("RGB", (240, 240), COLOURS[number % len(COLOURS)]).save(folder / name)
        items.append(Item(title, 5990 + number * 100_000, 7990 + number * 120_000, "CNY", name))
    return Show(template, music, "zh", "春日上新", "面面俱到 Noodle House", tuple(items), width)
