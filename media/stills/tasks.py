"""The jobs of stills."""

from collections.abc import Sequence

from app.kernel.jobs import QUEUE_MEDIA, QUEUE_STILLS, Task
from media.stills.service import COVER_TASK, FORGET_TASK, MAKE_TASK, StillsService


def tasks_of(service: StillsService) -> Sequence[Task]:
    """Making, forgetting, and covers."""
    return [
        Task(MAKE_TASK, service.make, queue=QUEUE_STILLS, attempts_max=3),
        Task(COVER_TASK, service.fetch_cover, queue=QUEUE_MEDIA, attempts_max=5),
        Task(FORGET_TASK, service.forget),
    ]
