"""HTTP of members and workplaces."""

from typing import Any

from litestar import Controller, Request, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.identity.interfaces import requires_shopper
from app.identity.members.schemas import (
    MemberCreate,
    MemberUpdate,
    MemberView,
    Workplaces,
    WorkToken,
)
from app.identity.members.service import MemberService
from app.identity.schemas import phone_of
from app.kernel.actors import Actor
from app.kernel.database import Transaction
from app.kernel.http.states import state_of
from app.kernel.structs import Page, PathId

_Request = Request[Any, Any, Any]


class WorkplaceController(Controller):
    """From a shopper's token to one with a role."""

    path = "/v1/auth/workplaces"
    tags = ("sign-in",)

    @get("/", operation_id="listWorkplaces", summary="Where I work")
    async def workplaces(
        self,
        actor: NamedDependency[Actor],
        tx: NamedDependency[Transaction],
        members: NamedDependency[MemberService],
    ) -> Workplaces:
        """The brands that made me a member, with my role."""
        return await members.workplaces(tx.session, requires_shopper(actor))

    @post("/operator", operation_id="operate", summary="A token to run the house with")
    async def operate(
        self,
        request: _Request,
        actor: NamedDependency[Actor],
        tx: NamedDependency[Transaction],
        members: NamedDependency[MemberService],
    ) -> WorkToken:
        """For operators; 404 for everybody else."""
        requires_shopper(actor)
        _keep_no_answer(request)
        return await members.go_operate(tx, actor)

    @post("/{brand_id:int}", operation_id="goToWork", summary="A token to work for a brand with")
    async def work(
        self,
        request: _Request,
        actor: NamedDependency[Actor],
        tx: NamedDependency[Transaction],
        members: NamedDependency[MemberService],
        brand_id: PathId,
    ) -> WorkToken:
        """The token carries the role I have there now. It ends with my sign-in, with a change of
        the role, or by itself; then ask for another."""
        requires_shopper(actor)
        _keep_no_answer(request)
        return await members.go_to_work(tx, actor, brand_id)


def _keep_no_answer(request: _Request) -> None:
    """A token is not stored for an Idempotency-Key: asking again costs nothing and changes
    nothing."""
    state_of(request).pop("idempotency", None)


class MemberController(Controller):
    """The people of a brand."""

    path = "/v1/brands/{brand_id:int}/members"
    tags = ("members",)

    @get("/", operation_id="listMembers", summary="Members of a brand")
    async def page(
        self,
        actor: NamedDependency[Actor],
        tx: NamedDependency[Transaction],
        members: NamedDependency[MemberService],
        brand_id: PathId,
    ) -> Page[MemberView]:
        """For owners, operations and managers. At most 200, so there is one page."""
        return Page(items=await members.page(tx.session, actor, brand_id))

    @post("/", operation_id="inviteMember", summary="Invite a member by phone")
    async def invite(
        self,
        actor: NamedDependency[Actor],
        tx: NamedDependency[Transaction],
        members: NamedDependency[MemberService],
        brand_id: PathId,
        data: JSONBody[MemberCreate],
    ) -> MemberView:
        """For owners. Whoever signs in with the phone has the role; the answer does not tell
        whether anybody has yet."""
        return await members.invite(tx, actor, brand_id, phone_of(data.phone), data.role)

    @patch("/{member_id:int}", operation_id="changeMember", summary="Change a member's role")
    async def change(
        self,
        actor: NamedDependency[Actor],
        tx: NamedDependency[Transaction],
        members: NamedDependency[MemberService],
        brand_id: PathId,
        member_id: PathId,
        data: JSONBody[MemberUpdate],
    ) -> MemberView:
        """For owners. Tokens with the old role end within two seconds."""
        return await members.change(tx, actor, brand_id, member_id, data.role)

    @delete("/{member_id:int}", operation_id="removeMember", summary="Remove a member")
    async def remove(
        self,
        actor: NamedDependency[Actor],
        tx: NamedDependency[Transaction],
        members: NamedDependency[MemberService],
        brand_id: PathId,
        member_id: PathId,
    ) -> None:
        """For owners. The last owner stays: 409."""
        await members.remove(tx, actor, brand_id, member_id)
