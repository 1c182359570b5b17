"""The arguments of ffmpeg and of the packager: what is asked of them, nothing is run here.

Output must not depend on the machine or the moment: one thread an encoder, bit-exact flags, frames
and keyframes by the grid's numbers and never by the clock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import ffmpeg as untyped  # pyright: ignore[reportMissingTypeStubs]

from media.inspection.bounds import DECODERS, STREAMS_MAX
from media.inspection.sandbox import guarded
from media.inspection.source import Source, VideoTrack
from media.transcoding.rules import SAMPLE_RATE, SOUND_BITS, Grid, Piece, Rung, even

ffmpeg: Any = untyped

_SEEK_BACK_SECONDS: Final = Fraction(7, 10)
"""Before a piece: a keyframe's time stamp may lie somewhat after its place, by as many frames as
are reordered. Cameras write a keyframe a second: with a whole second, two would be decoded."""
_PIXELS: Final = "yuv420p"
_PRESET: Final = "medium"
_CARELESS: Final = "me=dia,ref=1,trellis=0"
_WORST_QP: Final = 51
_MP4: Final = "+frag_keyframe+empty_moov+default_base_moof+frag_discont+negative_cts_offsets"
_DECODING_THREADS: Final = 2
_MATRICES: Final = {
    "smpte170m": "smpte170m",
    "bt470bg": "bt601",
    "bt709": "bt709",
    "fcc": "fcc",
    "smpte240m": "smpte240m",
    "bt2020nc": "bt2020",
    "bt2020c": "bt2020",
}
_CEILING: Final = 10 ** (-2.0 / 20)
"""Of samples at four times the rate; encoding adds some tenths of a decibel."""
_HD_LINES: Final = 720
_SCALING: Final = "bicubic+accurate_rnd+bitexact"
"""The same pixels on every machine."""
_PACKAGER_CACHE_BYTES: Final = 2**20
_METER: Final = ("-v", "info", "-nostdin", "-nostats")
_AV1_PRESET: Final = 8
_AV1_CRF: Final = 33


@dataclass(frozen=True)
class Chain:
    """What is done to sound: one gain for the whole film and, where peaks need it, a limiter."""

    gain_db: float = 0.0
    limited: bool = False


def film(demuxer: str, fd: int, **options: Any) -> Any:
    """An untrusted film on a descriptor, as ffmpeg-python's input."""
    *words, last, name = guarded(demuxer, fd)
    assert (last, name) == ("-i", "fd:")
    pairs = zip(words[::2], words[1::2], strict=True)
    guards = {option.removeprefix("-"): value for option, value in pairs}
    return ffmpeg.input("fd:", **guards, threads=_DECODING_THREADS, **options)


def arguments(*outputs: Any) -> list[str]:
    """The command line behind the program's name."""
    stream = ffmpeg.merge_outputs(*outputs)
    quiet = ("-v", "error", "-nostdin", "-y", "-progress", "pipe:2", "-filter_complex_threads", "1")
    return list(ffmpeg.get_args(stream.global_args(*quiet, "-copyts", "-start_at_zero")))


def on_grid(source: Source, fd: int, grid: Grid, first: int, count: int) -> Any:
    """Frames `first` to `first + count` of the grid, upright, as ffmpeg-python's stream.

    Decoding begins at the keyframe before, so a frame is the one that is shown at its moment, in
    whatever piece it is. A film whose pictures end early holds its last one.
    """
    begin = max(Fraction(0), first / grid.rate - _SEEK_BACK_SECONDS)
    stream = film(source.demuxer, fd, ss=_seconds(begin), noaccurate_seek=None)
    return (
        stream[str(source.video.index)]
        .filter("tpad", stop=-1, stop_mode="clone")
        .filter("fps", fps=str(grid.rate), start_time=_seconds(first / grid.rate), round="near")
        .filter("trim", end_frame=count)
    )


def fitted(stream: Any, video: VideoTrack, size: tuple[int, int], lut: Path | None) -> Any:
    """Scaled to a size of square pixels, in the colours of ordinary screens (BT.709)."""
    matrix = _MATRICES.get(video.matrix) or ("bt709" if video.height >= _HD_LINES else "smpte170m")
    coming: dict[str, Any] = {
        "in_color_matrix": matrix,
        "in_range": "pc" if video.color_range == "pc" else "tv",
        "flags": _SCALING,
    }
    leaving = {"out_color_matrix": "bt709", "out_range": "tv"}
    if lut is None:
        stream = stream.filter("scale", *size, **coming, **leaving)
    else:
        # through 16-bit RGB, which is what the tables are made for
        stream = stream.filter("scale", *size, **coming).filter("format", "gbrp16le")
        stream = stream.filter("lut3d", file=str(lut), interp="tetrahedral")
        stream = stream.filter("scale", flags=_SCALING, **leaving)
    return _described(stream.filter("format", _PIXELS))


