"""HTTP of the proof."""

from litestar import Controller, get
from litestar.di import NamedDependency

from app.identity.interfaces import Actor
from app.kernel.http.paging import Cursor, Limit
from app.kernel.structs import PathId
from campaigns.ledger.proof.schemas import ProofView
from campaigns.ledger.proof.service import ProofService


class ProofController(Controller):
    """Read by the brand's owner, its operations people, and operators."""

    path = "/v1/brands/{brand_id:int}/ledger/proof"
    tags = ("ledger",)

    @get("/", operation_id="getLedgerProof", summary="Whether a brand's money adds up")
    async def proof(
        self,
        actor: NamedDependency[Actor],
        proof: NamedDependency[ProofService],
        brand_id: PathId,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> ProofView:
        """Made again from every transfer, and compared with what the drops know, while they run."""
        return await proof.of_brand(actor, brand_id, cursor, limit)
