"""What is served under which address, and to whom."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

from app.kernel.actors import Actor
from app.kernel.clock import Clock
from app.kernel.database import Database
from app.kernel.structs import Id, Timestamp, encode_json
from app.kernel.tickets import TicketInvalid, Tickets
from media.delivery.errors import FilmNotFound
from media.delivery.holding.films import FilmBook
from media.delivery.holding.stills import Stills
from media.delivery.holding.tracks import Tracks
from media.delivery.interfaces import CaptionTrack, FirstSegment, PlayView, StillFile
from media.delivery.rules import (
    GROWING_SECONDS,
    SHARED_SECONDS,
    TOKEN_SECONDS,
    Version,
    cue_range,
    manifest_cache,
    roll_range,
    segment_name,
    version_of,
    video_id_of,
)
from media.playlists import dash, hls, vtt
from media.playlists.parts import Captions, DateRange, pictures, sounds
from media.timelines.interfaces import Timeline, Timelines
from media.transcoding.interfaces import Cut, Rendition, Segment
from media.videos.interfaces import (
    CaptionView,
    VideoRecord,
    Videos,
    VideoState,
    Visibility,
)

_ENDED = (VideoState.FAILED, VideoState.REFUSED)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A manifest and how long it may be kept."""

    text: str
    media_type: str
    cache_control: str


class Opened(NamedTuple):
    """What a key opens."""

    film: VideoRecord
    published: bool
    version: Version | None
    """The only one, for tokens."""


