"""WebVTT: what is good comes out clean and the same each time, what is not names its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.studio.captions.webvtt import CHARS_MAX, Cue, parse, written
from media.studio.errors import CaptionsDamaged

HEAD = "WEBVTT\n\n"


def test_reads_what_files_really_hold() -> None:
    text = (
        "\ufeffWEBVTT - by hand\r\nKind: captions\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\n"
        "NOTE nobody sees this\r\n\r\n"
        "1\r\n00:01.000 --> 00:02.500 line:90% evil:yes align:start\r\n"
        "<v 小满>你好 <i>朋友</i></v>\r\n第二行\r\n\r\n"
        "01:00:00.000 --> 01:00:03.000\n5 < 6 & <script>alert(1)</script>\n"
    )
    first, second = parse(text, None)
    assert first == Cue(1000, 2500, "line:90% align:start", "<v 小满>你好 <i>朋友</i></v>\n第二行")
    assert second.start == 3_600_000
    assert second.text == "5 &lt; 6 &amp; &lt;script&gt;alert(1)&lt;/script&gt;"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("1\n00:00:01,000 --> 00:00:02,000\nSRT", 1),
        (HEAD + "00:01.000 --> 00:02.000", 3),
        (HEAD + "00:02.000 --> 00:02.000\n甲", 3),
        (HEAD + "id\n00:61.000 --> 00:62.000\n甲", 4),
        (HEAD + "00:05.000 --> 00:06.000\n甲\n\n00:01.000 --> 00:02.000\n乙", 6),
        (HEAD + "00:01.000 --> 00:02.000\n甲\n00:02.000 --> 00:03.000\n乙", 3),
        (HEAD + "00:11.000 --> 00:12.000\n甲", 3),
        (HEAD + "just words", 3),
        (HEAD + "00:01.000 --> 00:02.000\n" + "甲" * 501, 3),
        (HEAD, 1),
        ("WEBVTTX\n\n00:01.000 --> 00:02.000\n甲", 1),
    ],
)
def test_what_is_wrong_names_its_line(text: str, line: int) -> None:
    with pytest.raises(CaptionsDamaged) as raised:
        parse(text, 10_000)
    assert raised.value.errors[0].detail.startswith(f"Line {line}:")


def test_too_much_is_refused() -> None:
    with pytest.raises(CaptionsDamaged):
        parse("WEBVTT\n\n" + "x" * CHARS_MAX, None)
    many = "".join(f"00:01.{n % 1000:03d} --> 00:09.000\n甲\n\n" for n in [0] * 5001)
    with pytest.raises(CaptionsDamaged):
        parse(HEAD + many, None)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_and_what_is_written_reads_the_same(text: str) -> None:
    for candidate in (text, HEAD + text, HEAD + "00:00.000 --> 00:01.000\n" + text):
        try:
            cues = parse(candidate, None)
        except CaptionsDamaged:
            continue
        again = parse(written(cues).decode(), None)
        assert again == cues
        assert written(again) == written(cues)