def _described(stream: Any) -> Any:
    """Pictures of which is known what was made of them, and nothing else: what a camera said of
    its own would not be true any more."""
    return (
        stream.filter("setsar", 1)
        .filter(
            "setparams",
            range="tv",
            color_primaries="bt709",
            color_trc="bt709",
            colorspace="bt709",
            chroma_location="left",
            field_mode="prog",
        )
        .filter("sidedata", mode="delete")
    )


def decoded(source: Source, fd: int, grid: Grid, piece: Piece, top: Rung, lut: Path | None) -> Any:
    """The frames of a piece and of what is encoded around it, at the size of the largest rung."""
    stream = on_grid(source, fd, grid, piece.first - piece.warm_up, piece.frames)
    return fitted(stream, source.video, (top.width, top.height), lut)


def held(fd: int, grid: Grid, piece: Piece, top: Rung) -> Any:
    """The same, frame by frame, from a file into which they were held."""
    raw = {"f": "rawvideo", "pixel_format": _PIXELS, "video_size": (top.width, top.height)}
    guards = {"protocol_whitelist": "fd", "fd": fd}
    stream = ffmpeg.input("fd:", **guards, **raw, framerate=str(grid.rate))
    stream = stream.filter("settb", f"{grid.rate.denominator}/{grid.rate.numerator}")
    return _described(stream.filter("setpts", f"N+{piece.first - piece.warm_up}"))


def pictures(
    frames: Any,
    grid: Grid,
    piece: Piece,
    top: Rung,
    rungs: Sequence[Rung],
    leave: str | None = None,
) -> list[str]:
    """Encode frames at the size of `top` at all the rungs, each into `<name>.mp4`, and write them
    as they are into the file `leave`.

    Smaller rungs are scaled from the largest: one from the next would save little, and each step
    takes some of what the eye looks for.
    """
    wanted = len(rungs) + (leave is not None)
    copies = frames.filter_multi_output("split", wanted) if wanted > 1 else [frames]
    outputs = [
        _encoded(_smaller(copies[number], top, rung), rung, grid, piece)
        for number, rung in enumerate(sorted(rungs, key=lambda rung: rung.pixels, reverse=True))
    ]
    if leave is not None:
        outputs.append(copies[len(rungs)].output(leave, f="rawvideo", fps_mode="passthrough"))
    return arguments(*outputs)


def _smaller(stream: Any, top: Rung, rung: Rung) -> Any:
    if rung.pixels == top.pixels:
        return stream
    return stream.filter("scale", rung.width, rung.height, flags=_SCALING).filter("setsar", 1)


def _encoded(stream: Any, rung: Rung, grid: Grid, piece: Piece) -> Any:
    options: dict[str, Any] = {
        "f": "mp4",
        "movflags": _MP4,
        "video_track_timescale": grid.timescale,
        "fps_mode": "passthrough",
        "enc_time_base": f"{grid.rate.denominator}:{grid.rate.numerator}",
        "force_key_frames": f"expr:eq(mod(n-{piece.warm_up},{grid.gop}),0)",
        "map_metadata": -1,
        "fflags": "+bitexact",
        "flags:v": "+bitexact",
        **(_av1(grid) if rung.name.startswith("w") else _h264(rung, grid, piece)),
    }
    return stream.output(f"{rung.name}.mp4", **options)


def _h264(rung: Rung, grid: Grid, piece: Piece) -> Mapping[str, Any]:
    parts: dict[str, object] = {
        "threads": 1,
        "lookahead-threads": 1,
        "sliced-threads": 0,
        "keyint": grid.gop,
        "min-keyint": 1,
        "scenecut": 0,
        "open-gop": 0,
        "stitchable": 1,
        "force-cfr": 1,
        "vbv-maxrate": rung.bits_max // 1000,
        "vbv-bufsize": rung.bits_max // 2000,
    }
    if zones := _zones(piece):
        parts["zones"] = "/".join(zones)
    return {
        "c:v": "libx264",
        "preset": _PRESET,
        "profile:v": "high",
        "crf": rung.crf,
        "forced-idr": 1,
        "x264-params": ":".join(f"{name}={value}" for name, value in parts.items()),
    }


