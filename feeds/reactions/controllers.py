"""HTTP of likes and shares. Liking is on the hot lane: a peak is made of it."""

from collections.abc import Sequence
from typing import Protocol

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.kernel.actors import Actor
from app.kernel.http.hot import HotAnswer, HotEndpoint, HotRequest
from app.kernel.structs import PathId, encode_json
from feeds.reactions.interfaces import Gate
from feeds.reactions.rules import is_liked
from feeds.reactions.schemas import LikeView, ShareCreate, ShareView
from feeds.reactions.service import ReactionService
from feeds.reactions.store import Decided

LIKE_PATH = "/v1/posts/{post_id}/like"


class _Decide(Protocol):
    async def __call__(self, post_id: int, shopper_id: int) -> Decided: ...


def like_endpoints(gate: Gate, reactions: ReactionService) -> Sequence[HotEndpoint]:
    """PUT and DELETE of a like."""

    async def answer(request: HotRequest, decide: _Decide) -> HotAnswer:
        actor = request.signed_in()
        (post_id,) = request.ids
        await gate.admit(actor, post_id)
        decided = await decide(post_id, actor.id)
        return HotAnswer(encode_json(LikeView(liked=is_liked(decided.bits), likes=decided.likes)))

    async def like(request: HotRequest) -> HotAnswer:
        return await answer(request, reactions.like)

    async def unlike(request: HotRequest) -> HotAnswer:
        return await answer(request, reactions.unlike)

    return [
        HotEndpoint(
            "PUT",
            LIKE_PATH,
            "likePost",
            "Like a post. Asking again answers the same.",
            like,
            LikeView,
            tags=["reactions"],
        ),
        HotEndpoint(
            "DELETE",
            LIKE_PATH,
            "unlikePost",
            "Take a like back. Asking again answers the same.",
            unlike,
            LikeView,
            tags=["reactions"],
        ),
    ]


class SharesController(Controller):
    """Shares of posts."""

    path = "/v1/posts/{post_id:int}/shares"
    tags = ("reactions",)

    @post("/", operation_id="sharePost", summary="Share a post", status_code=200)
    async def share(
        self,
        post_id: PathId,
        data: JSONBody[ShareCreate],
        actor: NamedDependency[Actor],
        gate: NamedDependency[Gate],
        reactions: NamedDependency[ReactionService],
        public_url: NamedDependency[str],
    ) -> ShareView:
        """Count a share and get the link. A shopper counts once a channel."""
        await gate.admit(actor, post_id)
        decided = await reactions.share(post_id, actor.id, data.channel)
        return ShareView(shares=decided.shares, url=f"{public_url}/posts/{post_id}")
