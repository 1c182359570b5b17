"""Where stills lie and how they are addressed. Pure functions."""

import hashlib
import re
from collections.abc import Sequence
from typing import Final

NAME: Final = re.compile(r"(?:preview\.mp4|storyboard\.vtt|sheet-[0-9]{1,4}\.jpeg)\Z", re.ASCII)
MEDIA_TYPES: Final = {"mp4": "video/mp4", "vtt": "text/vtt", "jpeg": "image/jpeg"}


def stills_hash(files: Sequence[bytes]) -> str:
    """One address for all files of a film."""
    whole = hashlib.sha256()
    for data in files:
        whole.update(hashlib.sha256(data).digest())
    return whole.hexdigest()


def still_path(hash_: str, name: str) -> str:
    """In the object store."""
    return f"media/stills/{hash_[:2]}/{hash_}/{name}"