def _zones(piece: Piece) -> Sequence[str]:
    """Frames that are encoded without pains, for they are thrown away: those before leave the rate
    control what it needs to know, of those behind only what they show is looked at."""
    end = piece.warm_up + piece.count
    zones: list[str] = []
    if piece.warm_up:
        zones.append(f"0,{piece.warm_up - 1},b=1,subme=1,{_CARELESS}")
    if piece.run_out:
        zones.append(f"{end},{end + piece.run_out - 1},q={_WORST_QP},subme=0,{_CARELESS}")
    return zones


def _av1(grid: Grid) -> Mapping[str, Any]:
    parts = {"lp": 1, "pin": 0, "keyint": grid.gop, "irefresh-type": 2, "scd": 0}
    return {
        "c:v": "libsvtav1",
        "preset": _AV1_PRESET,
        "crf": _AV1_CRF,
        "g": grid.gop,
        "svtav1-params": ":".join(f"{name}={value}" for name, value in parts.items()),
    }


def indexing(source: Source, fd: int, path: str) -> list[str]:
    """Copy the tracks that are used into Matroska, which knows where its keyframes are."""
    whole = film(source.demuxer, fd)
    tracks = [whole[str(source.video.index)]]
    if source.audio is not None:
        tracks.append(whole[str(source.audio.index)])
    output = ffmpeg.output(*tracks, path, f="matroska", c="copy", map_metadata=-1)
    return list(ffmpeg.get_args(output.global_args("-v", "error", "-nostdin", "-y")))


def comparing(
    source: Source,
    fd: int,
    grid: Grid,
    frames: range,
    rungs: Mapping[str, int],
    lut: Path | None,
) -> list[str]:
    """Compare frames of rungs, each an own film on a descriptor, with the source at its own size;
    `<name>.ssim` gets a line a frame."""
    size = (even(Fraction(source.video.width)), even(Fraction(source.video.height)))
    stream = on_grid(source, fd, grid, frames.start, frames.stop - frames.start)
    stream = fitted(_every(stream, frames.step), source.video, size, lut)
    references = stream.filter_multi_output("split", len(rungs)) if len(rungs) > 1 else [stream]
    outputs: list[Any] = []
    for number, (name, mine) in enumerate(rungs.items()):
        shown = _every(film("mov", mine)["v:0"], frames.step)
        shown = shown.filter("scale", *size, flags=_SCALING)
        shown = shown.filter("format", _PIXELS).filter("setsar", 1)
        seen = ffmpeg.filter([shown, references[number]], "ssim", stats_file=f"{name}.ssim")
        outputs.append(seen.output("-", f="null"))
    return arguments(*outputs)


def _every(stream: Any, step: int) -> Any:
    """Every so many frames, numbered anew, so that two films meet frame by frame."""
    stream = stream.filter("select", f"not(mod(n,{step}))")
    return stream.filter("settb", "1/25").filter("setpts", "N")


def packaging(names: Sequence[str], kind: str, segment_seconds: Fraction | float) -> list[str]:
    """Cut `<name>.mp4` into CMAF segments `<name>/<number>.m4s`, each beginning with a keyframe."""
    streams = [
        f"in={name}.mp4,stream={kind},init_segment={name}/init.mp4,"
        f"segment_template={name}/$Number$.m4s"
        for name in names
    ]
    return [
        *streams,
        f"--segment_duration={float(segment_seconds):.6f}",
        "--use_fake_clock_for_muxer",
        # it clears as much for every segment that it opens: of 32 MB, most of its work
        f"--io_cache_size={_PACKAGER_CACHE_BYTES}",
        "--quiet",
    ]


