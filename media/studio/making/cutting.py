"""New films from films, with ffmpeg in the sandbox. The pictures are encoded once more at a quality
beyond what is seen; the transcoder makes everything else of them."""

from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image

from media.films.film import Film, Track
from media.inspection.sandbox import FFMPEG, guarded, opened, run
from media.studio.errors import Failure, FilmFailed

FILM: Final = "film.mp4"
_SIDE_MAX: Final = 1920
_START_SECONDS: Final = 60
_MEMORY_BYTES: Final = 3 * 1024**3
_FILE_BYTES: Final = 8 * 1024**3


async def trimmed(film: Film, start: float, end: float, folder: Path) -> Path:
    """The film from one moment to another, to the frame. Raises FilmFailed."""
    return await _made(film, folder, start=start, seconds=end - start)


async def overlaid(
    film: Film, image: Image.Image, folder: Path, *, start: float, end: float | None
) -> Path:
    """The film with a picture of its own size laid over it for a while. Raises FilmFailed."""
    data = BytesIO()
    # lossless WebP: of pictures with transparency this ffmpeg reads nothing else
    image.save(data, "WEBP", lossless=True, quality=30, method=2)
    (folder / "overlay.webp").write_bytes(data.getvalue())
    until = film.seconds + 1 if end is None else end
    return await _made(film, folder, over=folder / "overlay.webp", span=(start, until))


def overlay_size(film: Film) -> tuple[int, int]:
    """Of the film that will come out."""
    return film.within(_SIDE_MAX)


async def _made(
    film: Film,
    folder: Path,
    *,
    start: float = 0,
    seconds: float | None = None,
    over: Path | None = None,
    span: tuple[float, float] = (0, 0),
) -> Path:
    width, height = film.within(_SIDE_MAX)
    length = film.seconds if seconds is None else seconds
    before = ["-ss", f"{start:.3f}"] if start > 0 else []
    before += ["-t", f"{seconds:.3f}"] if seconds is not None else []
    sized = f"scale={width}:{height}:flags=lanczos,setsar=1,format=yuv420p"
    sound = film.sound or film.pictures
    async with opened(film.pictures.path) as one, opened(sound.path) as two:
        inputs = [*before, *_input(film.pictures, one)]
        if film.sound is not None:
            inputs += [*before, *_input(film.sound, two)]
        pictures = f"[0:{film.pictures.index}]{sized}"
        if over is None:
            graph = f"{pictures}[out]"
        else:
            number = 2 if film.sound is not None else 1
            inputs += ["-f", "webp_pipe", "-i", "overlay.webp"]
            within = f"between(t,{span[0]:.3f},{span[1]:.3f})"
            graph = f"{pictures}[under];[under][{number}:v]overlay=0:0:enable='{within}'[out]"
        heard = ["-map", f"1:{film.sound.index}"] if film.sound is not None else ["-an"]
        done = await run(
            FFMPEG,
            [
                *("-v", "error", *inputs, "-filter_complex", graph, "-map", "[out]", *heard),
                *("-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-threads", "2"),
                *("-c:a", "aac", "-b:a", "192k", "-ac", "2", "-map_metadata", "-1"),
                *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"),
                *("-movflags", "+faststart", "-f", "mp4", "-y", FILM),
            ],
            fds=[one, two],
            wall_seconds=_START_SECONDS + 20 * length,
            cpu_seconds=round(_START_SECONDS + 20 * length),
            memory_bytes=_MEMORY_BYTES,
            output_bytes=0,
            file_bytes=_FILE_BYTES,
            folder=folder,
        )
    if not done.good:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise FilmFailed(Failure.PROGRAMS_FAILED, f"{done.exceeded or done.code} {said}")
    return folder / FILM


def _input(track: Track, handle: int) -> list[str]:
    return guarded(track.demuxer, handle)
