"""How watching plugs into the house."""

from litestar.di import Provide

from app.kernel.house import House, Slice, Wiring
from app.kernel.jobs import Task
from media.videos.interfaces import Videos
from media.watching.controllers import WatchController
from media.watching.interfaces import WatchCredits
from media.watching.journal.controllers import JournalController
from media.watching.journal.repository import JournalRepository
from media.watching.journal.service import FORGET_TASK, Journal
from media.watching.repository import WatchRepository
from media.watching.service import WatchService


def _wire(house: House) -> Wiring:
    journal = Journal(
        repository=JournalRepository(),
        database=house.database,
        ids=house.ids,
        cursors=house.cursors,
    )
    service = WatchService(
        repository=WatchRepository(),
        journal=journal,
        videos=house.doors.get(Videos),
        doors=house.doors,
        clock=house.clock,
    )
    house.doors.provide(WatchCredits, service)
    return Wiring(
        routes=[WatchController, JournalController],
        dependencies={
            "watching": Provide(lambda: service, sync_to_thread=False),
            "journal": Provide(lambda: journal, sync_to_thread=False),
        },
        tasks=[Task(FORGET_TASK, journal.forget, every_cron="23 * * * *")],
    )


slice_ = Slice("watching", _wire)