def loudness(
    source: Source,
    fd: int,
    first: Fraction,
    seconds: Fraction,
    chain: Chain,
    *,
    alone: bool,
    roughly: bool = False,
) -> list[str]:
    """Measure a stretch of the sound: the momentary loudness of every 100 ms is printed.

    `roughly` limits samples instead of true peaks, for a third of the cost: what is taken off is
    nearly the same, but some peaks would stay.
    `alone` has the filter graph itself open the film: one thread reads, decodes and measures, at
    half the cost of handing every few samples from thread to thread. That knows nothing of films
    whose times begin elsewhere than at 0, or whose sound changes its shape: see to it that all of
    it was measured.
    """
    assert source.audio is not None
    whole = film(source.demuxer, fd, ss=_seconds(first), t=_seconds(seconds), vn=None)
    track = str(source.audio.index)
    stream = _heard(whole[track], None, chain, finely=1 if roughly else 4)
    stream = stream.filter("ebur128", peak="sample", metadata=1, framelog="quiet")
    stream = stream.filter("ametadata", mode="print", key="lavfi.r128.M", file="pipe:1")
    stream = stream.filter("aselect", "0")  # nobody wants the sound itself
    output = stream.output("-", f="null")
    words = list(ffmpeg.get_args(output.global_args(*_METER)))
    if not alone:
        return words
    # the same filters behind one that opens the film, as an input that gives nothing out
    graph = words[words.index("-filter_complex") + 1].removeprefix(f"[0:{track}]")
    graph = graph.replace(f"[{words[words.index('-map') + 1].strip('[]')}]", "[out]")
    trimmed = f"atrim=start={_seconds(first)}:end={_seconds(first + seconds)}"
    opened = f"{_opened(source, track, fd, first)},{trimmed},{graph}"
    return list(
        ffmpeg.input(opened, f="lavfi").output("-", f="null").global_args(*_METER).get_args()
    )


def _opened(source: Source, track: str, fd: int, first: Fraction) -> str:
    """A filter that opens a film on a descriptor, with the guards of `guarded`."""
    guards = {
        "fd": fd,
        "protocol_whitelist": "fd",
        "codec_whitelist": DECODERS,
        "max_streams": 4 * STREAMS_MAX,
    }
    options = {
        "filename": "fd:",
        "format_name": source.demuxer,
        "streams": track,
        "format_opts": ":".join(f"{name}={value}" for name, value in guards.items()),
        **({"seek_point": _seconds(first)} if first else {}),
    }
    # once for the filter's own options, once for the graph
    within = str.maketrans({char: f"\\{char}" for char in "\\':"})
    between = str.maketrans({char: f"\\{char}" for char in "\\'[],;"})
    words = [f"{name}={value.translate(within)}" for name, value in options.items()]
    return "amovie=" + ":".join(words).translate(between)


def sound(source: Source, fd: int, grid: Grid, chain: Chain, path: str) -> list[str]:
    """Encode the whole sound once, in step with the pictures and as long as they are."""
    assert source.audio is not None
    stream = film(source.demuxer, fd, vn=None)
    stream = _heard(stream[str(source.audio.index)], grid.samples, chain)
    output = stream.output(
        path,
        f="mp4",
        movflags="+empty_moov+delay_moov+default_base_moof",
        frag_duration=500_000,
        map_metadata=-1,
        fflags="+bitexact",
        **{"c:a": "aac", "b:a": SOUND_BITS, "flags:a": "+bitexact", "threads": 1},
    )
    return arguments(output)


def _heard(stream: Any, samples: int | None, chain: Chain, *, finely: int = 4) -> Any:
    """Stereo at 48 kHz, with gaps filled, from time zero on where `samples` are wanted."""
    timing: dict[str, Any] = {"async": 1}
    if samples is not None:
        timing["first_pts"] = 0
    stream = stream.filter("aresample", SAMPLE_RATE, **timing)
    stream = stream.filter("aformat", sample_fmts="fltp", channel_layouts="stereo")
    if samples is not None:
        stream = stream.filter("apad", whole_len=samples).filter("atrim", end_sample=samples)
    if chain.gain_db:
        stream = stream.filter("volume", f"{chain.gain_db:.2f}dB")
    if chain.limited:
        # true peaks lie between the samples, so they are limited where there are more of them
        stream = stream.filter("aresample", SAMPLE_RATE * finely)
        stream = stream.filter(
            "alimiter", limit=f"{_CEILING:.4f}", attack=2, release=60, level=0, latency=1
        )
        stream = stream.filter("aresample", SAMPLE_RATE)
        stream = stream.filter("aformat", sample_fmts="fltp", channel_layouts="stereo")
    return stream


def _seconds(value: Fraction) -> str:
    """A time for ffmpeg, to the microsecond that it counts in."""
    return f"{float(value):.6f}"
