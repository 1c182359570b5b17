"""`python -m app.stage.media MODE FILM [QUEUE]`: encode a film one way, for a client that measures.
Says one line of JSON.

ladder    as transcoders do, in pieces; several of these that are given the same folder as QUEUE
          share them, as workers do
separate  every rung by itself, whole, in the same settings
whole     all rungs from one decoding by one ffmpeg that uses the machine as it likes
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Final

from media.inspection.inspector import inspect
from media.inspection.sandbox import opened
from media.inspection.source import Source
from media.transcoding.encoding import commands, pictures, works
from media.transcoding.encoding.held import Held
from media.transcoding.encoding.scratch import Scratch
from media.transcoding.rules import Piece, Plan, Rung, plan_for

_LOOK_SECONDS: Final = 0.02


async def _ladder(film: Path, source: Source, plan: Plan, queue: Path | None) -> None:
    queue = queue or Path(tempfile.mkdtemp(prefix="carnival-bench-"))
    scratch = Scratch(queue / "scratch")
    held = Held(scratch)
    async for run, piece in _due(plan, queue):
        with held.frames("film", plan, run, piece) as frames:
            rungs = plan.rungs_of(run)
            await pictures.encode_piece(film, source, plan, piece, rungs, scratch, frames=frames)
        (queue / f"{run}-{piece.number}-done").touch()
    scratch.close()


async def _due(plan: Plan, queue: Path) -> AsyncGenerator[tuple[str, Piece]]:
    """What nobody has taken yet, in the order in which transcoders take it: the other rungs of a
    piece once its first is done."""
    waiting = [(run, piece) for run, all_ in plan.pictures.items() for piece in all_]
    while waiting:
        for run, piece in waiting:
            early = queue / f"early-{piece.number}-done"
            if run != "ladder" or early.exists():
                waiting.remove((run, piece))
                if _taken(queue / f"{run}-{piece.number}"):
                    yield run, piece
                break
        else:
            await asyncio.sleep(_LOOK_SECONDS)


def _taken(piece: Path) -> bool:
    """Whether this worker is the first to come for a piece."""
    try:
        piece.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


async def _separate(film: Path, source: Source, plan: Plan) -> None:
    for rung in plan.rungs:
        with tempfile.TemporaryDirectory() as folder:
            async with opened(film) as fd:
                await works.encode(_at_once(source, fd, plan, rung), fds=[fd], folder=Path(folder))


async def _whole(film: Path, source: Source, plan: Plan) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with opened(film) as fd:
            freed = [_unpinned(each) for each in _at_once(source, fd, plan, *plan.rungs)]
            await works.encode(freed, fds=[fd], folder=Path(folder))


def _unpinned(argument: str) -> str:
    """An encoder that may use as many threads as it likes."""
    return argument.removeprefix("threads=1:lookahead-threads=1:")


def _at_once(source: Source, fd: int, plan: Plan, *rungs: Rung) -> list[str]:
    """Encode the whole film in one piece."""
    whole, top = Piece(0, 0, plan.grid.frames), rungs[-1]
    frames = commands.decoded(source, fd, plan.grid, whole, top, None)
    return commands.pictures(frames, plan.grid, whole, top, rungs)


async def _main(mode: str, film: Path, queue: Path | None = None) -> None:
    source = await inspect(film)
    plan = plan_for(source)
    if mode == "ladder":
        await _ladder(film, source, plan, queue)
    elif mode == "separate":
        await _separate(film, source, plan)
    else:
        await _whole(film, source, plan)
    done = {"rungs": [rung.name for rung in plan.rungs], "frames": plan.grid.frames}
    sys.stdout.write(json.dumps(done) + "\n")


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], *map(Path, sys.argv[2:])))
