"""Jobs of payouts."""

from app.kernel.jobs import Task
from campaigns.payouts.sandbox.provider import CALL_BACK, SETTLE, SandboxProvider
from campaigns.payouts.service import ADVANCE, WithdrawalService

RECONCILE = "payouts.reconcile"


def tasks(withdrawals: WithdrawalService, sandbox: SandboxProvider) -> list[Task]:
    """Ours, and those by which the sandbox lives."""

    async def advance(withdrawal_id: int) -> None:
        await withdrawals.advance(withdrawal_id)

    async def reconcile() -> None:
        await withdrawals.reconcile()

    async def settle(payout_id: str) -> None:
        await sandbox.settle(payout_id)

    async def call_back(payout_id: str) -> None:
        await sandbox.call_back(payout_id, withdrawals.callback)

    return [
        Task(ADVANCE, advance),
        Task(RECONCILE, reconcile, every_cron="* * * * *"),
        Task(SETTLE, settle),
        Task(CALL_BACK, call_back),
    ]
