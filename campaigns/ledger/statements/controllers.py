"""HTTP of a brand's money."""

from typing import Annotated

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter
from litestar.response import Stream

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.http.exports import csv_stream
from app.kernel.http.paging import Cursor, Limit
from app.kernel.structs import Page, PathId
from campaigns.ledger.statements.schemas import (
    BalancesView,
    DropView,
    HouseAccount,
    HouseBalancesView,
    LineView,
)
from campaigns.ledger.statements.service import EXPORT_HEADER, StatementService

CurrencyFilter = Annotated[
    str | None,
    QueryParameter(name="currency", pattern=r"^[A-Z]{3}$", description="In this currency only"),
]
HouseAccountFilter = Annotated[HouseAccount, QueryParameter(description="Which account")]
_FILE = {
    200: ResponseSpec(str, media_type="text/csv", description="The file", generate_examples=False)
}


class LedgerController(Controller):
    """Read by the brand's owner, its operations people, and operators."""

    path = "/v1/brands/{brand_id:int}/ledger"
    tags = ("ledger",)

    @get("/", operation_id="getLedger", summary="A brand's money")
    async def balances(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        statements: NamedDependency[StatementService],
        brand_id: PathId,
    ) -> BalancesView:
        """What is free and what is reserved, by currency."""
        return await statements.balances(tx.session, actor, brand_id)

    @get("/lines", operation_id="listLedgerLines", summary="The statement of a brand's budget")
    async def lines(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        statements: NamedDependency[StatementService],
        brand_id: PathId,
        currency: CurrencyFilter = None,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[LineView]:
        """The newest first, each with the balance after it."""
        return await statements.lines(tx.session, actor, brand_id, currency, cursor, limit)

    @get(
        "/lines.csv",
        operation_id="exportLedgerLines",
        summary="The statement of a brand's budget as a file",
        responses=_FILE,
    )
    async def export(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        statements: NamedDependency[StatementService],
        brand_id: PathId,
        currency: CurrencyFilter = None,
    ) -> Stream:
        """CSV in UTF-8, the newest first, streamed."""
        pages = await statements.export(tx.session, actor, brand_id, currency)
        return csv_stream(f"ledger-{brand_id}.csv", EXPORT_HEADER, pages)

    @get("/drops", operation_id="listLedgerDrops", summary="The drops a brand funded")
    async def drops(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        statements: NamedDependency[StatementService],
        brand_id: PathId,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[DropView]:
        """The newest first, with what went in and out."""
        return await statements.drops(tx.session, actor, brand_id, cursor, limit)

    @get("/drops/{drop_id:int}", operation_id="getLedgerDrop", summary="The money of one drop")
    async def drop(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        statements: NamedDependency[StatementService],
        brand_id: PathId,
        drop_id: PathId,
    ) -> DropView:
        """What went in and out, as far as it is settled."""
        return await statements.drop(tx.session, actor, brand_id, drop_id)

    @get(
        "/drops/{drop_id:int}/lines",
        operation_id="listLedgerDropLines",
        summary="The statement of a drop's escrow",
    )
    async def drop_lines(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        statements: NamedDependency[StatementService],
        brand_id: PathId,
        drop_id: PathId,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[LineView]:
        """The newest first."""
        return await statements.drop_lines(tx.session, actor, brand_id, drop_id, cursor, limit)

    @get(
        "/drops/{drop_id:int}/lines.csv",
        operation_id="exportLedgerDropLines",
        summary="The statement of a drop's escrow as a file",
        responses=_FILE,
    )
    async def export_drop(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        statements: NamedDependency[StatementService],
        brand_id: PathId,
        drop_id: PathId,
    ) -> Stream:
        """CSV in UTF-8, the newest first, streamed."""
        pages = await statements.export_drop(tx.session, actor, brand_id, drop_id)
        return csv_stream(f"drop-{drop_id}.csv", EXPORT_HEADER, pages)


class HouseLedgerController(Controller):
    """For operators."""

    path = "/v1/ledger"
    tags = ("ledger",)

    @get("/", operation_id="getHouseLedger", summary="The accounts of the house")
    async def balances(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        statements: NamedDependency[StatementService],
    ) -> HouseBalancesView:
        """Payouts under way, the world outside, and what lost state has cost."""
        return await statements.house_balances(tx.session, actor)

    @get("/lines", operation_id="listHouseLines", summary="The statement of a house account")
    async def lines(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        statements: NamedDependency[StatementService],
        account: HouseAccountFilter,
        currency: CurrencyFilter = None,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[LineView]:
        """The newest first, each with the balance after it."""
        return await statements.house_lines(tx.session, actor, account, currency, cursor, limit)
