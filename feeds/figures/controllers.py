"""HTTP of views."""

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from feeds.figures.schemas import ViewsCreate
from feeds.figures.service import ViewService


class ViewsController(Controller):
    """Posts that were looked at."""

    path = "/v1/views"
    tags = ("reactions",)

    @post("/", operation_id="countViews", summary="Count views of posts", status_code=202)
    async def count(self, data: JSONBody[ViewsCreate], views: NamedDependency[ViewService]) -> None:
        """Count a view of each of these posts. Views are at least, not exact; posts that are not
        there are ignored."""
        views.note(map(int, data.post_ids))
