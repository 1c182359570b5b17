"""Reads WebVTT (W3C, 2019) strictly, and writes it again: what is served is never what was sent.

Styles, regions, notes and unknown marks are left out; every other deviation is an error with its
line, since captions that a player silently drops are found by nobody.
"""

import html
import re
from typing import Final, NamedTuple

from app.kernel.errors import FieldError
from media.studio.errors import CaptionsDamaged

CHARS_MAX: Final = 400_000
CUES_MAX: Final = 5_000
CUE_CHARS_MAX: Final = 500
CUE_LINES_MAX: Final = 6
_ERRORS_MAX: Final = 20
_TIMES = re.compile(
    r"((?:\d{2,3}:)?[0-5]\d:[0-5]\d\.\d{3})[ \t]+-->[ \t]+((?:\d{2,3}:)?[0-5]\d:[0-5]\d\.\d{3})"
    r"(?:[ \t]+(.*))?\Z",
    re.ASCII,
)
_SETTING = re.compile(
    r"(?:vertical:(?:rl|lr)|align:(?:start|center|end|left|right)"
    r"|line:-?\d{1,3}(?:\.\d{1,3})?%?(?:,(?:start|center|end))?"
    r"|position:\d{1,3}(?:\.\d{1,3})?%(?:,(?:line-left|center|line-right))?"
    r"|size:\d{1,3}(?:\.\d{1,3})?%)\Z",
    re.ASCII,
)
_MARK = re.compile(r"<(/?)([biuc]|ruby|rt|v|lang)((?:\.[\w-]{1,30})*)(?:[ \t]+([^<>]{0,80}))?>")
_KEPT_WITH_WORDS = frozenset({"v", "lang"})


class Cue(NamedTuple):
    """A caption, in milliseconds."""

    start: int
    end: int
    settings: str
    text: str
    """As WebVTT writes it: marks that are allowed, everything else escaped."""


def parse(text: str, duration_ms: int | None) -> tuple[Cue, ...]:
    """The captions of a file. Raises CaptionsDamaged, naming lines."""
    if len(text) > CHARS_MAX:
        raise CaptionsDamaged(f"At most {CHARS_MAX} characters are possible")
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.match(r"WEBVTT(?:[ \t].*)?\Z", lines[0]):
        raise _damaged([(1, "The file has to begin with the word WEBVTT")])
    cues: list[Cue] = []
    errors: list[tuple[int, str]] = []
    for number, block in _blocks(lines):
        if block[0].partition(" ")[0] in ("NOTE", "STYLE", "REGION"):
            continue
        try:
            cues.append(_cue(number, block, cues[-1].start if cues else 0, duration_ms))
        except _Wrong as wrong:
            errors.append((wrong.line, wrong.words))
        if len(errors) >= _ERRORS_MAX:
            break
    if errors:
        raise _damaged(errors)
    if not cues:
        raise _damaged([(1, "There is not a single caption")])
    if len(cues) > CUES_MAX:
        raise CaptionsDamaged(f"At most {CUES_MAX} captions are possible")
    return tuple(cues)


def written(cues: tuple[Cue, ...]) -> bytes:
    """A WebVTT file of these captions, the same bytes for the same captions."""
    parts = ["WEBVTT\n"]
    for cue in cues:
        settings = f" {cue.settings}" if cue.settings else ""
        parts.append(f"{_clock(cue.start)} --> {_clock(cue.end)}{settings}\n{cue.text}\n")
    return "\n".join(parts).encode()


class _Wrong(Exception):
    def __init__(self, line: int, words: str) -> None:
        super().__init__(words)
        self.line = line
        self.words = words


def _blocks(lines: list[str]) -> list[tuple[int, list[str]]]:
    """(number of its first line, lines) of what stands between empty lines, after the header."""
    blocks: list[tuple[int, list[str]]] = []
    fresh = False
    for number, line in enumerate(lines, 1):
        if not line.strip():
            fresh = True
        elif fresh:
            blocks.append((number, [line]))
            fresh = False
        elif blocks:
            blocks[-1][1].append(line)
    return blocks


def _cue(number: int, block: list[str], earliest: int, duration_ms: int | None) -> Cue:
    at = 0 if "-->" in block[0] else 1
    if at >= len(block) or "-->" not in block[at]:
        raise _Wrong(number, "A caption begins with its times, as 00:01.000 --> 00:04.000")
    found = _TIMES.match(block[at].strip())
    if found is None:
        raise _Wrong(number + at, "The times are not written as 00:01.000 --> 00:04.000")
    start, end = _ms(found[1]), _ms(found[2])
    if end <= start:
        raise _Wrong(number + at, "The caption ends before it begins")
    if start < earliest:
        raise _Wrong(number + at, "Captions have to be in the order of their beginnings")
    if duration_ms is not None and start >= duration_ms:
        raise _Wrong(number + at, "The caption begins after the end of the film")
    settings = [each for each in (found[3] or "").split() if _SETTING.match(each)]
    words = block[at + 1 :]
    if not words:
        raise _Wrong(number + at, "The caption says nothing")
    if len(words) > CUE_LINES_MAX or sum(map(len, words)) > CUE_CHARS_MAX:
        raise _Wrong(
            number + at, f"At most {CUE_LINES_MAX} lines and {CUE_CHARS_MAX} letters are readable"
        )
    if any("-->" in each for each in words):
        raise _Wrong(number + at, "There is no empty line before the next caption")
    # an empty line would end the caption, and what nobody can see is empty
    said = [clean for each in words if (clean := _clean(each).strip())]
    if not said:
        raise _Wrong(number + at, "The caption says nothing")
    return Cue(start, end, " ".join(settings), "\n".join(said))


def _clean(line: str) -> str:
    """The line with the marks that are allowed, and nothing else that could be one."""
    parts: list[str] = []
    end = 0
    for found in _MARK.finditer(line):
        parts.append(_escaped(line[end : found.start()]))
        close, name, classes, words = found[1], found[2], found[3], found[4]
        inside = f"{close}{name}{'' if close else classes}"
        if words and name in _KEPT_WITH_WORDS and not close:
            inside += f" {_escaped(words)}"
        parts.append(f"<{inside}>")
        end = found.end()
    return "".join([*parts, _escaped(line[end:])])


def _escaped(words: str) -> str:
    visible = "".join(each for each in html.unescape(words) if each.isprintable() or each == "\t")
    return visible.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _damaged(errors: list[tuple[int, str]]) -> CaptionsDamaged:
    fields = [FieldError("/text", f"Line {line}: {words}") for line, words in errors]
    return CaptionsDamaged(fields[0].detail, errors=fields)


def _ms(clock: str) -> int:
    *hours, minutes, seconds = clock.split(":")
    whole = int(hours[0]) * 3600 if hours else 0
    return (whole + int(minutes) * 60) * 1000 + round(float(seconds) * 1000)


def _clock(ms: int) -> str:
    minutes, rest = divmod(ms, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
