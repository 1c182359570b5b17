"""How uploads plug into the house."""

from litestar.di import Provide

from app.kernel.house import House, Slice, Wiring
from app.kernel.jobs import QUEUE_ARRIVING, QUEUE_MEDIA, Task
from media.uploads.controllers import UploadController, abilities
from media.uploads.interfaces import Uploads
from media.uploads.repository import UploadRepository
from media.uploads.service import CLEAR_TASK, EXPIRE_TASK, UploadService
from media.uploads.store import ASSEMBLE_TASK, FOLLOW_TASK
from media.uploads.tasks import Assembly


def _wire(house: House) -> Wiring:
    repository = UploadRepository()
    service = UploadService(
        database=house.database,
        objects=house.objects,
        ids=house.ids,
        events=house.events,
        settings=house.settings,
        repository=repository,
    )
    assembly = Assembly(
        database=house.database, objects=house.objects, repository=repository, uploads=service
    )
    house.doors.provide(Uploads, service)
    return Wiring(
        routes=[abilities, UploadController],
        dependencies={"uploads": Provide(lambda: service, sync_to_thread=False)},
        tasks=[
            Task(FOLLOW_TASK, assembly.follow, queue=QUEUE_ARRIVING),
            Task(ASSEMBLE_TASK, assembly.assemble, queue=QUEUE_MEDIA),
            Task(CLEAR_TASK, service.clear),
            Task(EXPIRE_TASK, service.expire, every_cron="*/10 * * * *"),
        ],
    )


slice_ = Slice("uploads", _wire)
