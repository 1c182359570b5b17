"""HTTP of follow, mute and block."""

from typing import Annotated

from litestar import Controller, delete, get, put
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.http.paging import Cursor, Limit
from app.kernel.structs import ID_MAX, Page, PathId
from feeds.accounts.interfaces import AccountItem
from feeds.relations.schemas import BlockView, FollowView, MuteView
from feeds.relations.service import RelationService

ActingAs = Annotated[
    int | None,
    QueryParameter(
        name="as", ge=1, le=ID_MAX, description="Another account the caller publishes as"
    ),
]


class RelationController(Controller):
    """What an account is to the caller."""

    path = "/v1/accounts/{account_id:int}"
    tags = ("relations",)

    @get("/followers", operation_id="listFollowers", summary="Who follows an account")
    async def followers(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        relations: NamedDependency[RelationService],
        account_id: PathId,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[AccountItem]:
        """The newest first."""
        return await relations.followers(tx.session, viewer, account_id, cursor, limit)

    @get("/following", operation_id="listFollowing", summary="Whom an account follows")
    async def following(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        relations: NamedDependency[RelationService],
        account_id: PathId,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[AccountItem]:
        """The newest first."""
        return await relations.following(tx.session, viewer, account_id, cursor, limit)

    @put("/follow", operation_id="follow", summary="Follow an account")
    async def follow(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        relations: NamedDependency[RelationService],
        account_id: PathId,
    ) -> FollowView:
        """Its posts come into the feed. Doing it again changes nothing."""
        return await relations.follow(tx, actor, account_id)

    @delete("/follow", operation_id="unfollow", summary="Unfollow", status_code=200)
    async def unfollow(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        relations: NamedDependency[RelationService],
        account_id: PathId,
    ) -> FollowView:
        """Its posts leave the feed."""
        return await relations.unfollow(tx, actor, account_id)

    @put("/mute", operation_id="mute", summary="Mute an account")
    async def mute(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        relations: NamedDependency[RelationService],
        account_id: PathId,
    ) -> MuteView:
        """Its posts leave the feed, unnoticed by the account."""
        return await relations.mute(tx, actor, account_id, muted=True)

    @delete("/mute", operation_id="unmute", summary="Unmute", status_code=200)
    async def unmute(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        relations: NamedDependency[RelationService],
        account_id: PathId,
    ) -> MuteView:
        """Its posts come back."""
        return await relations.mute(tx, actor, account_id, muted=False)

    @put("/block", operation_id="block", summary="Block an account")
    async def block(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        relations: NamedDependency[RelationService],
        account_id: PathId,
        as_id: ActingAs = None,
    ) -> BlockView:
        """Neither follows nor sees the other any longer."""
        return await relations.block(tx, actor, account_id, as_id=as_id, blocked=True)

    @delete("/block", operation_id="unblock", summary="Unblock", status_code=200)
    async def unblock(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        relations: NamedDependency[RelationService],
        account_id: PathId,
        as_id: ActingAs = None,
    ) -> BlockView:
        """They see each other again; who followed has to follow anew."""
        return await relations.block(tx, actor, account_id, as_id=as_id, blocked=False)
