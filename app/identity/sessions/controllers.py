"""HTTP of signing in and out.

Two handlers open their own unit of work: what a refusal has counted or ended must be committed,
and an error raised inside the usual one would undo it.
"""

from typing import Any

from litestar import Controller, Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.identity.errors import SessionRevoked
from app.identity.interfaces import requires_shopper
from app.identity.schemas import phone_of
from app.identity.sessions.schemas import Device, RefreshRequest, SignedIn, SignIn, Tokens
from app.identity.sessions.service import DeviceAsking, SessionService
from app.kernel.actors import Actor
from app.kernel.database import Transaction
from app.kernel.errors import AppError
from app.kernel.house import House
from app.kernel.http.states import caller_of
from app.kernel.structs import Page, PathId

_Request = Request[Any, Any, Any]


class SessionController(Controller):
    """Sign-ins on devices."""

    path = "/v1/auth/sessions"
    tags = ("sign-in",)

    @post("/", operation_id="signIn", summary="Sign in with a one-time code", status_code=201)
    async def sign_in(
        self,
        request: _Request,
        house: NamedDependency[House],
        sessions: NamedDependency[SessionService],
        data: JSONBody[SignIn],
    ) -> SignedIn:
        """A code opens once. A phone that was never here becomes a shopper with a friendly name.
        `code_wrong` says the same for a wrong, a used, an expired and a missing code."""
        device = DeviceAsking(
            name=data.device_name,
            address=caller_of(request).address,
            user_agent=_user_agent(request),
            reads_chinese=_reads_chinese(request),
        )
        phone = phone_of(data.phone)
        async with house.database.transaction() as tx:
            answer = await sessions.sign_in(tx, phone, data.code, device)
        if isinstance(answer, AppError):
            raise answer
        return answer

    @post(
        "/refresh",
        operation_id="refreshSession",
        summary="Exchange a refresh token",
        status_code=200,
    )
    async def refresh(
        self,
        request: _Request,
        house: NamedDependency[House],
        sessions: NamedDependency[SessionService],
        data: JSONBody[RefreshRequest],
    ) -> Tokens:
        """Each refresh token is good for one exchange; the same client may repeat it for some
        seconds, when the answer was lost, and gets the same answer. An older token signs the
        device out, since two parties have it."""
        async with house.database.transaction() as tx:
            answer = await sessions.refresh(tx, data.refresh_token, _user_agent(request))
        if isinstance(answer, AppError):
            raise answer
        return answer

    @get("/", operation_id="listSessions", summary="My devices")
    async def devices(
        self,
        actor: NamedDependency[Actor],
        tx: NamedDependency[Transaction],
        sessions: NamedDependency[SessionService],
    ) -> Page[Device]:
        """Where I am signed in, the device seen last first; at most twenty."""
        requires_shopper(actor)
        return Page(items=await sessions.devices(tx.session, actor))

    @delete("/current", operation_id="signOut", summary="Sign out here")
    async def sign_out(
        self,
        actor: NamedDependency[Actor],
        tx: NamedDependency[Transaction],
        sessions: NamedDependency[SessionService],
    ) -> None:
        """Every token of this sign-in ends, everywhere within two seconds."""
        if actor.session_id is None:
            raise SessionRevoked
        await sessions.end(tx, requires_shopper(actor), actor.session_id)

    @delete("/{session_id:int}", operation_id="endSession", summary="Sign a device out")
    async def end(
        self,
        actor: NamedDependency[Actor],
        tx: NamedDependency[Transaction],
        sessions: NamedDependency[SessionService],
        session_id: PathId,
    ) -> None:
        """Ends another sign-in of mine, or this one."""
        await sessions.end(tx, requires_shopper(actor), session_id)

    @delete("/", operation_id="endAllSessions", summary="Sign out everywhere")
    async def end_all(
        self,
        actor: NamedDependency[Actor],
        tx: NamedDependency[Transaction],
        sessions: NamedDependency[SessionService],
    ) -> None:
        """Ends every sign-in of mine, this one too."""
        await sessions.end_all(tx, requires_shopper(actor))


def _user_agent(request: _Request) -> str:
    return request.headers.get("user-agent", "")[:512]


def _reads_chinese(request: _Request) -> bool:
    """Whether a newcomer's name should be Chinese: unless another language is asked for first."""
    asked = request.headers.get("accept-language", "").strip().lower()
    return asked.startswith(("zh", "*")) or not asked
