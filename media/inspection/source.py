"""What is known of a film once it was inspected: the facts that encoding it depends on."""

from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class VideoTrack:
    """The one track of pictures that is used."""

    index: int
    """Its number in the file, for `-map 0:<index>`."""
    codec: str
    """ffmpeg's name: h264, hevc, vp8, vp9, av1, prores, mpeg4 …"""
    width: int
    """As shown: after rotation, with square pixels."""
    height: int
    coded_width: int
    """As stored, before rotation."""
    coded_height: int
    rotation: int
    """Degrees clockwise to turn the stored picture by: 0, 90, 180 or 270."""
    sar: Fraction
    """Width of a stored pixel by its height; 1 for square ones."""
    pix_fmt: str
    bit_depth: int
    frame_rate: Fraction
    """On average."""
    variable_rate: bool
    """Frames do not come evenly: make the rate constant."""
    transfer: str
    """ffmpeg's name; `smpte2084` is PQ, `arib-std-b67` HLG; empty when the file does not say."""
    primaries: str
    matrix: str
    color_range: str
    """`tv`, `pc`, or empty."""

    @property
    def hdr(self) -> bool:
        """Whether the picture needs converting before an ordinary screen shows it."""
        return self.transfer in ("smpte2084", "arib-std-b67")


@dataclass(frozen=True)
class AudioTrack:
    """The one track of sound that is used."""

    index: int
    """Its number in the file, for `-map 0:<index>`."""
    codec: str
    channels: int
    sample_rate: int


@dataclass(frozen=True)
class Source:
    """A film that may be used."""

    container: str
    """mp4, mov, webm, matroska, mpegts, avi, flv."""
    demuxer: str
    """ffmpeg's name, for `-f` before `-i`: it must never guess."""
    duration_seconds: Fraction
    bytes: int
    video: VideoTrack
    audio: AudioTrack | None

    def plain(self) -> dict[str, Any]:
        """For a JSON column; fractions as "30000/1001"."""
        return _plain(asdict(self))

    @classmethod
    def of(cls, plain: dict[str, Any]) -> "Source":
        """The inverse of `plain`."""
        video = dict(plain["video"])
        video["sar"], video["frame_rate"] = Fraction(video["sar"]), Fraction(video["frame_rate"])
        audio = plain["audio"]
        return cls(
            container=plain["container"],
            demuxer=plain["demuxer"],
            duration_seconds=Fraction(plain["duration_seconds"]),
            bytes=plain["bytes"],
            video=VideoTrack(**video),
            audio=AudioTrack(**audio) if audio is not None else None,
        )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return str(value) if isinstance(value, Fraction) else value
