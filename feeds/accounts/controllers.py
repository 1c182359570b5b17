"""HTTP of content accounts."""

from typing import Annotated

from litestar import Controller, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.http.paging import Limit
from app.kernel.structs import Page, PathId
from feeds.accounts.interfaces import AccountItem
from feeds.accounts.schemas import AccountCreate, AccountUpdate, AccountView, MyAccounts
from feeds.accounts.service import AccountService

Query = Annotated[
    str, QueryParameter(name="q", min_length=1, max_length=40, description="A part of the name")
]


class AccountController(Controller):
    """Who publishes here."""

    path = "/v1"
    tags = ("accounts",)

    @get("/me/accounts", operation_id="listMyAccounts", summary="Accounts I may publish as")
    async def mine(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        accounts: NamedDependency[AccountService],
    ) -> MyAccounts:
        """The own one first."""
        return await accounts.mine(tx.session, actor)

    @get("/accounts/suggestions", operation_id="suggestAccounts", summary="Whom to follow")
    async def suggestions(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        accounts: NamedDependency[AccountService],
        limit: Limit = 20,
    ) -> Page[AccountItem]:
        """Popular accounts, kinds mixed, without those the caller knows already."""
        return await accounts.suggestions(tx.session, viewer, limit)

    @get("/accounts/search", operation_id="searchAccounts", summary="Find accounts by name")
    async def search(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        accounts: NamedDependency[AccountService],
        q: Query,
        limit: Limit = 20,
    ) -> Page[AccountItem]:
        """Names that hold `q`, whatever its case; those that begin with it first."""
        return await accounts.search(tx.session, viewer, q, limit)

    @post("/accounts", operation_id="openAccount", summary="Open an account for an expert")
    async def open(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        accounts: NamedDependency[AccountService],
        data: JSONBody[AccountCreate],
    ) -> AccountView:
        """Operators open accounts of experts, media and institutions for a shopper."""
        account_id = await accounts.open(tx, actor, data)
        return await accounts.page(tx.session, actor, account_id)

    @get("/accounts/{account_id:int}", operation_id="getAccount", summary="One account")
    async def one(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        accounts: NamedDependency[AccountService],
        account_id: PathId,
    ) -> AccountView:
        """An account's page with its figures."""
        return await accounts.page(tx.session, viewer, account_id)

    @patch("/accounts/{account_id:int}", operation_id="updateAccount", summary="Change a page")
    async def update(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        accounts: NamedDependency[AccountService],
        account_id: PathId,
        data: JSONBody[AccountUpdate],
    ) -> AccountView:
        """For those who may publish as it, and operators. Posts show the new card at once."""
        await accounts.update(tx, actor, account_id, data)
        return await accounts.page(tx.session, actor, account_id)
