"""Slides: every word whole and where phones show it, every product long enough, cuts on beats."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.kernel.drawing.tokens import color
from media.studio.music.scores import FRAMES_PER_SECOND, SCORES
from media.studio.slides.pieces import Scale, lines_of
from media.studio.slides.plan import PRODUCTS_MAX, VISIBLE_SECONDS_MIN, Item, Show, timing
from media.studio.slides.projector import Projector
from media.studio.slides.template import CARD_TOP, SAFE, UNITS, Template, rgba, templates
from tests.media.studio.slides.shows import LONG, WIDEST, show

LOOKS = pytest.mark.parametrize("look", templates().values(), ids=list(templates()))


def test_there_are_three_templates_with_music_and_names_in_both_languages() -> None:
    assert len(templates()) == 3
    for each in templates().values():
        assert each.music in SCORES
        assert set(each.name) == set(each.words) == {"zh", "en"}


@LOOKS
def test_no_word_is_clipped_and_all_lie_where_a_phone_of_390_by_844_shows_them(
    tmp_path: Path, look: Template
) -> None:
    titles = ("茶", LONG, WIDEST, "W" * 120, "Extra " * 20, "荠菜鲜肉水饺 手工现包 1 kg 两袋 gjpqy")
    made = show(tmp_path, look.key, look.music, titles, width=360)
    scale = made.width / UNITS[0]
    left, top, right, bottom = (each * scale for each in SAFE)
    opening, *products, closing = Projector(made, tmp_path).scenes
    for scene in (opening, *products, closing):
        for box in (piece.box for piece in scene.words()):
            assert left <= box[0] < box[2] <= right
            assert top <= box[1] < box[3] <= bottom
    for scene in (opening, *products):
        for piece in scene.words()[:2]:
            letters = piece.image.getchannel("A")
            lowest = letters.crop((0, letters.height - 1, letters.width, letters.height))
            assert max(lowest.tobytes()) < 128, "letters reach beyond their picture"
    for scene in products:
        name, price = scene.words()[:2]
        assert name.box[3] <= price.box[1], "the price stands below the name"
    for number in (0, 5):
        price = products[number].words()[1]
        assert price.box[3] <= CARD_TOP * scale, "the player's card does not lie on it"


@LOOKS
def test_the_longest_name_is_whole_and_can_be_read_at_390_pixels(look: Template) -> None:
    for text in (LONG, WIDEST):
        room = look.text.box[2], look.text.title_height
        found = lines_of(text, look.text.title, room, Scale(1))
        assert found.whole
        assert found.size_pixels * 390 / UNITS[0] >= 14


@LOOKS
def test_words_stand_out_from_their_grounds(look: Template) -> None:
    """4.5 : 1 for names, 3 : 1 for prices, which are large."""
    for ground in look.ground.colors:
        assert _contrast(look.text.title.color, ground) >= 4.5
        assert _contrast(look.text.price.color, ground) >= 3
    assert look.closing.call.fill is not None
    assert _contrast(look.closing.call.color, look.closing.call.fill) >= 4.5
    assert _contrast(look.closing.price.color, look.closing.tile_color) >= 4.5


@pytest.mark.parametrize("score", SCORES.values(), ids=list(SCORES))
@pytest.mark.parametrize("count", range(1, PRODUCTS_MAX + 1))
def test_every_product_stands_for_two_seconds_and_the_whole_stays_short(score, count) -> None:
    found = timing(count, score, 12)
    for number in range(count):
        shown, gone = found.shown_ms(number)
        assert gone - shown >= VISIBLE_SECONDS_MIN * 1000 - 1
    assert found.plan.beats * score.beat_seconds <= 60
    assert all(cut * score.frames_per_beat % score.frames_per_beat == 0 for cut in found.plan.cuts)


@LOOKS
def test_pictures_change_on_the_beat(tmp_path: Path, look: Template) -> None:
    """The middle between a product at rest and the next lies on the beat, to the frame."""
    made = show(tmp_path, look.key, look.music, ("甲", "乙"), width=90)
    found = made.timing
    cut = found.plan.cuts[1] * found.frames_per_beat
    half = found.transition_frames // 2
    projector = Projector(made, tmp_path)
    before, after = (_middle(projector.frame(at)) for at in (cut - half - 1, cut + half + 1))
    assert _distance(before, after) > 30
    still = _distance(_middle(projector.frame(cut - half - 8)), before)
    assert still < 10, "until then it rests"
    moving = [_middle(projector.frame(at)) for at in range(cut - half, cut + half)]
    steps = [_distance(a, b) for a, b in zip([before, *moving], [*moving, after], strict=True)]
    centre = sum(at * step for at, step in enumerate(steps)) / sum(steps)
    assert abs(centre - half) <= 2
    at_beat = cut / FRAMES_PER_SECOND / made.score.beat_seconds
    assert at_beat == pytest.approx(round(at_beat))


@LOOKS
def test_the_same_show_gives_the_same_frames_and_the_first_is_a_picture(
    tmp_path: Path, look: Template
) -> None:
    made = show(tmp_path, look.key, look.music, ("甲", "乙", "丙", "丁"), width=90)
    one, other = Projector(made, tmp_path), Projector(made, tmp_path)
    for number in (0, 57, made.timing.frames - 1):
        frame = one.frame(number)
        assert frame.size == (90, 160)
        assert frame.tobytes() == other.frame(number).tobytes()
    assert np.asarray(one.frame(0).convert("L")).std() > 12


def test_a_product_without_picture_or_reduction_has_a_slide_too(tmp_path: Path) -> None:
    bare = Show(
        "gallery", "sunrise", "en", "New", "Shop", (Item("", 10**15, None, "JPY", None),), 90
    )
    projector = Projector(bare, tmp_path)
    for number in (0, bare.timing.plan.cuts[0] * bare.timing.frames_per_beat + 40):
        assert projector.frame(number).size == (90, 160)
    name, price = projector.scenes[1].words()[:2]
    assert price.box[2] - price.box[0] <= 90
    assert name.box[0] >= 0


def _middle(frame: Image.Image) -> np.ndarray:
    """The colours where pictures hang."""
    width, height = frame.size
    area = frame.crop((width // 4, height // 8, width * 3 // 4, height // 2))
    return np.asarray(area.resize((8, 8), Image.Resampling.BOX), float)


def _distance(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).mean())


def _contrast(one: str, other: str) -> float:
    """WCAG's ratio."""
    light, dark = sorted((_luminance(rgba(one)), _luminance(rgba(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: tuple[int, ...]) -> float:
    parts = [value / 255 for value in colour[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_tokens_are_the_ones_of_the_pages() -> None:
    assert "#" + bytes(rgba("red")[:3]).hex() == color("red")
