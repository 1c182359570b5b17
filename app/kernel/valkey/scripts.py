"""Lua scripts as package data: read once, checked, with their includes pasted in.

A script says in its header what it is for, what it guarantees, what it is given, what it returns
and how it fails; one that does not is refused at import. `-- @include name` pastes
`include/name.lua` beside the script, or else `app/kernel/valkey/lua/include/name.lua`, once, where
the line stands; each holds one function.

A negative integer is a refusal: the script looked and changed nothing. The caller's IntEnum names
the codes, and `refusals` maps them to errors in one place.
"""

import hashlib
from collections.abc import Mapping
from enum import IntEnum
from pathlib import Path

from app.kernel.errors import AppError
from app.kernel.valkey.errors import ValkeyUnavailable

ROOT = Path(__file__).parents[3]
INCLUDES = Path(__file__).parent / "lua" / "include"
SCRIPT_HEADER = ("PURPOSE", "GUARANTEE", "KEYS", "ARGV", "RETURNS", "ERRORS")
INCLUDE_HEADER = ("PURPOSE", "RETURNS")
LINES_MAX = 80
_INCLUDE = "-- @include "
_DECIDES = "local function decide("


class Refusal(IntEnum):
    """The codes every slice shares; a slice's own start at -10 and go down."""

    BUSY = -1
    """Too many decisions wait to be settled; raised as `ValkeyUnavailable`."""
    NOT_LOADED = -2
    """The aggregate is not in Valkey: load it from SQL and ask again. Returned, never raised."""


_SHARED: Mapping[int, type[AppError]] = {Refusal.BUSY: ValkeyUnavailable}


class ScriptInvalid(Exception):
    """A script breaks the house's form; the message names the file and the rule."""


class Script:
    """One script: `source` as the server gets it, its SHA-1, and whether it decides anything."""

    __slots__ = ("decides", "name", "refusals", "sha", "source")

    def __init__(
        self, name: str, source: str, refusals: Mapping[int, type[AppError]] | None = None
    ) -> None:
        self.name = name
        self.source = source
        self.sha = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()
        self.refusals = {**_SHARED, **(refusals or {})}
        self.decides = _DECIDES in source

    @classmethod
    def load(cls, path: str, refusals: Mapping[int, type[AppError]] | None = None) -> "Script":
        """Read a script by its path from the root, such as `feeds/reactions/lua/like.lua`.

        Raises `ScriptInvalid` for a missing header, a missing include or too many lines.
        """
        text = read_checked(ROOT / path, SCRIPT_HEADER)
        own = (ROOT / path).parent / "include"
        return cls(path, _expand(text, path, own, set()), refusals)

    def refused(self, reply: object) -> AppError | None:
        """The error for a reply that is a declared refusal."""
        if type(reply) is int and reply < 0:
            error = self.refusals.get(reply)
            return error() if error is not None else None
        return None


def read_checked(path: Path, header: tuple[str, ...]) -> str:
    """The text of a Lua file that keeps the house's form. Raises `ScriptInvalid`."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ScriptInvalid(f"{path.name}: cannot be read: {error}") from error
    lines = text.splitlines()
    if len(lines) > LINES_MAX:
        raise ScriptInvalid(f"{path.name}: {len(lines)} lines, more than {LINES_MAX}")
    comments = [line.removeprefix("--").strip() for line in lines if line.startswith("--")]
    for word in header:
        if not any(comment.split(" ", 1)[0].rstrip(":") == word for comment in comments):
            raise ScriptInvalid(f"{path.name}: the header has no {word}")
    return text


def _expand(text: str, name: str, own: Path, seen: set[str]) -> str:
    lines: list[str] = []
    for line in text.splitlines():
        if not line.startswith(_INCLUDE):
            lines.append(line)
            continue
        include = line.removeprefix(_INCLUDE).strip()
        if not include.replace("_", "").isalnum():
            raise ScriptInvalid(f"{name}: `{include}` is no name of an include")
        if include not in seen:
            seen.add(include)
            path = own / f"{include}.lua"
            if not path.exists():
                path = INCLUDES / path.name
            lines.append(_expand(read_checked(path, INCLUDE_HEADER), include, own, seen))
    return "\n".join(lines)
