"""The bodies of covers."""

from typing import Annotated

import msgspec

from app.kernel.structs import Id, Input, View
from media.images.interfaces import ImageView

AT_MS_MAX = 24 * 3600 * 1000


class CoverChoice(Input):
    """Either a moment of the film, or a picture that was uploaded."""

    at_ms: Annotated[int, msgspec.Meta(ge=0, le=AT_MS_MAX, examples=[1500])] | None = None
    image_id: Id | None = None


class CoverView(View):
    """What was chosen."""

    at_ms: int | None
    poster: ImageView | None
    """None while the frame is being fetched, which takes seconds."""