class DeliveryService:
    """Writes manifests from cuts and timelines when they are asked for, so that neither a new cut
    nor a new timeline rewrites anything that is stored."""

    def __init__(
        self,
        *,
        book: FilmBook,
        videos: Videos,
        timelines: Timelines,
        tracks: Tracks,
        stills: Stills,
        tickets: Tickets,
        database: Database,
        clock: Clock,
        public_url: str,
        token_seconds: int = TOKEN_SECONDS,
    ) -> None:
        self._book = book
        self._videos = videos
        self._timelines = timelines
        self._tracks = tracks
        self._stills = stills
        self._tickets = tickets
        self._database = database
        self._clock = clock
        self._public_url = public_url.rstrip("/")
        self.token_seconds = token_seconds

    async def open(self, key: str) -> Opened:
        """The film behind an id or a token. Raises FilmNotFound, TicketExpired."""
        video_id, version = video_id_of(key), None
        if video_id is None:
            video_id, version = self._read(key)
        film = await self._book.film(video_id)
        if film is None or film.visibility is Visibility.TAKEN_DOWN:
            raise FilmNotFound
        published = film.visibility is Visibility.PUBLISHED
        if version is None and not published:
            raise FilmNotFound
        return Opened(film, version is None, version)

    async def pointer(self, key: str, name: str) -> Sheet:
        """The newest version of a manifest: what new viewers begin with."""
        opened = await self.open(key)
        version = opened.version or await self.newest(opened.film.id)
        sheet = await self._sheet(opened, version, name, f"{version}/")
        seconds = GROWING_SECONDS
        return replace(
            sheet, cache_control=manifest_cache(published=opened.published, seconds=seconds)
        )

    async def manifest(self, key: str, version_text: str, name: str) -> Sheet:
        """A manifest of a version. It stays what it is, except that a playlist which has begun to
        grow goes on to the film's end."""
        opened = await self.open(key)
        version = version_of(version_text)
        if version is None or (opened.version is not None and version != opened.version):
            raise FilmNotFound
        return await self._sheet(opened, version, name, "")

    async def segment(self, key: str, hash_: str) -> Opened:
        """Pass for a segment of the film that the key opens. Raises FilmNotFound."""
        opened = await self.open(key)
        if not await self._book.names(opened.film.id, hash_):
            raise FilmNotFound
        return opened

    async def caption_path(self, key: str, hash_: str) -> tuple[Opened, str]:
        """Where a track of the film that the key opens lies. Raises FilmNotFound."""
        opened = await self.open(key)
        for each in await self._tracks.of(opened.film.id):
            if each.hash == hash_:
                return opened, each.path
        raise FilmNotFound

    async def still(self, key: str, hash_: str, name: str) -> tuple[Opened, StillFile]:
        """Where a preview or a part of a storyboard of the film that the key opens lies. Raises
        FilmNotFound."""
        opened = await self.open(key)
        found = await self._stills.file(opened.film.id, hash_, name)
        if found is None:
            raise FilmNotFound
        return opened, found

    async def newest(self, video_id: int) -> Version:
        """What new viewers get. Raises FilmNotFound while nothing can be watched."""
        cut = await self._book.newest(video_id)
        if cut is None:
            raise FilmNotFound
        return Version(cut.generation, cut.version, await self._book.current(video_id))

    async def play(self, viewer: Actor | None, video_id: int, wanted: str | None) -> PlayView:
        """The document that players begin with; `wanted` is the version to go on with. Raises
        FilmNotFound for who may not watch."""
        async with self._database.reading() as session:
            view = (await self._videos.views(session, [video_id], viewer)).get(video_id)
            if view is None or view.visibility is Visibility.TAKEN_DOWN:
                raise FilmNotFound
        version = version_of(wanted) if wanted else await self.newest(video_id)
        if version is None:
            raise FilmNotFound
        cut = await self._book.cut(video_id, version.generation, version.cut)
        if cut is None:
            raise FilmNotFound
        await self._timeline(video_id, version.timeline)
        published = view.visibility is Visibility.PUBLISHED
        key, expires = str(video_id), None
        if not published:
            key, expires = self.token(video_id, version, cut.duration_ms)
        base = f"/m/{key}"
        async with self._database.reading() as session:
            timeline = await self._timelines.view(
                session, video_id, version.timeline, cut.duration_ms
            )
        tracks = await self._tracks.of(video_id)
        largest = max(pictures(cut.renditions), key=lambda each: each.height, default=None)
        return PlayView(
            video_id=Id(video_id),
            version=str(version),
            title=view.title,
            state=view.state,
            visibility=view.visibility,
            duration_ms=cut.duration_ms,
            width=view.width or (largest.width if largest else 0),
            height=view.height or (largest.height if largest else 0),
            complete=cut.complete,
            hls=f"{base}/{version}/index.m3u8",
            dash=f"{base}/{version}/manifest.mpd" if cut.complete else None,
            cues=f"{base}/{version}/cues.vtt",
            timeline=timeline,
            poster=view.poster,
            preview=view.preview,
            storyboard=view.storyboard,
            captions=[
                CaptionView(
                    language=each.language,
                    label=each.label,
                    url=f"{base}/captions/{each.hash}.vtt",
                )
                for each in tracks
            ],
            segments=_firsts(cut, base),
            expires_at=expires,
        )

    def token(self, video_id: int, version: Version, duration_ms: int) -> tuple[str, Timestamp]:
        """A key for an unpublished film: this version, and nothing else, for the film's length and
        a while."""
        moment = self._clock.now().timestamp() + self.token_seconds + duration_ms / 1000
        expires = int(moment)
        both = version.generation << 32 | version.cut
        token = self._tickets.sign(video_id, both, version.timeline, expires_seconds=expires)
        return token, Timestamp.of(datetime.fromtimestamp(expires, UTC))

    def _read(self, token: str) -> tuple[int, Version]:
        now = self._clock.now().timestamp()
        try:
            video_id, both, timeline = self._tickets.read(token, 3, now_seconds=now)
        except TicketInvalid:
            raise FilmNotFound from None
        return video_id, Version(both >> 32, both & 0xFFFF_FFFF, timeline)

    async def _sheet(self, opened: Opened, version: Version, name: str, within: str) -> Sheet:
        """`within` is the way from the manifest to its version's folder."""
        film = opened.film
        cut = await self._book.cut(film.id, version.generation, version.cut)
        timeline = await self._timeline(film.id, version.timeline)
        if cut is None:
            raise FilmNotFound
        growing = False
        up = "" if within else "../"
        if name == "index.m3u8":
            tracks = self._captions(await self._tracks.of(film.id), within, up)
            text = hls.multivariant(cut, lambda each: f"{within}{each.name}.m3u8", tracks)
            media_type = hls.MEDIA_TYPE
        elif name == "manifest.mpd" and cut.complete:
            tracks = self._captions(await self._tracks.of(film.id), within, up)
            text = dash.mpd(cut, _addresses(up), tracks)
            media_type = dash.MEDIA_TYPE
        elif name == "cues.vtt":
            text, media_type = _metadata(timeline, cut.duration_ms), vtt.MEDIA_TYPE
        elif name.startswith("captions-"):
            text, media_type = await self._captions_playlist(cut, name), hls.MEDIA_TYPE
        else:
            rendition, ended = await self._grown(film, cut, name.removesuffix(".m3u8"))
            growing = not ended
            text = hls.media_playlist(
                rendition,
                _addresses(up),
                ended=ended,
                event=not cut.complete,
                date_ranges=await self._ranges(timeline, cut),
            )
            media_type = hls.MEDIA_TYPE
        seconds = GROWING_SECONDS if growing else SHARED_SECONDS
        return Sheet(text, media_type, manifest_cache(published=opened.published, seconds=seconds))

    async def _timeline(self, video_id: int, version: int) -> Timeline | None:
        """None for a film without cues. Raises FilmNotFound for a version there never was."""
        timeline = await self._book.timeline(video_id, version) if version else None
        if version and timeline is None:
            raise FilmNotFound
        return timeline

    async def _grown(self, film: VideoRecord, cut: Cut, name: str) -> tuple[Rendition, bool]:
        """A rendition as far as it has come by now, and whether that is its end.

        A cut says how far its renditions reached when it was made; whoever began with it reads on
        in the newer ones. What was replaced or has failed grows no more.
        """
        found = _named(cut, name)
        if found is None:
            raise FilmNotFound
        if cut.complete:
            return found, True
        newest = await self._book.newest(film.id)
        if newest is None or newest.generation != cut.generation:
            return found, True
        later = _named(newest, name)
        if later is None or later.init != found.init:
            return found, True
        stopped = film.generation == cut.generation and film.state in _ENDED
        return later, newest.complete or stopped

    async def _ranges(self, timeline: Timeline | None, cut: Cut) -> list[DateRange]:
        if timeline is None:
            return []
        ranges = [cue_range(each) for each in timeline.within(cut.duration_ms)]
        for place, roll, at in (
            ("PRE", timeline.pre_roll, 0),
            ("POST", timeline.post_roll, cut.duration_ms),
        ):
            film = await self._book.film(roll) if roll is not None else None
            if film is not None and film.visibility is Visibility.PUBLISHED:
                uri = f"{self._public_url}/m/{roll}/index.m3u8"
                ranges.append(roll_range(place, uri, at, film.duration_ms))
        return ranges

    def _captions(self, tracks: Sequence[CaptionTrack], within: str, up: str) -> list[Captions]:
        return [
            Captions(
                language=each.language,
                label=each.label,
                uri=f"{up}captions/{each.hash}.vtt",
                playlist_uri=f"{within}captions-{each.hash}.m3u8",
                default=each.default,
            )
            for each in tracks
        ]

    async def _captions_playlist(self, cut: Cut, name: str) -> str:
        wanted = name.removeprefix("captions-").removesuffix(".m3u8")
        tracks = self._captions(await self._tracks.of(cut.video_id), "", "../")
        for each in tracks:
            if each.uri == f"../captions/{wanted}.vtt":
                return hls.captions_playlist(each, cut.duration_ms)
        raise FilmNotFound


