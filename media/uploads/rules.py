"""The words of tus 1.0 and the bounds of uploads. Pure functions."""

import base64
import binascii
import re
from typing import Final

from app.kernel.errors import Invalid
from app.kernel.text import one_line

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,expiration,termination"
OFFSET_STREAM: Final = "application/offset+octet-stream"
PART_BYTES: Final = 4 * 1024 * 1024
"""A part of a file: what one upload holds in memory. Any S3 store takes objects of any size."""
FOLLOW_BYTES: Final = 32 * 1024 * 1024
"""From so many bytes on a file is put together while the rest of it arrives."""
FLUSH_SECONDS: Final = 3.0
"""What a slow sender has sent is made durable at least so often."""
LEASE_SECONDS: Final = 10
"""A sender that is silent for so long may be replaced; so may one whose process was killed."""
EXPIRE_HOURS: Final = 24
OPEN_MAX: Final = 20
"""Unfinished uploads of one owner."""
TAGS_CHARS_MAX: Final = 2000
NAME_CHARS_MAX: Final = 255
_KEY = re.compile(r"[!-+\--~]{1,100}\Z", re.ASCII)
_LENGTH = re.compile(r"[0-9]{1,15}\Z", re.ASCII)


def whole_number(header: str, value: str | None) -> int:
    """A header of bytes. Raises Invalid."""
    if value is None or not _LENGTH.match(value):
        raise Invalid.field(f"#header/{header}", "A whole number of bytes")
    return int(value)


def tags_of(header: str | None) -> dict[str, str]:
    """`Upload-Metadata`: pairs of a key and base64, separated by commas. Raises Invalid."""
    if not header:
        return {}
    wrong = Invalid.field(
        "#header/Upload-Metadata", "Keys with base64 values, separated by commas, 2000 characters"
    )
    if len(header) > TAGS_CHARS_MAX:
        raise wrong
    tags: dict[str, str] = {}
    for pair in header.split(","):
        key, _, value = pair.strip().partition(" ")
        if not _KEY.match(key) or key in tags:
            raise wrong
        try:
            tags[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError):
            raise wrong from None
    return tags


def name_of(tags: dict[str, str]) -> str:
    """What the file was called; for show only, never a path."""
    name = one_line(tags.get("filename") or tags.get("name") or "")
    return re.split(r"[/\\]", name)[-1].replace("\0", "")[:NAME_CHARS_MAX]


def part_path(upload_id: int, start: int, lease: str) -> str:
    """Where a part lies. Two senders that believe to hold the lease never write the same one."""
    return f"{parts_folder(upload_id)}/{start:015d}-{lease}"


def parts_folder(upload_id: int) -> str:
    """All parts of an upload, those that no row names included."""
    return f"uploads/{upload_id}"


def growing_path(upload_id: int, token: str) -> str:
    """Where the file grows, beside its parts: what a killed worker leaves goes with them."""
    return f"{parts_folder(upload_id)}/whole-{token}"


def begins_following(before: int, after: int) -> bool:
    """Whether it is time to put together what has arrived, in case nobody does: at FOLLOW_BYTES,
    and whenever as much again has come."""
    return (after // FOLLOW_BYTES).bit_length() > (before // FOLLOW_BYTES).bit_length()


def file_path(upload_id: int) -> str:
    """Where the whole file lies, for as long as anything is made of it."""
    return f"media/originals/{upload_id >> 22 & 0xFF:02x}/{upload_id}"
