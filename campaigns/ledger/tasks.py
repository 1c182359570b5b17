"""Jobs of the ledger."""

from app.kernel.jobs import Task
from campaigns.ledger.days.service import DayService

CLOSE_DAYS = "ledger.close_days"


def tasks(days: DayService) -> list[Task]:
    """Hourly, so that a worker that was away at midnight closes the day when it is back."""

    async def close_days() -> None:
        await days.close_due()

    return [Task(CLOSE_DAYS, close_days, every_cron="7 * * * *")]
