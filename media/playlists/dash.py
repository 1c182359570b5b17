"""DASH manifests (ISO/IEC 23009-1), in one canonical order: the same cut gives the same bytes."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from math import gcd
from typing import Final
from xml.sax.saxutils import quoteattr

from media.playlists.parts import Captions, SegmentUri, pictures, sounds
from media.transcoding.interfaces import Cut, Rendition, Segment

MEDIA_TYPE = "application/dash+xml"
_PROFILE: Final = "urn:mpeg:dash:profile:isoff-main:2011"
"""The profile of lists: segments are named by their contents, which no template can express."""


def mpd(cut: Cut, uri: SegmentUri, captions: Sequence[Captions] = ()) -> str:
    """The manifest of a cut that reaches the film's end.

    Growing films are for HLS alone: whoever wants DASH gets it when the first renditions are
    complete.
    """
    assert cut.complete, "a growing film has no manifest"
    seconds = f"PT{cut.duration_ms // 1000}.{cut.duration_ms % 1000:03d}S"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="{_PROFILE}" type="static"'
        f' mediaPresentationDuration="{seconds}" minBufferTime="PT2S">',
        f'  <Period id="0" start="PT0S" duration="{seconds}">',
    ]
    sets = [list(group) for _, group in groupby(pictures(cut.renditions), lambda r: r.name[:1])]
    sets += [[each] for each in sounds(cut.renditions)]
    for number, each in enumerate(sets):
        lines += _adaptation_set(number, each, uri)
    for number, track in enumerate(captions, len(sets)):
        lines += _captions(number, track)
    return "\n".join([*lines, "  </Period>", "</MPD>", ""])


def _adaptation_set(number: int, renditions: Sequence[Rendition], uri: SegmentUri) -> Iterator[str]:
    kind = renditions[0].kind
    yield (
        f'    <AdaptationSet id="{number}" contentType="{kind}" mimeType="{kind}/mp4"'
        ' segmentAlignment="true" startWithSAP="1">'
    )
    yield '      <Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>'
    for each in renditions:
        yield from _representation(each, uri)
    yield "    </AdaptationSet>"


def _representation(rendition: Rendition, uri: SegmentUri) -> Iterator[str]:
    facts = f'id={quoteattr(rendition.name)} bandwidth="{rendition.bandwidth}"'
    facts += f" codecs={quoteattr(rendition.codecs)}"
    if rendition.kind == "video":
        facts += f' width="{rendition.width}" height="{rendition.height}" sar="1:1"'
        if rendition.frame_rate is not None:
            facts += f' frameRate="{_ratio(rendition.frame_rate)}"'
    yield f"      <Representation {facts}>"
    if rendition.kind == "audio" and rendition.channels:
        scheme = "urn:mpeg:dash:23003:3:audio_channel_configuration:2011"
        yield (
            f'        <AudioChannelConfiguration schemeIdUri="{scheme}"'
            f' value="{rendition.channels}"/>'
        )
    yield f'        <SegmentList timescale="{rendition.timescale}">'
    yield f"          <Initialization sourceURL={quoteattr(uri(rendition.init))}/>"
    yield "          <SegmentTimeline>"
    yield from _timeline(rendition.segments)
    yield "          </SegmentTimeline>"
    for segment in rendition.segments:
        yield f"          <SegmentURL media={quoteattr(uri(segment))}/>"
    yield "        </SegmentList>"
    yield "      </Representation>"


def _timeline(segments: Sequence[Segment]) -> Iterator[str]:
    """Runs of equal lengths as one line; a line says when it begins where that does not follow
    from the line before."""
    expected: int | None = None
    at = 0
    while at < len(segments):
        first, count = segments[at], 1
        while at + count < len(segments) and _follows(segments, at + count):
            count += 1
        begins = f't="{first.start}" ' if first.start != expected else ""
        repeated = f' r="{count - 1}"' if count > 1 else ""
        yield f'            <S {begins}d="{first.duration}"{repeated}/>'
        at += count
        expected = first.start + count * first.duration


def _follows(segments: Sequence[Segment], at: int) -> bool:
    before, here = segments[at - 1], segments[at]
    return here.duration == before.duration and here.start == before.start + before.duration


def _captions(number: int, track: Captions) -> Iterator[str]:
    yield (
        f'    <AdaptationSet id="{number}" contentType="text" mimeType="text/vtt"'
        f" lang={quoteattr(track.language)}>"
    )
    yield '      <Role schemeIdUri="urn:mpeg:dash:role:2011" value="subtitle"/>'
    yield f"      <Label>{_text(track.label)}</Label>"
    yield f'      <Representation id="t{number}" bandwidth="256">'
    yield f"        <BaseURL>{_text(track.uri)}</BaseURL>"
    yield "      </Representation>"
    yield "    </AdaptationSet>"


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _ratio(rate: Fraction) -> str:
    common = gcd(rate.numerator, rate.denominator)
    top, bottom = rate.numerator // common, rate.denominator // common
    return str(top) if bottom == 1 else f"{top}/{bottom}"
