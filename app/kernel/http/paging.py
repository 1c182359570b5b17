"""The two query parameters of every list, with their bounds."""

from typing import Annotated

from litestar.params import QueryParameter

Cursor = Annotated[
    str | None,
    QueryParameter(
        name="cursor",
        max_length=80,
        description="`nextCursor` of the page before; none: the first",
    ),
]
"""Where to go on. Declare as `cursor: Cursor = None`."""

Limit = Annotated[int, QueryParameter(name="limit", ge=1, le=50, description="Items a page")]
"""Items a page. Declare as `limit: Limit = 20`."""
