"""HTTP of wallets, withdrawals and the provider's callbacks."""

from typing import Any

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.http.paging import Cursor, Limit
from app.kernel.structs import Page, PathId
from campaigns.payouts.schemas import WalletLine, WalletView, WithdrawalCreate, WithdrawalView
from campaigns.payouts.service import WithdrawalService
from campaigns.payouts.wallet.service import WalletService

_CALLBACK_BYTES_MAX = 16 * 1024


class WalletController(Controller):
    """The caller's own money."""

    path = "/v1/me/wallet"
    tags = ("wallet",)

    @get("/", operation_id="getWallet", summary="My money")
    async def wallet(
        self,
        actor: NamedDependency[Actor],
        wallets: NamedDependency[WalletService],
    ) -> WalletView:
        """Available, just won and not yet here, and on its way out, by currency."""
        return await wallets.wallet(actor)

    @get("/lines", operation_id="listWalletLines", summary="What came and went")
    async def lines(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        wallets: NamedDependency[WalletService],
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[WalletLine]:
        """The newest first."""
        return await wallets.lines(tx.session, actor, cursor, limit)


class WithdrawalController(Controller):
    """The caller's own withdrawals."""

    path = "/v1/me/withdrawals"
    tags = ("wallet",)

    @post("/", operation_id="withdraw", summary="Take money out")
    async def ask(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        withdrawals: NamedDependency[WithdrawalService],
        data: JSONBody[WithdrawalCreate],
    ) -> WithdrawalView:
        """The money leaves the wallet at once, and comes back when it cannot be paid. The same
        `clientId` again is answered with what became of the first."""
        return await withdrawals.ask(tx, actor, data)

    @get("/", operation_id="listWithdrawals", summary="My withdrawals")
    async def page(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        withdrawals: NamedDependency[WithdrawalService],
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[WithdrawalView]:
        """The newest first."""
        return await withdrawals.page(tx.session, actor, cursor, limit)

    @get("/{withdrawal_id:int}", operation_id="getWithdrawal", summary="One withdrawal")
    async def one(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        withdrawals: NamedDependency[WithdrawalService],
        withdrawal_id: PathId,
    ) -> WithdrawalView:
        """Where it stands."""
        return await withdrawals.get(tx.session, actor, withdrawal_id)


class CallbackController(Controller):
    """For the payout provider."""

    path = "/v1/payouts/callbacks"
    tags = ("wallet",)

    @post(
        "/",
        operation_id="callBackPayout",
        summary="Say what became of a payout",
        status_code=204,
        request_max_body_size=_CALLBACK_BYTES_MAX,
    )
    async def receive(
        self,
        tx: NamedDependency[Transaction],
        withdrawals: NamedDependency[WithdrawalService],
        request: Request[Any, Any, Any],
    ) -> None:
        """Signed by the provider (Standard Webhooks); whatever is not is refused with 401. Saying
        it again, or out of order, changes nothing."""
        await withdrawals.callback(tx, dict(request.headers), await request.body())
