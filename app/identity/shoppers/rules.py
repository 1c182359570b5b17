"""Names: how a newcomer is called, and what a name may be."""

import unicodedata
from collections.abc import Callable

NAME_CHARS_MAX = 40
BIO_CHARS_MAX = 200


def _words(line: str) -> list[str]:
    return line.split()


_ZH_FIRST = _words(
    "爱笑的 早起的 贪吃的 好奇的 温柔的 勇敢的 悠闲的 闪亮的 幸运的 机灵的 安静的 快乐的"
)
_ZH_SECOND = _words("锦鲤 橘猫 海豚 熊猫 刺猬 麻雀 小鹿 考拉 松鼠 企鹅 白鹭 柴犬")
_EN_FIRST = _words("Sunny Curious Gentle Brave Lucky Quiet Merry Clever Breezy Golden Swift Cosy")
_EN_SECOND = _words("Otter Panda Heron Robin Fox Koala Finch Dolphin Deer Squirrel Lark Seal")
_NUMBERS = 10_000


def newcomer_name(below: Callable[[int], int], *, chinese: bool) -> str:
    """A friendly name with four digits, one of 1,440,000: not unique, and rarely met twice.

    `below(n)` draws a number below n.
    """
    first, second = (_ZH_FIRST, _ZH_SECOND) if chinese else (_EN_FIRST, _EN_SECOND)
    words = first[below(len(first))], second[below(len(second))]
    return ("" if chinese else " ").join(words) + f" {below(_NUMBERS):04d}"


def tidy_name(written: str) -> str:
    """The name without spaces at the ends or in a row. Raises ValueError for one that nobody could
    read, or that hides what it is."""
    name = " ".join(written.split())
    if not name:
        raise ValueError("A name has at least one visible character")
    if has_hidden(name):
        raise ValueError("A name has no control or direction characters")
    if not any(unicodedata.category(char)[0] in "LNS" for char in name):
        raise ValueError("A name has at least one letter, digit or symbol")
    return name


def has_hidden(text: str, *, lines: bool = False) -> bool:
    """Whether a text has control characters, lone surrogates or direction overrides, with which
    one name can be made to look like another. The joiner that emoji need is fine."""
    allowed = "\u200d\n" if lines else "\u200d"
    return any(
        unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co") and char not in allowed
        for char in text
    )
