"""What the processes without a web server do at once."""

from app.composition import Composed
from app.kernel.jobs import CREWS, QUEUE_OPENING, QUEUE_SOUND
from app.worker import transcoding_crews


def test_somebody_works_on_every_queue(composed: Composed) -> None:
    filled = {task.queue for wiring in composed.wirings for task in wiring.tasks}
    worked = {queue for crew in (*CREWS, *transcoding_crews(1)) for queue in crew.queues}
    assert worked == filled | {QUEUE_OPENING, QUEUE_SOUND}


def test_no_hand_of_a_worker_encodes(composed: Composed) -> None:
    mine = {queue for crew in CREWS for queue in crew.queues}
    theirs = {queue for crew in transcoding_crews(1) for queue in crew.queues}
    assert mine.isdisjoint(theirs)
