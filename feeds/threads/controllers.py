"""HTTP of comments."""

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.identity.interfaces import requires_shopper
from app.kernel.actors import Actor
from app.kernel.errors import Invalid
from app.kernel.http.cursors import Cursors
from app.kernel.http.paging import Cursor, Limit
from app.kernel.structs import Page, PathId
from feeds.comments.interfaces import Comments
from feeds.reactions.interfaces import Gate
from feeds.threads.rules import cleaned
from feeds.threads.schemas import CommentCreate, CommentView, HiddenView
from feeds.threads.service import CommentPage, ThreadService


class PostCommentsController(Controller):
    """The comments of a post."""

    path = "/v1/posts/{post_id:int}/comments"
    tags = ("comments",)

    @get("/", operation_id="listComments", summary="Comments on a post")
    async def list_comments(
        self,
        post_id: PathId,
        viewer: NamedDependency[Actor | None],
        threads: NamedDependency[ThreadService],
        cursors: NamedDependency[Cursors],
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[CommentView]:
        """Newest first, each with its first two replies. A comment is here as soon as its author
        has the answer."""
        name = f"comments:{post_id}"
        before = cursors.read(name, cursor, 1)[0] if cursor else None
        page = await threads.of_post(viewer, post_id, before, limit)
        return _page(page, cursors, name)

    @post("/", operation_id="writeComment", summary="Comment on a post")
    async def write(
        self,
        post_id: PathId,
        data: JSONBody[CommentCreate],
        actor: NamedDependency[Actor],
        gate: NamedDependency[Gate],
        comments: NamedDependency[Comments],
        threads: NamedDependency[ThreadService],
    ) -> CommentView:
        """Comment on a post, or answer a comment. With `clientId` a second attempt gives the
        same comment."""
        await gate.admit(actor, post_id)
        text = cleaned(data.text)
        if not text:
            raise Invalid.field("/text", "Write something that can be seen")
        if data.client_id is not None and not data.client_id.isprintable():
            raise Invalid.field("/clientId", "Only printable characters")
        comment_id = await comments.write(
            post_id,
            requires_shopper(actor),
            text,
            parent_id=int(data.parent_id or 0),
            client_id=data.client_id or "",
        )
        return await threads.one(actor, await comments.find(comment_id))


class CommentsController(Controller):
    """Single comments."""

    path = "/v1/comments/{comment_id:int}"
    tags = ("comments",)

    @get("/replies", operation_id="listReplies", summary="Replies to a comment")
    async def list_replies(
        self,
        comment_id: PathId,
        viewer: NamedDependency[Actor | None],
        comments: NamedDependency[Comments],
        threads: NamedDependency[ThreadService],
        cursors: NamedDependency[Cursors],
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[CommentView]:
        """The replies under a comment, oldest first."""
        name = f"replies:{comment_id}"
        after = cursors.read(name, cursor, 1)[0] if cursor else 0
        root = await comments.find(comment_id)
        page = await threads.of_thread(viewer, root, after, limit)
        return _page(page, cursors, name)

    @delete("/", operation_id="deleteComment", summary="Delete a comment")
    async def remove(
        self,
        comment_id: PathId,
        actor: NamedDependency[Actor],
        comments: NamedDependency[Comments],
    ) -> None:
        """By its author, or by who manages the post's account."""
        await comments.delete(actor, comment_id)

    @put("/hide", operation_id="hideComment", summary="Hide a comment")
    async def hide(
        self,
        comment_id: PathId,
        actor: NamedDependency[Actor],
        comments: NamedDependency[Comments],
    ) -> HiddenView:
        """Keep a comment from everybody but its author, by who manages the post's account."""
        await comments.hide(actor, comment_id, hidden=True)
        return HiddenView(hidden=True)

    @delete("/hide", operation_id="showComment", summary="Show a hidden comment", status_code=200)
    async def show(
        self,
        comment_id: PathId,
        actor: NamedDependency[Actor],
        comments: NamedDependency[Comments],
    ) -> HiddenView:
        """Show a hidden comment again, by who manages the post's account."""
        await comments.hide(actor, comment_id, hidden=False)
        return HiddenView(hidden=False)


def _page(page: CommentPage, cursors: NamedDependency[Cursors], name: str) -> Page[CommentView]:
    next_cursor = None if page.next_order is None else cursors.make(name, page.next_order)
    return Page(items=page.items, next_cursor=next_cursor)
