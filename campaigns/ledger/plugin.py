"""Plugs the ledger into the house."""

from litestar.di import Provide

from app.kernel.house import House, Slice, Wiring
from campaigns.brands.interfaces import Brands
from campaigns.ledger.corrections.controllers import CorrectionController
from campaigns.ledger.corrections.repository import CorrectionRepository
from campaigns.ledger.corrections.service import CorrectionService
from campaigns.ledger.days.controllers import DayController
from campaigns.ledger.days.repository import DayRepository
from campaigns.ledger.days.service import DayService
from campaigns.ledger.interfaces import Ledger, Registry
from campaigns.ledger.proof.controllers import ProofController
from campaigns.ledger.proof.registry import LedgerRegistry
from campaigns.ledger.proof.repository import ProofRepository
from campaigns.ledger.proof.service import ProofService
from campaigns.ledger.repository import LedgerRepository
from campaigns.ledger.service import LedgerService
from campaigns.ledger.statements.controllers import HouseLedgerController, LedgerController
from campaigns.ledger.statements.repository import StatementRepository
from campaigns.ledger.statements.service import StatementService
from campaigns.ledger.tasks import tasks
from campaigns.ledger.topups.controllers import TopUpController
from campaigns.ledger.topups.service import TopUpService


def wire(house: House) -> Wiring:
    """The doors `Ledger` and `Registry`."""
    ledger = LedgerService(LedgerRepository(), house.clock)
    brands = house.doors.get(Brands)
    statements = StatementService(
        house.database, ledger, StatementRepository(), brands, house.cursors
    )
    topups = TopUpService(ledger, brands, house.clock)
    registry = LedgerRegistry()
    days = DayService(DayRepository(house.database), house.clock, house.cursors)
    proof = ProofService(house.database, ProofRepository(), registry, statements, days, house.clock)
    corrections = CorrectionService(
        ledger, CorrectionRepository(), house.ids, house.clock, house.cursors
    )
    house.doors.provide(Ledger, ledger)
    house.doors.provide(Registry, registry)
    return Wiring(
        routes=[
            LedgerController,
            HouseLedgerController,
            TopUpController,
            ProofController,
            DayController,
            CorrectionController,
        ],
        dependencies={
            "statements": Provide(lambda: statements, sync_to_thread=False),
            "topups": Provide(lambda: topups, sync_to_thread=False),
            "proof": Provide(lambda: proof, sync_to_thread=False),
            "corrections": Provide(lambda: corrections, sync_to_thread=False),
            "days": Provide(lambda: days, sync_to_thread=False),
        },
        tasks=tasks(days),
        audits={
            "ledger rows": proof.audit_rows,
            "ledger days": days.audit,
            "ledger drops": proof.audit_drops,
            "ledger rights": proof.audit_rights,
        },
    )


slice_ = Slice("ledger", wire)
