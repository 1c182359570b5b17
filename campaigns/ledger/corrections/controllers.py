"""HTTP of corrections."""

from typing import Annotated

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.http.paging import Cursor, Limit
from app.kernel.structs import Page, PathId
from campaigns.ledger.corrections.schemas import (
    CorrectionCreate,
    CorrectionStatus,
    CorrectionView,
)
from campaigns.ledger.corrections.service import CorrectionService

StatusFilter = Annotated[
    CorrectionStatus | None, QueryParameter(name="status", description="Of this status only")
]


class CorrectionController(Controller):
    """For operators."""

    path = "/v1/ledger/corrections"
    tags = ("ledger",)

    @post("/", operation_id="proposeCorrection", summary="Propose to reverse a transfer")
    async def propose(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        corrections: NamedDependency[CorrectionService],
        data: JSONBody[CorrectionCreate],
    ) -> CorrectionView:
        """Top-ups and grants; what a drop or a withdrawal holds comes back by their own rules."""
        return await corrections.propose(tx, actor, data)

    @get("/", operation_id="listCorrections", summary="Corrections")
    async def page(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        corrections: NamedDependency[CorrectionService],
        status: StatusFilter = None,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[CorrectionView]:
        """The newest first."""
        return await corrections.page(tx.session, actor, status, cursor, limit)

    @post(
        "/{correction_id:int}/approve",
        operation_id="approveCorrection",
        summary="Reverse the transfer",
        status_code=200,
    )
    async def approve(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        corrections: NamedDependency[CorrectionService],
        correction_id: PathId,
    ) -> CorrectionView:
        """By another operator than the one who proposed it, once."""
        return await corrections.approve(tx, actor, correction_id)

    @post(
        "/{correction_id:int}/refuse",
        operation_id="refuseCorrection",
        summary="Leave the transfer as it is",
        status_code=200,
    )
    async def refuse(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        corrections: NamedDependency[CorrectionService],
        correction_id: PathId,
    ) -> CorrectionView:
        """By another operator than the one who proposed it, once."""
        return await corrections.refuse(tx, actor, correction_id)
