"""Plugs the ledger into the house."""

from litestar.di import Provide

from app.kernel.house import House, Slice, Wiring
from campaigns.brands.interfaces import Brands
from campaigns.ledger.interfaces import Ledger
from campaigns.ledger.repository import LedgerRepository
from campaigns.ledger.service import LedgerService
from campaigns.ledger.statements.controllers import LedgerController
from campaigns.ledger.statements.repository import StatementRepository
from campaigns.ledger.statements.service import StatementService
from campaigns.ledger.topups.controllers import TopUpController
from campaigns.ledger.topups.service import TopUpService


def wire(house: House) -> Wiring:
    """The door `Ledger`."""
    ledger = LedgerService(LedgerRepository(), house.clock)
    brands = house.doors.get(Brands)
    statements = StatementService(
        house.database, ledger, StatementRepository(), brands, house.cursors
    )
    topups = TopUpService(ledger, brands, house.clock)
    house.doors.provide(Ledger, ledger)
    return Wiring(
        routes=[LedgerController, TopUpController],
        dependencies={
            "statements": Provide(lambda: statements, sync_to_thread=False),
            "topups": Provide(lambda: topups, sync_to_thread=False),
        },
    )


slice_ = Slice("ledger", wire)
