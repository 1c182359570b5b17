"""Every film is understood, or refused in words; and nothing that reads it opens anything else."""

import json
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from fractions import Fraction
from functools import partial
from pathlib import Path

import pytest

from media.inspection.bounds import SHOPPER, Bounds
from media.inspection.errors import Refused
from media.inspection.inspector import inspect
from media.inspection.sandbox import FFMPEG, FFPROBE, guarded, opened, run
from media.inspection.source import Source
from tests.media.inspection import films
from tests.media.inspection.films import H264, Maker, film, text

Look = Callable[[str, Maker], Awaitable[Source]]


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """Makes a film under a name and inspects it."""

    async def look(name: str, make: Maker) -> Source:
        path = tmp_path / name
        make(path)
        return await inspect(path)

    return look


async def refusal(look: Look, name: str, make: Maker) -> Refused:
    with pytest.raises(Refused) as caught:
        await look(name, make)
    assert len(caught.value.words) > 30
    assert not re.search(r"ffprobe|ffmpeg|Traceback|\bmoov\b|0x", caught.value.words)
    return caught.value


async def test_an_ordinary_film(look: Look) -> None:
    found = await look("film.mp4", film)
    assert (found.container, found.demuxer, found.duration_seconds) == ("mp4", "mov", 1)
    video, audio = found.video, found.audio
    assert (video.codec, video.width, video.height, video.rotation) == ("h264", 160, 120, 0)
    assert (video.frame_rate, video.variable_rate, video.bit_depth) == (30, False, 8)
    assert audio is not None
    assert (audio.codec, audio.channels, audio.sample_rate) == ("aac", 1, 48_000)
    assert Source.of(json.loads(json.dumps(found.plain()))) == found


