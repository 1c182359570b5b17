"""The job of the studio."""

from collections.abc import Sequence

from app.kernel.jobs import QUEUE_STUDIO, Task
from media.studio.making.maker import ATTEMPTS_MAX, Maker
from media.studio.service import MAKE_TASK


def tasks_of(maker: Maker) -> Sequence[Task]:
    """Making."""
    return [Task(MAKE_TASK, maker.make, queue=QUEUE_STUDIO, attempts_max=ATTEMPTS_MAX)]
