"""The use cases of corrections: one operator proposes, another decides, once."""

from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, ActorKind
from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.errors import Forbidden, Invalid
from app.kernel.http.cursors import Cursors
from app.kernel.ids import Ids
from app.kernel.money import Money
from app.kernel.structs import Id, Page, Timestamp
from app.kernel.text import is_visible, one_line
from campaigns.ledger.corrections.repository import CorrectionRepository
from campaigns.ledger.corrections.schemas import (
    CorrectionCreate,
    CorrectionStatus,
    CorrectionView,
)
from campaigns.ledger.errors import (
    CorrectionDecided,
    CorrectionUnknown,
    NotReversible,
    SameOperator,
    TransferUnknown,
)
from campaigns.ledger.interfaces import AccountKind, Ledger, Transfer, budget
from campaigns.ledger.models import LedgerCorrection
from campaigns.ledger.rules import REVERSIBLE

_LIST = "ledger-corrections"


class CorrectionService:
    """Nothing is ever changed: what was wrong is reversed by another transfer."""

    def __init__(
        self,
        ledger: Ledger,
        repository: CorrectionRepository,
        ids: Ids,
        clock: Clock,
        cursors: Cursors,
    ) -> None:
        self._ledger = ledger
        self._repository = repository
        self._ids = ids
        self._clock = clock
        self._cursors = cursors

    async def propose(
        self, tx: Transaction, actor: Actor, body: CorrectionCreate
    ) -> CorrectionView:
        """Raises TransferUnknown, NotReversible, CorrectionDecided when one stands already."""
        if actor.kind is not ActorKind.OPERATOR:
            raise Forbidden("Only operators correct the ledger")
        reason = one_line(body.reason)
        if not is_visible(reason):
            raise Invalid.field("/reason", "A reason needs at least one visible character")
        found = await self._repository.transfers(tx.session, {body.sequence})
        transfer = found.get(body.sequence)
        if transfer is None:
            raise TransferUnknown
        if (transfer.source.kind, transfer.target.kind) not in REVERSIBLE:
            raise NotReversible
        made = LedgerCorrection(
            id=self._ids.new(),
            transfer_sequence=body.sequence,
            reason=reason,
            status=CorrectionStatus.PROPOSED,
            proposed_by=actor.id,
            proposed_at=self._clock.now(),
        )
        tx.session.add(made)
        try:
            await tx.session.flush()
        except IntegrityError:
            raise CorrectionDecided("A correction of this transfer stands already") from None
        return _view(made, transfer)

    async def approve(self, tx: Transaction, actor: Actor, correction_id: int) -> CorrectionView:
        """Post the reversing transfer. Raises SameOperator, CorrectionDecided, Insufficient when
        the money is no longer there."""
        made, transfer = await self._open(tx.session, actor, correction_id)
        drop = await self._ledger.drop(tx.session, transfer.drop_id or 0)
        posted = await self._ledger.post(
            tx, _reversing(made.transfer_sequence, transfer, drop.brand_id if drop else None)
        )
        made.reversed_by = posted[0].sequence
        return await self._decided(tx.session, actor, made, transfer, CorrectionStatus.APPROVED)

    async def refuse(self, tx: Transaction, actor: Actor, correction_id: int) -> CorrectionView:
        """Nothing is posted, and the transfer may be proposed again."""
        made, transfer = await self._open(tx.session, actor, correction_id)
        return await self._decided(tx.session, actor, made, transfer, CorrectionStatus.REFUSED)

    async def page(
        self,
        session: AsyncSession,
        actor: Actor,
        status: CorrectionStatus | None,
        cursor: str | None,
        limit: int,
    ) -> Page[CorrectionView]:
        """The newest first."""
        if actor.kind is not ActorKind.OPERATOR:
            raise Forbidden("Only operators correct the ledger")
        before = self._cursors.read(_LIST, cursor, 1)[0] if cursor else None
        found = await self._repository.page(session, status, before, limit + 1)
        last = found[limit - 1].id if len(found) > limit else None
        wanted = {each.transfer_sequence for each in found}
        transfers = await self._repository.transfers(session, wanted)
        return Page(
            items=[_view(each, transfers[each.transfer_sequence]) for each in found[:limit]],
            next_cursor=None if last is None else self._cursors.make(_LIST, last),
        )

    async def _open(
        self, session: AsyncSession, actor: Actor, correction_id: int
    ) -> tuple[LedgerCorrection, Transfer]:
        """A correction that this actor may decide, locked."""
        if actor.kind is not ActorKind.OPERATOR:
            raise CorrectionUnknown
        made = await self._repository.get(session, correction_id, lock=True)
        if made is None:
            raise CorrectionUnknown
        if made.status != CorrectionStatus.PROPOSED:
            raise CorrectionDecided
        if made.proposed_by == actor.id:
            raise SameOperator
        found = await self._repository.transfers(session, {made.transfer_sequence})
        return made, found[made.transfer_sequence]

    async def _decided(
        self,
        session: AsyncSession,
        actor: Actor,
        made: LedgerCorrection,
        transfer: Transfer,
        status: CorrectionStatus,
    ) -> CorrectionView:
        made.status = status
        made.decided_by = actor.id
        made.decided_at = self._clock.now()
        await session.flush()
        return _view(made, transfer)


def _reversing(sequence: int, wrong: Transfer, brand_id: int | None) -> Sequence[Transfer]:
    """The way back. A grant goes back through its drop to the brand's budget: its bucket gives
    nothing twice, so in the escrow it would wait for nobody."""
    back = Transfer(
        f"reversal:{sequence}",
        "reversal",
        wrong.target,
        wrong.source,
        wrong.amount_minor,
        wrong.drop_id,
    )
    if wrong.source.kind is not AccountKind.ESCROW or brand_id is None:
        return [back]
    release = Transfer(
        f"reversal.release:{sequence}",
        "reversal.release",
        wrong.source,
        budget(brand_id, wrong.source.currency),
        wrong.amount_minor,
        wrong.drop_id,
    )
    return [back, release]


def _view(made: LedgerCorrection, transfer: Transfer) -> CorrectionView:
    return CorrectionView(
        id=Id(made.id),
        status=CorrectionStatus(made.status),
        sequence=Id(made.transfer_sequence),
        kind=transfer.kind,
        amount=Money(amount_minor=transfer.amount_minor, currency=transfer.source.currency),
        source=str(transfer.source),
        target=str(transfer.target),
        reason=made.reason,
        proposed_by=Id(made.proposed_by),
        proposed_at=Timestamp.of(made.proposed_at),
        decided_by=None if made.decided_by is None else Id(made.decided_by),
        decided_at=None if made.decided_at is None else Timestamp.of(made.decided_at),
        reversed_by=None if made.reversed_by is None else Id(made.reversed_by),
    )