def _named(cut: Cut, name: str) -> Rendition | None:
    return next((each for each in cut.renditions if each.name == name), None)


class _Addresses:
    """Where the segments of a manifest are, seen from it."""

    def __init__(self, base: str) -> None:
        self._base = base

    def __call__(self, segment: Segment) -> str:
        return f"{self._base}{segment_name(segment)}"


def _addresses(up: str) -> _Addresses:
    return _Addresses(f"{up}s/")


def _metadata(timeline: Timeline | None, duration_ms: int) -> str:
    cues = timeline.within(duration_ms) if timeline else ()
    notes: list[vtt.Note] = []
    for each in cues:
        payload = {
            "id": str(each.id),
            "kind": each.kind.value,
            "ref": each.ref or None,
            "position": each.position.value,
            "text": each.text,
        }
        notes.append(vtt.Note(f"cue-{each.id}", each.at, each.until, encode_json(payload)))
    return vtt.metadata(notes)


def _firsts(cut: Cut, base: str) -> list[FirstSegment]:
    return [
        FirstSegment(
            rendition=each.name,
            codecs=each.codecs,
            bandwidth=each.bandwidth,
            width=each.width,
            height=each.height,
            init=f"{base}/s/{segment_name(each.init)}",
            first=f"{base}/s/{segment_name(each.segments[0])}",
            bytes=each.init.bytes + each.segments[0].bytes,
        )
        for each in (*pictures(cut.renditions), *sounds(cut.renditions))
        if each.segments
    ]
