"""Text as people write it, made comparable.

Search is by substring in any script: a text's one- and two-character pieces ("grams") stand in an
array with a GIN index; candidates must hold every gram of the query and are then compared whole.
Word stemming would not help here: Chinese has no spaces.
"""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_NO_WIDTH = " \ufe0e\ufe0f"
"""With the format characters (joiners, direction marks): whether a sign is drawn as a picture."""
_UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def tidy(text: str) -> str:
    """As given, without what no one can see or PostgreSQL cannot hold; ends trimmed."""
    return _UNSAFE.sub("", text).strip()


def one_line(text: str) -> str:
    """`tidy`, with every run of white space as one space: for names and titles."""
    return _SPACES.sub(" ", tidy(text)).strip()


def is_visible(text: str) -> bool:
    """Whether there is anything to see: a letter, digit, mark, sign or symbol."""
    return any(unicodedata.category(c)[0] in "LNPS" for c in text)


def folded(text: str) -> str:
    """The form in which two texts are the same to a reader: width, case and spaces ignored."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", tidy(text)).casefold()).strip()


def bare(text: str) -> str:
    """`folded` without any space, nor what has no width: the form in which two pass phrases are
    the same. Who copies a phrase from a chat copies marks along that nobody sees."""
    # twice, since folding the case of some letters leaves what width folds again (UAX #31)
    return _solid(_solid(text))


def _solid(text: str) -> str:
    return "".join(
        c for c in folded(text) if c not in _NO_WIDTH and unicodedata.category(c) != "Cf"
    )


def grams(text: str) -> list[str]:
    """The distinct pieces of one and two characters of a folded text, sorted; what is indexed."""
    pairs = (text[i : i + 2] for i in range(len(text) - 1))
    return sorted({c for c in text if c != " "} | {pair for pair in pairs if " " not in pair})


def query_grams(text: str) -> list[str]:
    """The fewest pieces that a text holding this folded query must have."""
    pairs = [pair for i in range(len(text) - 1) if " " not in (pair := text[i : i + 2])]
    return sorted(set(pairs) or {c for c in text if c != " "})
