"""What a player does, without a picture: fetches from the first address to the last byte."""

from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

import m3u8

from media.transcoding.interfaces import Cut
from tests.factories.town import Resident
from tests.media.conftest import Theatre

Film = tuple[Cut, dict[str, bytes]]


async def text_of(theatre: Theatre, path: str) -> str:
    answer = await theatre.client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
    return answer.text


async def status_of(theatre: Theatre, path: str) -> int:
    return (await theatre.client.get(path)).status_code


async def everything(theatre: Theatre, index: str) -> dict[str, bytes]:
    """Each rendition's bytes, fetched as a player does: from the multivariant playlist on."""
    found: dict[str, bytes] = {}
    top = m3u8.loads(await text_of(theatre, index))
    uris = [str(each.uri) for each in (*top.playlists, *top.media)]
    for uri in uris:
        path = urljoin(index, uri)
        playlist = m3u8.loads(await text_of(theatre, path))
        parts = [playlist.segment_map[0].uri, *(each.uri for each in playlist.segments)]
        data = b""
        for part in parts:
            answer = await theatre.client.get(urljoin(path, part))
            assert answer.status_code == 200
            data += answer.content
        found[uri.rpartition("/")[2].removesuffix(".m3u8")] = data
    return found


def bytes_of(film: Film) -> dict[str, bytes]:
    cut, stored = film
    return {
        each.name: b"".join(stored[s.hash] for s in (each.init, *each.segments))
        for each in cut.renditions
    }


def part_of(cut: Cut, *, count: int, names: tuple[str, ...]) -> Cut:
    """What was there while the film was being made."""
    renditions = tuple(
        replace(each, segments=each.segments[:count])
        for each in cut.renditions
        if each.name in names
    )
    return replace(cut, complete=False, renditions=renditions)


async def play(theatre: Theatre, video: int, who: Resident | None = None) -> dict[str, Any]:
    return await theatre.town.good("GET", f"/v1/videos/{video}/play", who)
