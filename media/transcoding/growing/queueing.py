"""The jobs of transcoding, and which of those that wait is next.

What makes a film playable goes first, of every film; then the rest of its head in the first rung,
which people are watching meanwhile. These have a queue of their own, for which hands are kept free,
and so has the sound: all others may be busy for minutes. Then come the other rungs of the head,
since its frames are held for them, then what makes it longer. And the beginning of every film goes
before the later parts of any: a clip waits minutes for another, not hours for a whole evening's
recording.
"""

from bisect import bisect_left
from typing import Final

from app.kernel.database import Transaction
from app.kernel.jobs import QUEUE_OPENING, QUEUE_SOUND
from media.transcoding.repository import Film
from media.transcoding.rules import Piece, Plan

PIECE_TASK: Final = "transcoding.piece"
SOUND_TASK: Final = "transcoding.sound"
FINISH_TASK: Final = "transcoding.finish"
SWEEP_TASK: Final = "transcoding.sweep"
FORGET_TASK: Final = "transcoding.forget"
_FIRST, _SOUND, _EARLY, _FINISH, _AV1 = 40, 30, 25, 20, 0
_LONGER = 10
_NEAR_SECONDS: Final = (15, 60, 300, 1200)
"""Where a film's parts end, each of which stands behind the same part of all other films."""
_FIRST_NICENESS: Final = 7
_NICENESS: Final = {"sound": 9, "early": 16, "rest": 19, "ladder": 19, "av1": 19}
"""The first piece and the sound are what somebody waits for, a film's next seconds are what may be
watched soon: on a machine that is busy each is to get most of what films get at all."""


def niceness_of(run: str, number: int) -> int:
    """How far back the encoder of a piece stands while others want the machine too."""
    return _FIRST_NICENESS if (run, number) == ("early", 0) else _NICENESS[run]


def priority_of(plan: Plan, run: str, piece: Piece) -> int:
    """Of a piece among all that wait, those of other films too: higher is sooner. The pieces of a
    film are in the order of its plan."""
    if run == "early":
        return _FIRST if piece.number == 0 else _EARLY
    return _LONGER - bisect_left(_NEAR_SECONDS, (piece.first + piece.count) / plan.grid.rate)


async def defer_pictures(tx: Transaction, film: Film, plan: Plan) -> None:
    """Have everything encoded that a film needs to be whole."""
    for run, pieces in plan.pictures.items():
        # of the ladder the longest piece first: whoever else works does the others meanwhile
        for piece in sorted(pieces, key=lambda each: -each.count if run == "ladder" else 0):
            await _defer_piece(
                *(tx, film, run, piece.number),
                priority=priority_of(plan, run, piece),
                lock=_lock(film, run, piece),
                queue=QUEUE_OPENING if run == "early" else None,
            )


def _lock(film: Film, run: str, piece: Piece) -> str | None:
    """The other rungs of a piece are made when its first one is, whose frames they are made of."""
    held = run in ("early", "ladder")
    return f"pictures-{film[0]}-{film[1]}-{piece.number}" if held else None


async def defer_av1(tx: Transaction, film: Film, number: int) -> None:
    """Have a piece encoded again for those who need fewer bytes: when nothing else waits."""
    await _defer_piece(tx, film, "av1", number, priority=_AV1)


async def _defer_piece(
    tx: Transaction,
    film: Film,
    run: str,
    number: int,
    *,
    priority: int,
    lock: str | None = None,
    queue: str | None = None,
) -> None:
    await tx.defer(
        PIECE_TASK,
        priority=priority,
        lock=lock,
        queue=queue,
        video_id=film[0],
        generation=film[1],
        run=run,
        number=number,
    )


async def defer_sound(tx: Transaction, film: Film) -> None:
    """Have the sound encoded."""
    await tx.defer(
        SOUND_TASK,
        priority=_SOUND,
        queue=QUEUE_SOUND,
        video_id=film[0],
        generation=film[1],
    )


async def defer_finish(tx: Transaction, film: Film) -> None:
    """Have the quality measured and all rungs published."""
    await tx.defer(FINISH_TASK, priority=_FINISH, video_id=film[0], generation=film[1])


async def defer_forgetting(tx: Transaction, video_id: int, before: int | None) -> None:
    """Have what was made of the films of a video forgotten, of those before a generation or all.
    As a job, since encoders hold films and videos in the other order."""
    await tx.defer(FORGET_TASK, video_id=video_id, before=before)
