"""Makes a show into a film: our projector draws frames into a pipe, ffmpeg reads them from it."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from media.inspection.sandbox import FFMPEG, PYTHON, PYTHON_FILES, Finished, opened, run
from media.studio.errors import Failure, FilmFailed
from media.studio.music.band import as_wave, play
from media.studio.music.scores import FRAMES_PER_SECOND
from media.studio.slides.plan import Show
from media.studio.slides.projector import SHOW_FILE

_ROOT: Final = Path(__file__).parents[3]
_OURS: Final = ("app", "media")
"""Packages of which the projector needs some modules."""
_FONTS: Final = (Path("/usr/share/fonts"), Path("/System/Library/Fonts"))
_BEGIN: Final = (
    "import sys; sys.path.insert(0, '.'); "
    "from media.studio.slides.projector import main; main()"
)  # fmt: skip
_WALL_SECONDS: Final = 1_200
_CPU_SECONDS: Final = 900
_MEMORY_BYTES: Final = 3 * 1024**3
_FILE_BYTES: Final = 512 * 1024**2
FILM: Final = "film.mp4"


async def make_film(show: Show, pictures: Mapping[str, bytes], folder: Path) -> Path:
    """The film of a show, in an empty folder. The same show and pictures give the same bytes.

    Takes about a second of a processor for a second of film. Raises FilmFailed.
    """
    await asyncio.to_thread(_prepare, show, pictures, folder)
    async with opened(folder / "music.wav") as music:
        with _Pipe() as pipe:
            drawing = asyncio.create_task(_draw(folder, pipe.sink))
            encoding = asyncio.create_task(_encode(show, folder, pipe.source, music))
            drawn, encoded = await _both(drawing, encoding, pipe)
    if not drawn.good or not encoded.good:
        raise FilmFailed(Failure.PROGRAMS_FAILED, _last_words(drawn) or _last_words(encoded))
    return folder / FILM


def _prepare(show: Show, pictures: Mapping[str, bytes], folder: Path) -> None:
    for name, data in pictures.items():
        (folder / name).write_bytes(data)
    (folder / SHOW_FILE).write_bytes(msgspec.json.encode(show))
    (folder / "music.wav").write_bytes(as_wave(play(show.score, show.timing.plan)))
    for name in _OURS:
        (folder / name).symlink_to(_ROOT / name)


class _Pipe:
    """Its two ends, each let go of once: a descriptor's number is soon used for something else."""

    def __init__(self) -> None:
        self.source, self.sink = os.pipe()
        self._open = {self.source, self.sink}

    def close(self, end: int) -> None:
        """Let go of an end, so that whoever holds the other one sees that nobody is there."""
        if end in self._open:
            self._open.remove(end)
            os.close(end)

    def __enter__(self) -> "_Pipe":
        return self

    def __exit__(self, *_: object) -> None:
        for end in tuple(self._open):
            self.close(end)


async def _both(
    drawing: "asyncio.Task[Finished]", encoding: "asyncio.Task[Finished]", pipe: _Pipe
) -> tuple[Finished, Finished]:
    """Wait for both. When one ends, the other sees the end of its pipe, and ends as well."""
    waiting = {drawing, encoding}
    try:
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                pipe.close(pipe.sink if task is drawing else pipe.source)
        return drawing.result(), encoding.result()
    finally:
        for task in (drawing, encoding):
            task.cancel()
        await asyncio.gather(drawing, encoding, return_exceptions=True)


async def _draw(folder: Path, sink: int) -> Finished:
    return await run(
        PYTHON,
        ["-I", "-c", _BEGIN, str(sink)],
        fds=[sink],
        wall_seconds=_WALL_SECONDS,
        cpu_seconds=_CPU_SECONDS,
        memory_bytes=_MEMORY_BYTES,
        output_bytes=0,
        folder=folder,
        readable=[*PYTHON_FILES, *(_ROOT / name for name in _OURS), *_FONTS],
    )


async def _encode(show: Show, folder: Path, source: int, music: int) -> Finished:
    width, height = show.size
    return await run(
        FFMPEG,
        [
            *("-v", "error", "-protocol_whitelist", "fd,pipe"),
            *("-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{width}x{height}"),
            *("-framerate", str(FRAMES_PER_SECOND), "-fd", str(source), "-i", "fd:"),
            *("-protocol_whitelist", "fd,pipe", "-f", "wav", "-fd", str(music), "-i", "fd:"),
            *("-map", "0:v", "-map", "1:a", "-vf", "scale=out_color_matrix=bt709:out_range=tv"),
            *("-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-pix_fmt", "yuv420p"),
            *("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709"),
            *("-g", str(2 * FRAMES_PER_SECOND), "-threads", "2"),
            *("-c:a", "aac", "-b:a", "192k", "-fflags", "+bitexact", "-flags:v", "+bitexact"),
            *("-flags:a", "+bitexact", "-movflags", "+faststart", "-y", FILM),
        ],
        fds=[source, music],
        wall_seconds=_WALL_SECONDS,
        cpu_seconds=_CPU_SECONDS,
        memory_bytes=_MEMORY_BYTES,
        output_bytes=0,
        file_bytes=_FILE_BYTES,
        folder=folder,
    )


def _last_words(finished: Finished) -> str:
    if finished.good:
        return ""
    said = finished.stderr.decode(errors="replace").strip().splitlines()[-1:]
    return " ".join([f"ended with {finished.exceeded or finished.code}:", *said])
