"""HTTP of reading posts, except the feed."""

from typing import Annotated, cast

from litestar import Controller, delete, get, put
from litestar.di import NamedDependency
from litestar.params import PathParameter

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.http.paging import Cursor, Limit
from app.kernel.structs import Page, PathId
from feeds.library.schemas import EditView, InterestView, WallItem
from feeds.library.service import LibraryService
from feeds.posts.interfaces import FeedItem

Tag = Annotated[str, PathParameter(min_length=1, max_length=40, description="A topic, without #")]


class LibraryController(Controller):
    """Posts as readers see them. The bytes of posts are ready; the types say their shape."""

    path = "/v1"
    tags = ("posts",)

    @get("/posts/{post_id:int}", operation_id="getPost", summary="One post")
    async def one(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        library: NamedDependency[LibraryService],
        post_id: PathId,
    ) -> FeedItem:
        """With its figures. Its own account sees it in any state but withdrawn."""
        return cast("FeedItem", await library.one(tx.session, viewer, post_id))

    @get(
        "/accounts/{account_id:int}/posts",
        operation_id="listAccountPosts",
        summary="An account's posts",
    )
    async def wall(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        library: NamedDependency[LibraryService],
        account_id: PathId,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[WallItem]:
        """On the first page the pinned ones come before it; then the newest first."""
        page = await library.wall(tx.session, viewer, account_id, cursor, limit)
        return cast("Page[WallItem]", page)

    @get("/hashtags/{tag:str}/posts", operation_id="listHashtagPosts", summary="Posts on a topic")
    async def tagged(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        library: NamedDependency[LibraryService],
        tag: Tag,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[FeedItem]:
        """Posts for everyone that name the topic, the newest first."""
        page = await library.tagged(tx.session, viewer, tag, cursor, limit)
        return cast("Page[FeedItem]", page)

    @get("/posts/{post_id:int}/history", operation_id="listPostEdits", summary="What it said")
    async def history(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        library: NamedDependency[LibraryService],
        post_id: PathId,
    ) -> Page[EditView]:
        """Every text a post had since it was published, the newest first."""
        return await library.history(tx.session, viewer, post_id)

    @put(
        "/posts/{post_id:int}/not-interested",
        operation_id="hidePost",
        summary="Not interested in a post",
    )
    async def hide(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        library: NamedDependency[LibraryService],
        post_id: PathId,
    ) -> InterestView:
        """It leaves the caller's feed."""
        return await library.interest(tx, actor, post_id, hidden=True)

    @delete(
        "/posts/{post_id:int}/not-interested",
        operation_id="unhidePost",
        summary="Interested again",
        status_code=200,
    )
    async def unhide(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        library: NamedDependency[LibraryService],
        post_id: PathId,
    ) -> InterestView:
        """It comes back."""
        return await library.interest(tx, actor, post_id, hidden=False)