CONTAINERS: list[tuple[str, tuple[str, ...], str, str]] = [
    ("film.mov", H264, "mov", "h264"),
    ("film.mkv", H264, "matroska", "h264"),
    ("film.ts", H264, "mpegts", "h264"),
    ("film.flv", (*H264, "-ar", "44100"), "flv", "h264"),
    ("film.avi", ("-c:v", "mpeg4", "-c:a", "libmp3lame"), "avi", "mpeg4"),
    ("film.webm", ("-c:v", "libvpx-vp9", "-cpu-used", "8", "-c:a", "libopus"), "webm", "vp9"),
    ("prores.mov", ("-c:v", "prores_ks", "-c:a", "pcm_s16le"), "mov", "prores"),
    ("still.mp4", ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p"), "mp4", "mjpeg"),
]


@pytest.mark.parametrize(("name", "options", "container", "codec"), CONTAINERS)
async def test_containers_and_codecs(
    look: Look, name: str, options: tuple[str, ...], container: str, codec: str
) -> None:
    found = await look(name, lambda path: film(path, *options))
    assert (found.container, found.video.codec) == (container, codec)
    assert abs(found.duration_seconds - 1) < Fraction(1, 5)
    assert found.audio is not None


async def test_the_name_says_nothing(look: Look) -> None:
    found = await look("film.avi", lambda path: film(path, *H264, "-f", "mp4"))
    assert found.container == "mp4"


class TestPictures:
    async def test_a_rotated_one_is_described_as_it_is_shown(self, look: Look) -> None:
        video = (await look("film.mp4", films.rotated)).video
        assert (video.rotation, video.width, video.height) == (90, 120, 160)
        assert (video.coded_width, video.coded_height) == (160, 120)

    async def test_pixels_that_are_not_square(self, look: Look) -> None:
        make = partial(film, picture="testsrc=s=144x120:r=30:d=1,format=yuv420p,setsar=4/3")
        video = (await look("film.mp4", make)).video
        assert (video.sar, video.width, video.height) == (Fraction(4, 3), 192, 120)

    async def test_odd_sizes(self, look: Look) -> None:
        make = partial(film, picture="testsrc=s=101x75:r=30:d=1,format=yuv444p")
        video = (await look("film.mp4", make)).video
        assert (video.width, video.height) == (101, 75)

    async def test_a_variable_rate_is_noticed(self, look: Look) -> None:
        assert (await look("film.mp4", films.variable_rate)).video.variable_rate

    @pytest.mark.parametrize("rate", ["24000/1001", "25", "30000/1001", "60", "240"])
    @pytest.mark.parametrize("container", ["mp4", "mkv"])
    async def test_a_constant_rate_is_constant(self, look: Look, rate: str, container: str) -> None:
        make = partial(film, picture=f"testsrc=s=64x48:r={rate}:d=1,format=yuv420p", sound=None)
        video = (await look(f"film.{container}", make)).video
        assert not video.variable_rate
        assert abs(float(video.frame_rate) / float(Fraction(rate)) - 1) < 0.02

    @pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
    async def test_wide_gamuts_in_ten_bits(self, look: Look, transfer: str) -> None:
        video = (await look("film.mp4", partial(films.deep, transfer=transfer))).video
        assert (video.codec, video.pix_fmt, video.bit_depth) == ("hevc", "yuv420p10le", 10)
        assert (video.transfer, video.primaries, video.matrix) == (transfer, "bt2020", "bt2020nc")
        assert video.hdr


class TestTracks:
    async def test_no_sound(self, look: Look) -> None:
        assert (await look("film.mp4", partial(film, sound=None))).audio is None

    async def test_six_channels(self, look: Look) -> None:
        found = await look("film.mp4", films.surround)
        assert found.audio is not None
        assert found.audio.channels == 6

    async def test_a_cover_is_not_the_film(self, look: Look) -> None:
        found = await look("film.mp4", films.with_cover)
        assert (found.video.width, found.video.codec) == (160, "h264")

    async def test_unknown_extra_tracks_are_ignored(self, look: Look) -> None:
        found = await look("film.mov", films.with_extra_tracks)
        assert found.audio is not None
        assert (found.audio.codec, found.audio.index) == ("aac", 1)

    async def test_unknown_sound_alone_is_refused(self, look: Look) -> None:
        found = await refusal(look, "film.mov", films.unknown_sound_only)
        assert found.reason == "audio_codec"
        assert "apac" in found.words

    async def test_no_pictures(self, look: Look) -> None:
        def make(path: Path) -> None:
            films.ffmpeg("-f", "lavfi", "-i", films.SOUND, "-c:a", "aac", "-f", "mp4", path)

        assert (await refusal(look, "film.mp4", make)).reason == "no_pictures"

    async def test_an_unknown_picture_is_refused(self, look: Look) -> None:
        found = await refusal(look, "film.mp4", films.unknown_picture)
        assert found.reason == "video_codec"
        assert "zzz1" in found.words

    async def test_av1_is_refused_in_words(self, look: Look) -> None:
        tiny = "testsrc=s=64x64:r=10:d=1,format=yuv420p"
        make = partial(film, picture=tiny, sound=None)
        found = await refusal(
            look, "film.mp4", lambda path: make(path, "-c:v", "libsvtav1", "-preset", "12")
        )
        assert found.reason == "video_codec"
        assert "av1" in found.words.lower()

    async def test_a_protected_film_is_refused(self, look: Look) -> None:
        assert (await refusal(look, "film.mp4", films.protected)).reason == "protected"

    async def test_too_many_tracks(self, look: Look) -> None:
        found = await refusal(look, "film.mkv", films.many_tracks)
        assert found.reason == "too_many_tracks"


class TestLengths:
    async def test_an_hour(self, look: Look) -> None:
        assert (await look("film.mp4", films.one_hour)).duration_seconds == 3600

    async def test_a_recording_whose_length_is_unknown(self, look: Look) -> None:
        found = await look("film.webm", films.recorded_in_a_browser)
        assert abs(found.duration_seconds - 1) < Fraction(1, 10)

    async def test_bounds_differ_by_who_uploads(self, tmp_path: Path) -> None:
        films.one_hour(tmp_path / "film.mp4")
        with pytest.raises(Refused, match="1:00:00; at most 3:00") as caught:
            await inspect(tmp_path / "film.mp4", SHOPPER)
        assert caught.value.reason == "too_long"

    async def test_bytes_are_bounded_before_anything_is_read(self, tmp_path: Path) -> None:
        film(tmp_path / "film.mp4")
        with pytest.raises(Refused) as caught:
            await inspect(tmp_path / "film.mp4", Bounds(bytes_max=1000))
        assert caught.value.reason == "too_large"

    async def test_a_header_that_promises_more_than_there_is(self, look: Look) -> None:
        assert (await look("film.mp4", films.lies_about_length)).duration_seconds == 1

    async def test_a_blink(self, look: Look) -> None:
        make = partial(film, picture="testsrc=s=64x48:r=30:d=0.2,format=yuv420p", sound=None)
        assert (await refusal(look, "film.mp4", make)).reason == "too_short"


class TestDamage:
    async def test_nothing(self, look: Look) -> None:
        assert (await refusal(look, "film.mp4", Path.touch)).reason == "empty"

    async def test_cut_before_its_table_of_contents(self, look: Look) -> None:
        found = await refusal(look, "film.mp4", films.cut_in_the_middle)
        assert found.reason == "truncated"

    async def test_cut_after_its_table_of_contents(self, look: Look) -> None:
        make = partial(_cut, options=(*H264, "-movflags", "+faststart"))
        assert (await refusal(look, "film.mp4", make)).reason == "truncated"

    async def test_a_cut_matroska(self, look: Look) -> None:
        def make(path: Path) -> None:
            long = "testsrc=s=160x120:r=30:d=6,format=yuv420p"
            whole = path.with_name("whole.mkv")
            film(whole, picture=long, sound=None)
            path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

        assert (await refusal(look, "film.mkv", make)).reason == "truncated"

    async def test_noise_behind_a_good_header(self, look: Look) -> None:
        assert (await refusal(look, "film.mp4", films.garbage_inside)).reason == "damaged"

    @pytest.mark.parametrize("at", range(0, 100, 9))
    async def test_broken_bytes_never_confuse_it(self, tmp_path: Path, at: int) -> None:
        path = tmp_path / "film.mp4"
        film(path)
        data = bytearray(path.read_bytes())
        # the table of contents lies at the end
        begin = data.index(b"moov") + at * (len(data) - data.index(b"moov")) // 100
        data[begin : begin + 40] = bytes(255 - byte for byte in data[begin : begin + 40])
        path.write_bytes(data)
        with suppress(Refused):
            assert (await inspect(path)).video.width > 0


class TestTooMuch:
    async def test_8k_is_refused_in_words(self, look: Look) -> None:
        make = partial(film, picture="color=gray:s=7680x4320:r=2:d=1,format=yuv420p", sound=None)
        found = await refusal(look, "film.mp4", make)
        assert found.reason == "too_many_pixels"
        assert "4K" in found.words

    async def test_too_many_pictures_a_second(self, look: Look) -> None:
        make = partial(film, picture="color=gray:s=64x48:r=480:d=1,format=yuv420p", sound=None)
        assert (await refusal(look, "film.mp4", make)).reason == "frame_rate"

    async def test_a_strip(self, look: Look) -> None:
        make = partial(film, picture="color=gray:s=640x16:r=10:d=1,format=yuv420p", sound=None)
        assert (await refusal(look, "film.mp4", make)).reason == "too_narrow"

    async def test_pictures_that_grow_are_never_decoded(self, tmp_path: Path) -> None:
        path = tmp_path / "film.ts"
        films.grows_to_8k(path)
        async with opened(path) as fd:
            arguments = ["-v", "error", *guarded("mpegts", fd), "-f", "framecrc", "pipe:1"]
            done = await run(
                *(FFMPEG, arguments),
                fds=[fd],
                wall_seconds=60,
                cpu_seconds=30,
                memory_bytes=1 << 30,
                output_bytes=1 << 20,
            )
        sizes = {int(line.split(b",")[4]) for line in done.stdout.splitlines() if line[:1] == b"0"}
        assert sizes == {160 * 120 * 3 // 2}, done


STRANGERS: list[tuple[str, Maker, str, str]] = [
    ("list.mp4", text("#EXTM3U\n#EXTINF:5,\nfile:///etc/passwd\n"), "playlist", "playlist"),
    ("spaced.mp4", text("\n\n #EXTM3U\n#EXTINF:5,\nhttp://x/\n"), "playlist", "playlist"),
    ("concat.mp4", text("ffconcat version 1.0\nfile /etc/passwd\n"), "playlist", "list of files"),
    ("dash.mp4", text("<?xml version='1.0'?><MPD></MPD>"), "playlist", "playlist"),
    ("sdp.mp4", text("v=0\no=- 0 0 IN IP4 127.0.0.1\n"), "playlist", "broadcast"),
    ("zip.mp4", films.zipped, "archive", "ZIP"),
    ("page.mp4", text("<!DOCTYPE html><html></html>"), "document", "web page"),
    ("words.mp4", text("this is not a film\n"), "document", "text"),
    ("script.mp4", text("#!/bin/sh\nreboot\n"), "program", "script"),
    ("program.mp4", lambda path: path.write_bytes(FFPROBE.read_bytes()[:9999]), "program", ""),
]


@pytest.mark.parametrize(("name", "make", "reason", "words"), STRANGERS)
async def test_what_only_poses_as_a_film(
    look: Look, name: str, make: Maker, reason: str, words: str
) -> None:
    found = await refusal(look, name, make)
    assert found.reason == reason
    assert words in found.words


async def test_a_playlist_behind_the_header_of_a_film(look: Look) -> None:
    await refusal(look, "film.mp4", films.playlist_after_header)


WATCHED: dict[str, Maker] = {
    "film.mp4": film,
    "film.webm": films.recorded_in_a_browser,
    "cover.mp4": films.with_cover,
    "tracks.mov": films.with_extra_tracks,
    "playlist.mp4": films.playlist_after_header,
    "cut.mp4": films.cut_in_the_middle,
    "noise.mp4": films.garbage_inside,
}
INSPECT = """
import asyncio, sys
from pathlib import Path
from media.inspection.errors import Refused
from media.inspection.inspector import inspect
from media.transcoding.encoding.commands import Chain
from media.transcoding.encoding.sound import measure
from media.transcoding.rules import plan_for
async def look(path):
    source = await inspect(path)
    if source.audio is not None:
        await measure(path, source, plan_for(source).grid, Chain())
for name in sys.argv[1:]:
    try:
        asyncio.run(look(Path(name)))
    except Refused:
        pass
"""


def test_nothing_is_opened_and_nobody_is_called(tmp_path: Path) -> None:
    for name, make in WATCHED.items():
        make(tmp_path / name)
    names = [str(tmp_path / name) for name in WATCHED]
    seen = _watched(tmp_path, sys.executable, "-c", INSPECT, *names)
    assert {call for _, call, _ in seen} <= {"execve"}


def test_the_watcher_sees_what_is_opened(tmp_path: Path) -> None:
    playlist = tmp_path / "list.m3u8"
    end = "#EXT-X-ENDLIST"
    text(f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/x.ts\n{end}\n")(
        playlist
    )
    allowed = ["-v", "quiet", "-protocol_whitelist", "file,http,tcp", str(playlist)]
    # it need not be the program that was started
    started = "import subprocess, sys; subprocess.run(sys.argv[1:])"
    seen = _watched(tmp_path, sys.executable, "-c", started, str(FFPROBE), *allowed)
    assert {program for program, _, _ in seen} == {FFPROBE.name}
    assert str(playlist) in {path for _, _, path in seen}
    assert "connect" in {call for _, call, _ in seen}


def _watched(folder: Path, *command: str) -> list[list[str]]:
    log = folder / "calls.jsonl"
    watcher = Path(__file__).with_name("watched.py")
    root = Path(__file__).parents[3]
    subprocess.run(
        [sys.executable, watcher, log, *command], cwd=root, timeout=120, capture_output=True
    )
    return [json.loads(line) for line in log.read_text().splitlines()]


def _cut(path: Path, options: tuple[str, ...]) -> None:
    films.cut_in_the_middle(path, *options)
