"""HLS playlists (RFC 8216bis), in one canonical order: the same cut gives the same bytes."""

import re
from collections.abc import Callable, Sequence

from media.playlists.parts import (
    NOMINAL_SECONDS,
    Captions,
    DateRange,
    SegmentUri,
    micros,
    pictures,
    quotable,
    sounds,
    stamp,
)
from media.transcoding.interfaces import Cut, Rendition

MEDIA_TYPE = "application/vnd.apple.mpegurl"
_SOUND, _CAPTIONS = "sound", "captions"
_NAME = re.compile(r"X-[A-Z0-9-]+\Z")


def multivariant(
    cut: Cut, uri: Callable[[Rendition], str], captions: Sequence[Captions] = ()
) -> str:
    """The playlist of what there is to choose from.

    The smallest picture is listed first: players that take the first one start soonest on a weak
    connection. A film without pictures or without sound has only what it has.
    """
    seen, heard = pictures(cut.renditions), sounds(cut.renditions)
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    lines.append("#EXT-X-START:TIME-OFFSET=0")
    if seen:
        lines += [_sound(each, uri, first=each is heard[-1]) for each in heard]
    lines += [_captions(each) for each in captions]
    for each in seen or heard:
        lines.append(_variant(each, heard[-1] if seen and heard else None, bool(captions)))
        lines.append(uri(each))
    return "\n".join(lines) + "\n"


def _sound(rendition: Rendition, uri: Callable[[Rendition], str], *, first: bool) -> str:
    attributes = ["TYPE=AUDIO", f'GROUP-ID="{_SOUND}"', f'NAME="{rendition.name}"']
    attributes += [f"DEFAULT={'YES' if first else 'NO'}", "AUTOSELECT=YES"]
    if rendition.channels:
        attributes.append(f'CHANNELS="{rendition.channels}"')
    return "#EXT-X-MEDIA:" + ",".join([*attributes, f'URI="{uri(rendition)}"'])


def _captions(track: Captions) -> str:
    chosen = "YES" if track.default else "NO"
    return "#EXT-X-MEDIA:" + ",".join(
        (
            "TYPE=SUBTITLES",
            f'GROUP-ID="{_CAPTIONS}"',
            f'NAME="{quotable(track.label)}"',
            f'LANGUAGE="{quotable(track.language)}"',
            f"DEFAULT={chosen}",
            "AUTOSELECT=YES",
            "FORCED=NO",
            f'URI="{track.playlist_uri}"',
        )
    )


def _variant(rendition: Rendition, sound: Rendition | None, captions: bool) -> str:
    """BANDWIDTH is the sum of the peaks: that is what a second may cost at most."""
    peak, average, codecs = rendition.bandwidth, rendition.bandwidth_average, [rendition.codecs]
    if sound is not None:
        peak, average = peak + sound.bandwidth, average + sound.bandwidth_average
        codecs.append(sound.codecs)
    attributes = [f"BANDWIDTH={peak}", f"AVERAGE-BANDWIDTH={average}"]
    attributes.append(f'CODECS="{",".join(codecs)}"')
    if rendition.kind == "video":
        attributes.append(f"RESOLUTION={rendition.width}x{rendition.height}")
        if rendition.frame_rate is not None:
            attributes.append(f"FRAME-RATE={float(rendition.frame_rate):.3f}")
    if sound is not None:
        attributes.append(f'AUDIO="{_SOUND}"')
    if captions:
        attributes.append(f'SUBTITLES="{_CAPTIONS}"')
    attributes.append("CLOSED-CAPTIONS=NONE")
    return "#EXT-X-STREAM-INF:" + ",".join(attributes)


def media_playlist(
    rendition: Rendition,
    uri: SegmentUri,
    *,
    ended: bool,
    event: bool = False,
    date_ranges: Sequence[DateRange] = (),
) -> str:
    """The segments of one rendition so far.

    An `event` grows under its address: every state begins with all of the state before, to the
    byte, and the last has the mark of the end, as RFC 8216bis 6.2.1 demands of EVENT playlists.
    `EXT-X-START` keeps players, which begin near the end of what grows, at the film's beginning.
    What is complete from the start is VOD.
    """
    assert ended or event, "only an event may lack its end"
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{_target(rendition)}"]
    lines.append(f"#EXT-X-PLAYLIST-TYPE:{'EVENT' if event else 'VOD'}")
    lines += ["#EXT-X-INDEPENDENT-SEGMENTS", "#EXT-X-START:TIME-OFFSET=0"]
    lines += [_date_range(each) for each in date_ranges]
    lines.append(f'#EXT-X-MAP:URI="{uri(rendition.init)}"')
    lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{stamp(0)}")
    for segment, length in zip(rendition.segments, micros(rendition), strict=True):
        lines.append(f"#EXTINF:{length // 1_000_000}.{length % 1_000_000:06d},")
        lines.append(uri(segment))
    if ended:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def captions_playlist(track: Captions, duration_ms: int) -> str:
    """One WebVTT file as the single segment of a playlist."""
    seconds = f"{duration_ms // 1000}.{duration_ms % 1000:03d}"
    return "\n".join(
        (
            "#EXTM3U",
            "#EXT-X-VERSION:7",
            f"#EXT-X-TARGETDURATION:{max(1, -(-duration_ms // 1000))}",
            "#EXT-X-PLAYLIST-TYPE:VOD",
            f"#EXTINF:{seconds},",
            track.uri,
            "#EXT-X-ENDLIST",
            "",
        )
    )


def _target(rendition: Rendition) -> int:
    """At least every segment's length, rounded."""
    longest = max(micros(rendition), default=0)
    return max(NOMINAL_SECONDS, (longest + 500_000) // 1_000_000)


def _date_range(each: DateRange) -> str:
    attributes = [f'ID="{quotable(each.id)}"', f'CLASS="{quotable(each.class_)}"']
    attributes.append(f'START-DATE="{stamp(each.at_ms)}"')
    if each.cue:
        attributes.append(f'CUE="{each.cue}"')
    if each.until_ms is not None:
        length = each.until_ms - each.at_ms
        attributes.append(f"DURATION={length // 1000}.{length % 1000:03d}")
    for name in sorted(each.attributes):
        assert _NAME.match(name), f"{name} is no attribute of our own"
        value = each.attributes[name]
        attributes.append(
            f'{name}="{quotable(value)}"' if isinstance(value, str) else f"{name}={value:g}"
        )
    return "#EXT-X-DATERANGE:" + ",".join(attributes)
