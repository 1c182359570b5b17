"""What identity does by the clock."""

from app.identity.codes.service import CodeService
from app.identity.sessions.service import SessionService
from app.kernel.database import Database
from app.kernel.jobs import Task


def tidy_task(database: Database, codes: CodeService, sessions: SessionService) -> Task:
    """Every quarter of an hour, delete what nobody will ask for: phones and addresses in the
    counts of codes, codes, sign-ins that ended a month ago, revocations that ran out."""

    async def run() -> None:
        async with database.transaction() as tx:
            await codes.forget_old(tx)
        async with database.transaction() as tx:
            await sessions.forget_old(tx)

    return Task(name="identity.tidy", run=run, every_cron="*/15 * * * *")
