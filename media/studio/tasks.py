"""The jobs of the studio."""

from collections.abc import Sequence

from app.kernel.jobs import QUEUE_STUDIO, Task
from media.studio.captions.tracks import CLEAR_TASK, CaptionService
from media.studio.making.maker import ATTEMPTS_MAX, Maker
from media.studio.service import MAKE_TASK


def tasks_of(maker: Maker, captions: CaptionService) -> Sequence[Task]:
    """Making, and the broom."""
    return [
        Task(
            MAKE_TASK,
            maker.make,
            queue=QUEUE_STUDIO,
            attempts_max=ATTEMPTS_MAX,
            given_up=maker.give_up,
        ),
        Task(CLEAR_TASK, captions.clear),
    ]
