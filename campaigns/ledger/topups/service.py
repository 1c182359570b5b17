"""The use case of topping a budget up."""

import hashlib

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, ActorKind
from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.errors import Forbidden, Invalid
from app.kernel.money import Money
from app.kernel.structs import Id, Timestamp
from app.kernel.text import is_visible, one_line
from campaigns.brands.interfaces import Brands
from campaigns.ledger.errors import KeyReused, ReferenceReused
from campaigns.ledger.interfaces import Ledger, Transfer, budget, platform
from campaigns.ledger.models import LedgerTopUp
from campaigns.ledger.topups.schemas import TopUpCreate, TopUpView


class TopUpService:
    """Operators book what brands paid, once a reference."""

    def __init__(self, ledger: Ledger, brands: Brands, clock: Clock) -> None:
        self._ledger = ledger
        self._brands = brands
        self._clock = clock

    async def book(
        self, tx: Transaction, actor: Actor, brand_id: int, body: TopUpCreate, *, dry_run: bool
    ) -> TopUpView:
        """Outside world to budget. The same reference and amount again is answered with what was
        booked. Raises Forbidden for all but operators, ReferenceReused for another amount."""
        await self._brands.check_manager(tx.session, actor, brand_id, None)
        if actor.kind is not ActorKind.OPERATOR:
            raise Forbidden("Only an operator books top-ups")
        reference = one_line(body.reference)
        if not is_visible(reference):
            raise Invalid.field("/reference", "A reference needs at least one visible character")
        booked = await _booked(tx.session, brand_id, reference)
        if booked is None:
            made = LedgerTopUp(
                sequence=0,
                brand_id=brand_id,
                reference=reference,
                currency=body.amount.currency,
                amount_minor=body.amount.amount_minor,
                operator_id=actor.id,
                made_at=self._clock.now(),
            )
            if dry_run:
                return await self._view(tx.session, made)
            booked = await self._post(tx, made)
        same = (booked.amount_minor, booked.currency)
        if same != (body.amount.amount_minor, body.amount.currency):
            raise ReferenceReused
        return await self._view(tx.session, booked)

    async def _post(self, tx: Transaction, made: LedgerTopUp) -> LedgerTopUp:
        name = hashlib.sha256(made.reference.encode()).hexdigest()[:32]
        target = budget(made.brand_id, made.currency)
        transfer = Transfer(
            f"topup:{made.brand_id}:{name}",
            "topup",
            platform(made.currency),
            target,
            made.amount_minor,
        )
        try:
            (posted,) = await self._ledger.post(tx, [transfer])
        except KeyReused:
            raise ReferenceReused from None
        if not posted.new:
            # a twin of this request was quicker: its row is committed, since it held the accounts
            booked = await _booked(tx.session, made.brand_id, made.reference)
            assert booked is not None
            return booked
        made.sequence = posted.sequence
        tx.session.add(made)
        await tx.session.flush()
        return made

    async def _view(self, session: AsyncSession, made: LedgerTopUp) -> TopUpView:
        available = await self._ledger.balance(session, budget(made.brand_id, made.currency))
        if not made.sequence:
            available += made.amount_minor
        return TopUpView(
            id=Id(made.sequence) if made.sequence else None,
            amount=Money(amount_minor=made.amount_minor, currency=made.currency),
            reference=made.reference,
            available=Money(amount_minor=available, currency=made.currency),
            operator_id=Id(made.operator_id),
            made_at=Timestamp.of(made.made_at),
        )


async def _booked(session: AsyncSession, brand_id: int, reference: str) -> LedgerTopUp | None:
    return await session.scalar(
        select(LedgerTopUp).where(
            LedgerTopUp.brand_id == brand_id, LedgerTopUp.reference == reference
        )
    )
