"""What a file truly is, by its first bytes: names and headers of uploads lie.

ffmpeg never guesses here. It is told which demuxer to use, so that a text which would make it
fetch addresses (a playlist, a list of files) is never read as one.
"""

from dataclasses import dataclass
from typing import Final

from media.inspection.errors import Refused

HEAD_BYTES: Final = 4096
_USE: Final = "Please upload the film itself, as MP4, MOV, WebM or MKV."


@dataclass(frozen=True)
class Container:
    """A kind of file that may hold a film."""

    name: str
    demuxer: str
    """ffmpeg's name of what reads it."""


MP4: Final = Container("mp4", "mov")
MOV: Final = Container("mov", "mov")
WEBM: Final = Container("webm", "matroska")
MATROSKA: Final = Container("matroska", "matroska")
MPEGTS: Final = Container("mpegts", "mpegts")
AVI: Final = Container("avi", "avi")
FLV: Final = Container("flv", "flv")

_ISO_BOXES: Final = {b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"}
"""How QuickTime files may begin that have no `ftyp`."""
_PICTURE_BRANDS: Final = {
    *(b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"),
    *(b"mif1", b"msf1", b"avif", b"avis", b"jp2 ", b"jpx ", b"crx "),
}
_SOUND_BRANDS: Final = {b"M4A ", b"M4B ", b"M4P "}

_STRANGERS: Final = (
    (b"\xff\xd8\xff", "picture", "a JPEG picture"),
    (b"\x89PNG", "picture", "a PNG picture"),
    (b"GIF8", "picture", "a GIF picture"),
    (b"II*\0", "picture", "a TIFF or raw picture"),
    (b"MM\0*", "picture", "a TIFF or raw picture"),
    (b"BM", "picture", "a BMP picture"),
    (b"8BPS", "picture", "a Photoshop file"),
    (b"PK\x03\x04", "archive", "a ZIP archive or an office document"),
    (b"PK\x05\x06", "archive", "an empty ZIP archive"),
    (b"Rar!", "archive", "a RAR archive"),
    (b"7z\xbc\xaf", "archive", "a 7-Zip archive"),
    (b"\x1f\x8b", "archive", "a gzip archive"),
    (b"%PDF", "document", "a PDF document"),
    (b"\x7fELF", "program", "a program"),
    (b"MZ", "program", "a program"),
    (b"#!", "program", "a script"),
    (b"#EXTM3U", "playlist", "a playlist: a list of addresses where a film might be"),
    (b"ffconcat", "playlist", "a list of files"),
    (b";FFMETADATA", "playlist", "a list of tags"),
    (b"[playlist]", "playlist", "a playlist: a list of addresses where a film might be"),
    (b"[Reference]", "playlist", "a playlist: a list of addresses where a film might be"),
    (b"v=0", "playlist", "a description of a broadcast"),
    (b"ID3", "sound", "sound without pictures"),
    (b"fLaC", "sound", "sound without pictures"),
    (b"OggS", "container", "an Ogg file"),
    (b"\x30\x26\xb2\x75", "container", "a Windows Media file"),
    (b"\0\0\x01\xba", "container", "an MPEG program stream (MPG or VOB)"),
    (b"\0\0\x01\xb3", "container", "a raw MPEG stream"),
    (b".RMF", "container", "a RealMedia file"),
)


def sniff(head: bytes) -> Container:
    """The container, by at least HEAD_BYTES of the beginning, or all there is.

    Raises Refused, saying what the file seems to be.
    """
    if not head:
        raise Refused("empty", f"The file is empty. {_USE}")
    if head[4:8] == b"ftyp":
        return _iso(head)
    if head[4:8] in _ISO_BOXES:
        return MOV
    if head.startswith(b"\x1aE\xdf\xa3"):
        return WEBM if b"\x42\x82\x84webm" in head[:64] else MATROSKA
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return AVI
    if head.startswith(b"FLV\x01"):
        return FLV
    if _is_transport_stream(head):
        return MPEGTS
    reason, words = _stranger(head)
    raise Refused(reason, f"This file is {words}. {_USE}")


def _iso(head: bytes) -> Container:
    brand = head[8:12]
    if brand in _PICTURE_BRANDS:
        raise Refused("picture", f"This file is a picture. {_USE}")
    if brand in _SOUND_BRANDS:
        raise Refused("sound", f"This file is sound without pictures. {_USE}")
    return MOV if brand == b"qt  " else MP4


def _is_transport_stream(head: bytes) -> bool:
    """Packets of 188 bytes that all begin with the same byte; cameras put four bytes before."""
    for offset, length in ((0, 188), (4, 192)):
        marks = head[offset : length * 8 : length]
        if len(marks) >= 3 and set(marks) == {0x47}:
            return True
    return False


def _stranger(head: bytes) -> tuple[str, str]:
    """A stable reason, and what the file seems to be in words."""
    for magic, reason, words in _STRANGERS:
        if head.startswith(magic):
            return reason, words
    if head[:4] == b"RIFF":
        return ("sound", "sound") if head[8:12] == b"WAVE" else ("picture", "a picture")
    if head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE0 == 0xE0:
        return "sound", "sound without pictures"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n\0").lower()
    if text.startswith(b"#extm3u") or b"<mpd" in text or b"<smil" in text:
        return "playlist", "a playlist: a list of addresses where a film might be"
    if text.startswith((b"<!doctype", b"<html", b"<?xml", b"<svg", b"<")):
        return "document", "a web page or XML"
    if text and all(byte in _TEXT for byte in text[:512]):
        return "document", "text"
    return "unknown", "not a film, or a damaged one"


_TEXT: Final = frozenset(range(32, 127)) | {9, 10, 13}
