"""The colours of the one token file, for server-drawn pictures."""

import functools
import re
from pathlib import Path

_FILE = Path(__file__).parents[3] / "app" / "web" / "tokens.css"
_TOKEN = re.compile(r"--([\w-]+):\s*(?:light-dark\()?\s*(#[0-9a-f]{6})", re.ASCII)


@functools.cache
def color(name: str) -> str:
    """A token's value in the light theme: a picture that is passed on has no other. Raises KeyError
    for a name that the file does not have."""
    return dict(_TOKEN.findall(_FILE.read_text("utf-8")))[name]
