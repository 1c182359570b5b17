"""Plugs wallets and payouts into the house."""

from litestar.di import Provide

from app.kernel.house import House, Slice, Wiring
from app.kernel.secrets import keys_for
from campaigns.ledger.interfaces import Ledger, Registry
from campaigns.payouts.controllers import (
    CallbackController,
    WalletController,
    WithdrawalController,
)
from campaigns.payouts.repository import WithdrawalRepository
from campaigns.payouts.sandbox.provider import SandboxProvider
from campaigns.payouts.service import WithdrawalService
from campaigns.payouts.tasks import tasks
from campaigns.payouts.wallet.service import WalletService


def wire(house: House) -> Wiring:
    """Wallets, withdrawals, and the embedded provider behind them."""
    repository, ledger = WithdrawalRepository(), house.doors.get(Ledger)
    sandbox = SandboxProvider(
        house.database, house.clock, keys_for(house.settings, "payout-callback")
    )
    withdrawals = WithdrawalService(
        database=house.database,
        repository=repository,
        ledger=ledger,
        provider=sandbox,
        ids=house.ids,
        clock=house.clock,
        cursors=house.cursors,
    )
    wallets = WalletService(
        house.database, ledger, house.doors.get(Registry), repository, house.cursors
    )
    return Wiring(
        routes=[WalletController, WithdrawalController, CallbackController],
        dependencies={
            "wallets": Provide(lambda: wallets, sync_to_thread=False),
            "withdrawals": Provide(lambda: withdrawals, sync_to_thread=False),
        },
        tasks=tasks(withdrawals, sandbox),
        audits={"payouts": withdrawals.audit},
    )


slice_ = Slice("payouts", wire)
