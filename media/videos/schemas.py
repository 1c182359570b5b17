"""Bodies of videos."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from app.kernel.structs import Id, Input
from media.videos.rules import TITLE_CHARS_MAX

Title = Annotated[str, Meta(min_length=1, max_length=TITLE_CHARS_MAX)]


class VideoCreate(Input):
    """A video of a finished upload."""

    upload_id: Id
    title: Title
    owner_id: Id | None = None
    """For operators: the brand it belongs to. Everybody else uploads for the own brand or self."""


class VideoUpdate(Input):
    """What may change; what is absent stays."""

    title: Title | UnsetType = UNSET


class VideoReplace(Input):
    """Another film in the place of this one."""

    upload_id: Id


class Judgement(Input):
    """Why not, in words for who uploaded it."""

    words: Annotated[str, Meta(min_length=1, max_length=500)]
