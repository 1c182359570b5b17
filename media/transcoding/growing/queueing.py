"""The jobs of transcoding, and which of those that wait is next.

What makes a film playable goes first, of every film; then the rest of its head in the first rung,
which people are watching meanwhile; then what makes it longer, and then what makes it better.
"""

from typing import Final

from app.kernel.database import Transaction
from media.inspection.sandbox import NICENESS
from media.transcoding.repository import Film

PIECE_TASK: Final = "transcoding.piece"
SOUND_TASK: Final = "transcoding.sound"
FINISH_TASK: Final = "transcoding.finish"
SWEEP_TASK: Final = "transcoding.sweep"
FORGET_TASK: Final = "transcoding.forget"
_PRIORITIES: Final = {"early": 20, "rest": 12, "ladder": 10, "av1": 0}
_FIRST, _SOUND, _FINISH = 40, 30, 15
_NICENESS: Final = {"early": 14, "sound": 14, "rest": 16, "ladder": 17, "av1": 19}


def niceness_of(run: str, number: int) -> int:
    """How far back the encoder of a piece stands while others want the machine too. Sound is ahead
    of its pictures even so."""
    return NICENESS if (run, number) == ("early", 0) else _NICENESS[run]


async def defer_piece(tx: Transaction, film: Film, run: str, number: int) -> None:
    """Have a piece of a run over the pictures encoded."""
    priority = _FIRST if (run, number) == ("early", 0) else _PRIORITIES[run]
    await tx.defer(
        PIECE_TASK,
        priority=priority,
        video_id=film[0],
        generation=film[1],
        run=run,
        number=number,
    )


async def defer_sound(tx: Transaction, film: Film) -> None:
    """Have the sound encoded."""
    await tx.defer(SOUND_TASK, priority=_SOUND, video_id=film[0], generation=film[1])


async def defer_finish(tx: Transaction, film: Film) -> None:
    """Have the quality measured and all rungs published."""
    await tx.defer(FINISH_TASK, priority=_FINISH, video_id=film[0], generation=film[1])


async def defer_forgetting(tx: Transaction, video_id: int, before: int | None) -> None:
    """Have what was made of the films of a video forgotten, of those before a generation or all.
    As a job, since encoders hold films and videos in the other order."""
    await tx.defer(FORGET_TASK, video_id=video_id, before=before)
