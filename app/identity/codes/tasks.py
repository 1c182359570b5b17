"""Delivery of codes by a message service, tried again until the code is too old to be of use."""

from app.identity.codes.interfaces import CodeSender
from app.identity.codes.service import DELIVER_TASK, CodeService
from app.kernel.database import Database
from app.kernel.jobs import Task


def deliver_task(database: Database, codes: CodeService, sender: CodeSender) -> Task:
    """The job behind `CodeService.send`.

    Its argument is only the id of the code. The code itself waits in its row, sealed with a key
    that no database holds, because finished, failed and backed-up job rows outlive five minutes.
    No row is locked while the service is asked. A crash after sending sends the code twice.
    """

    async def run(*, code_id: int) -> None:
        async with database.reading() as session:
            delivery = await codes.deliverable(session, code_id)
        if delivery is None:
            return
        await sender.send(delivery.phone, delivery.code, delivery.expires_in_seconds)
        async with database.transaction() as tx:
            await codes.delivered(tx, code_id)

    return Task(name=DELIVER_TASK, run=run)
