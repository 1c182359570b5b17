"""What a viewer gets of a film, measured by other people's programs: PyAV and ffprobe."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import av
import m3u8
import numpy as np
import pytest

from media.playlists.hls import media_playlist, multivariant
from media.transcoding.interfaces import Cut, Rendition
from tests.media.transcoding.clips import (
    SAMPLE_RATE,
    beep_times,
    ffprobe,
    longest_hole,
    number_of,
    samples,
)
from tests.media.transcoding.conftest import NUMBERED
from tests.media.transcoding.fragments import frames_of
from tests.media.transcoding.premiere import Premiere

IN_STEP_SECONDS = 0.040
HOLE_SECONDS = 0.005


@pytest.fixture
def delivered(premiere: Premiere, tmp_path: Path) -> Path:
    """The film as players find it: playlists, and segments beside them."""
    (tmp_path / "segments").symlink_to(premiere.folder / "segments")
    return publish(premiere.last, tmp_path)


def publish(cut: Cut, folder: Path) -> Path:
    """Write a cut's playlists. The multivariant one."""

    def uri(segment: object) -> str:
        hash_ = segment.hash  # type: ignore[attr-defined]
        return f"segments/{hash_[:2]}/{hash_}"

    for each in cut.renditions:
        path = folder / f"{each.name}.m3u8"
        path.write_text(media_playlist(each, uri, ended=True))
    index = folder / "index.m3u8"
    index.write_text(multivariant(cut, lambda each: f"{each.name}.m3u8"))
    return index


class Packet(NamedTuple):
    """What a player has received when it has received this one."""

    at: float
    bytes: int


def received(folder: Path, rendition: Rendition) -> Iterator[Packet]:
    """Each frame's bytes, and those of the boxes around it, with its moment in decoding order."""
    for segment in rendition.segments:
        start = segment.start / rendition.timescale
        data = (folder / f"{segment.hash[:2]}/{segment.hash}").read_bytes()
        init = (folder / f"{rendition.init.hash[:2]}/{rendition.init.hash}").read_bytes()
        path = folder.parent / "one.mp4"
        path.write_bytes(init + data)
        with av.open(str(path)) as film:
            sizes = [packet.size for packet in film.demux(film.streams[0]) if packet.size]
        length = segment.duration / rendition.timescale / len(sizes)
        sizes[0] += len(data) - sum(sizes)
        for number, size in enumerate(sizes):
            yield Packet(start + number * length, size)


def peak_of_a_second(packets: list[Packet]) -> int:
    """The most bits that begin within any second."""
    times = np.array([each.at for each in packets])
    sums = np.concatenate([[0], np.cumsum([each.bytes for each in packets])])
    ends = np.searchsorted(times, times + 1 - 1e-9)
    return int((sums[ends] - sums[:-1]).max()) * 8


def test_no_second_costs_more_than_was_announced(premiere: Premiere) -> None:
    found = {
        each.name: list(received(premiere.folder / "segments", each)) for each in _all(premiere)
    }
    for cut in premiere.cuts:
        for each in cut.renditions:
            peak = peak_of_a_second(found[each.name])
            assert peak <= 1.1 * each.bandwidth, f"{each.name} of version {cut.version}"
            if cut is premiere.last:
                assert peak >= 0.9 * each.bandwidth, "what is announced is the peak, not a guess"


def _all(premiere: Premiere) -> tuple[Rendition, ...]:
    return premiere.last.renditions


class TestInStep:
    """A number in every frame and a beep every second, played from the playlists."""

    def test_pictures_and_sound_of_every_rung(self, delivered: Path) -> None:
        heard = _beeps(delivered.parent / "a128.m3u8")
        assert len(heard) == 15
        for variant in m3u8.load(str(delivered)).playlists:
            playlist = delivered.parent / str(variant.uri)
            assert _numbers(playlist) == list(range(NUMBERED.frames))
            moments = _moments(playlist)
            for second, at in enumerate(heard):
                late = moments[second * 10] - at
                assert abs(late) <= IN_STEP_SECONDS, f"{variant.uri} at {second} s: {late} s late"

    def test_the_sound_has_no_hole(self, premiere: Premiere, delivered: Path) -> None:
        with av.open(str(premiere.film("a128"))) as film:
            packets = [each for each in film.demux(film.streams[0]) if each.size]
        for one, after in pairwise(packets):
            assert one.pts is not None
            assert after.pts is not None
            gap = Fraction(after.pts - one.pts - (one.duration or 0)) * (one.time_base or 0)
            assert abs(gap) <= HOLE_SECONDS
        played = int(NUMBERED.seconds * SAMPLE_RATE)
        for wave in (samples(premiere.film("a128")), _wave(delivered.parent / "a128.m3u8")[1]):
            assert longest_hole(wave[:played]) <= HOLE_SECONDS


OPTIONS = {"allowed_extensions": "ALL", "extension_picky": "0"}


def _numbers(playlist: Path) -> list[int]:
    """Of every frame, in the order in which they are shown."""
    with av.open(str(playlist), options=OPTIONS) as film:
        return [number_of(_grey(frame)) for frame in film.decode(video=0)]


def _grey(frame: av.VideoFrame) -> "np.ndarray":
    return frame.reformat(NUMBERED.width, NUMBERED.height, "gray").to_ndarray()


def _moments(playlist: Path) -> list[float]:
    """When each frame is shown."""
    uris = m3u8.load(str(playlist)).segments.uri
    segments = [(playlist.parent / str(uri)).read_bytes() for uri in uris]
    return sorted(frame.shown for data in segments for frame in frames_of(data))


def _wave(playlist: Path) -> tuple[float, "np.ndarray"]:
    """When the sound begins, and one channel of it."""
    with av.open(str(playlist), options=OPTIONS) as film:
        frames = list(film.decode(audio=0))
    return float(frames[0].time or 0), np.concatenate([f.to_ndarray()[0] for f in frames])


def _beeps(playlist: Path) -> list[float]:
    begins, wave = _wave(playlist)
    return [begins + at for at in beep_times(wave)]


def test_ffprobe_reads_every_rung(premiere: Premiere) -> None:
    for each in _all(premiere):
        stream = ffprobe(premiere.film(each.name))
        if each.kind == "audio":
            assert (stream["codec_name"], stream["channels"]) == ("aac", 2)
            continue
        assert (stream["codec_name"], stream["pix_fmt"]) == ("h264", "yuv420p")
        assert (stream["width"], stream["height"]) == (each.width, each.height)
        assert Fraction(stream["avg_frame_rate"]) == each.frame_rate
        assert int(stream["nb_read_packets"]) == NUMBERED.frames
