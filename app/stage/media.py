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
from pathlib import Path

from media.inspection.inspector import inspect
from media.inspection.sandbox import opened
from media.inspection.source import Source
from media.transcoding.encoding import commands, pictures, works
from media.transcoding.encoding.scratch import Scratch
from media.transcoding.rules import Piece, Plan, plan_for


async def _ladder(film: Path, source: Source, plan: Plan, queue: Path | None) -> None:
    scratch = Scratch(Path(tempfile.mkdtemp(prefix="carnival-bench-")))
    for run, piece in [(run, piece) for run, all_ in plan.pictures.items() for piece in all_]:
        if queue is not None and not _taken(queue / f"{run}-{piece.number}"):
            continue
        rungs = plan.rungs_of(run)
        await pictures.encode_piece(film, source, plan.grid, piece, rungs, scratch)
    scratch.close()


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
                arguments = commands.pictures(source, fd, plan.grid, _all(plan), [rung], None)
                await works.encode(arguments, fds=[fd], folder=Path(folder))


async def _whole(film: Path, source: Source, plan: Plan) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with opened(film) as fd:
            arguments = commands.pictures(source, fd, plan.grid, _all(plan), plan.rungs, None)
            freed = [_unpinned(each) for each in arguments]
            await works.encode(freed, fds=[fd], folder=Path(folder))


def _unpinned(argument: str) -> str:
    """An encoder that may use as many threads as it likes."""
    return argument.removeprefix("threads=1:lookahead-threads=1:")


def _all(plan: Plan) -> Piece:
    return Piece(0, 0, plan.grid.frames)


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
