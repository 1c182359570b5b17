"""The body of views."""

from typing import Annotated

import msgspec

from app.kernel.structs import Id, Input

VIEWS_MAX = 50


class ViewsCreate(Input):
    """Posts that were on the screen for a moment."""

    post_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=VIEWS_MAX)]
