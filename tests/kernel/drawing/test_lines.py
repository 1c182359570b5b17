"""Lines: all of a text is drawn, inside its box, and no line begins with a closing mark."""

from hypothesis import given
from hypothesis import strategies as st

from app.kernel.drawing.fonts import font
from app.kernel.drawing.lines import fit, wrap

BOX = (576, 230)
_LETTERS = st.sampled_from("茶山花礼盒装面汤鞋，。（）【】％ abcWiml0123456789-")
LONG = "【狂欢城限定】云南高山日晒古树普洱生茶饼 357g 传统石磨压制 陈年收藏级礼盒装 送礼自饮两相宜"


@given(st.text(_LETTERS, min_size=1, max_size=120).filter(lambda text: text.strip() != ""))
def test_every_name_of_a_product_fits_whole(text: str) -> None:
    found = fit(text, "bold", BOX, size_max=56, size_min=26)
    assert found.whole
    assert "".join(found.lines).replace(" ", "") == text.replace(" ", "")
    face = font("bold", found.size_pixels)
    assert all(face.getlength(line) <= BOX[0] for line in found.lines)
    assert found.height <= BOX[1]


def test_a_text_that_cannot_fit_says_so() -> None:
    found = fit("茶" * 400, "bold", BOX, size_max=56, size_min=28)
    assert not found.whole
    assert found.lines[-1].endswith("…")
    assert found.height <= BOX[1]


def test_short_names_are_large_and_stand_on_one_line() -> None:
    found = fit("十八小时牛骨汤面 4 盒装", "bold", BOX, size_max=56, size_min=28)
    assert len(found.lines) == 1
    assert found.size_pixels >= 48


def test_lines_are_even_and_keep_marks_with_their_words() -> None:
    found = fit(LONG, "bold", BOX, size_max=56, size_min=28)
    assert len(found.lines) > 1
    lengths = [len(line) for line in found.lines]
    assert min(lengths) > max(lengths) / 2
    assert not any(line[0] in "，。）】" or line[-1] in "（【" for line in found.lines)


def test_latin_words_stay_whole_unless_they_are_wider_than_a_line() -> None:
    face = font("regular", 40)
    assert wrap("running shoes", face, 200) == ("running", "shoes")
    parts = wrap("internationalisation", face, 120)
    assert len(parts) > 1
    assert "".join(parts) == "internationalisation"
