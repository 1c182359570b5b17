"""HTTP of writing posts."""

from typing import Annotated

from litestar import Controller, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.http.paging import Cursor, Limit
from app.kernel.structs import Page, PathId
from feeds.posts.interfaces import PostStatus
from feeds.posts.schemas import ManagedPost, PinView, PostCreate, PostUpdate
from feeds.posts.service import PostService

StatusFilter = Annotated[
    PostStatus | None, QueryParameter(name="status", description="Only posts in this state")
]


class PublishingController(Controller):
    """For those who publish as an account; other people's posts are 404 here."""

    path = "/v1"
    tags = ("publishing",)

    @post("/posts", operation_id="createPost", summary="Publish, schedule or draft a post")
    async def create(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        publishing: NamedDependency[PostService],
        data: JSONBody[PostCreate],
    ) -> ManagedPost:
        """Published at once, unless it has a `publishAt` or is a `draft`."""
        return await publishing.create(tx, actor, data)

    @get("/me/posts", operation_id="listMyPosts", summary="Posts of my accounts, in any state")
    async def mine(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        publishing: NamedDependency[PostService],
        status: StatusFilter = None,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[ManagedPost]:
        """The newest made first."""
        return await publishing.mine(tx.session, actor, status, cursor, limit)

    @patch("/posts/{post_id:int}", operation_id="updatePost", summary="Edit a post")
    async def edit(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        publishing: NamedDependency[PostService],
        post_id: PathId,
        data: JSONBody[PostUpdate],
    ) -> ManagedPost:
        """Of a published post only the content; its history is kept."""
        return await publishing.edit(tx, actor, post_id, data)

    @post(
        "/posts/{post_id:int}/publish",
        operation_id="publishPost",
        summary="Publish a draft or scheduled post now",
        status_code=200,
    )
    async def publish(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        publishing: NamedDependency[PostService],
        post_id: PathId,
    ) -> ManagedPost:
        """Doing it again changes nothing."""
        return await publishing.publish(tx, actor, post_id)

    @post(
        "/posts/{post_id:int}/withdraw",
        operation_id="withdrawPost",
        summary="Take a post back for ever",
        status_code=200,
    )
    async def withdraw(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        publishing: NamedDependency[PostService],
        post_id: PathId,
    ) -> ManagedPost:
        """It leaves every feed; reposts of it stay, without it."""
        return await publishing.withdraw(tx, actor, post_id)

    @put("/posts/{post_id:int}/pin", operation_id="pinPost", summary="Pin a post")
    async def pin(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        publishing: NamedDependency[PostService],
        post_id: PathId,
    ) -> PinView:
        """To the top of its account's page; at most three."""
        return await publishing.pin(tx, actor, post_id, pinned=True)

    @delete(
        "/posts/{post_id:int}/pin",
        operation_id="unpinPost",
        summary="Unpin a post",
        status_code=200,
    )
    async def unpin(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        publishing: NamedDependency[PostService],
        post_id: PathId,
    ) -> PinView:
        """Back to its place in time."""
        return await publishing.pin(tx, actor, post_id, pinned=False)
