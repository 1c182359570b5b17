"""Plugs the ledger into the house."""

from app.kernel.house import House, Slice, Wiring
from campaigns.ledger.interfaces import Ledger
from campaigns.ledger.repository import LedgerRepository
from campaigns.ledger.service import LedgerService


def wire(house: House) -> Wiring:
    """The door `Ledger`."""
    service = LedgerService(LedgerRepository(), house.clock)
    house.doors.provide(Ledger, service)
    return Wiring()


slice_ = Slice("ledger", wire)
