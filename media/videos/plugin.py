"""How videos plug into the house."""

from litestar.di import Provide

from app.kernel.house import House, Slice, Wiring
from app.kernel.jobs import QUEUE_MEDIA, Task
from media.uploads.events import UploadFailed, UploadFinished
from media.uploads.interfaces import Uploads
from media.videos.controllers import OwnVideosController, ReviewController, VideoController
from media.videos.events import VideoReady
from media.videos.interfaces import PartsRegistry, Videos
from media.videos.repository import VideoRepository
from media.videos.service import INSPECT_TASK, VideoService
from media.videos.showing.publishing import Publishing
from media.videos.showing.removal import CLEAR_TASK, SUPERSEDED_TASK, Removal
from media.videos.showing.views import Views
from media.videos.tasks import Inspection


def _wire(house: House) -> Wiring:
    repository = VideoRepository()
    views = Views(repository)
    uploads = house.doors.get(Uploads)
    service = VideoService(
        repository=repository,
        uploads=uploads,
        views=views,
        doors=house.doors,
        ids=house.ids,
        events=house.events,
        cursors=house.cursors,
    )
    publishing = Publishing(
        repository=repository,
        views=views,
        clock=house.clock,
        events=house.events,
        cursors=house.cursors,
    )
    inspection = Inspection(
        database=house.database,
        objects=house.objects,
        events=house.events,
        repository=repository,
        uploads=uploads,
        videos=service,
    )
    removal = Removal(
        database=house.database,
        objects=house.objects,
        repository=repository,
        uploads=uploads,
        clock=house.clock,
        events=house.events,
    )
    house.doors.provide(Videos, service)
    house.doors.provide(PartsRegistry, views)
    for ended in (UploadFinished, UploadFailed):
        house.events.subscribe(ended, service.upload_ended)
    house.events.subscribe(VideoReady, removal.ready)
    return Wiring(
        routes=[VideoController, OwnVideosController, ReviewController],
        dependencies={
            "videos": Provide(lambda: service, sync_to_thread=False),
            "removal": Provide(lambda: removal, sync_to_thread=False),
            "screenings": Provide(lambda: publishing, sync_to_thread=False),
        },
        tasks=[
            Task(INSPECT_TASK, inspection.run, queue=QUEUE_MEDIA, given_up=inspection.give_up),
            Task(SUPERSEDED_TASK, removal.superseded),
            Task(CLEAR_TASK, removal.clear),
        ],
    )


slice_ = Slice("videos", _wire)
