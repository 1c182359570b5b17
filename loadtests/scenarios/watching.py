"""A shopper who watches a film to its end, as a player does it, and taps what appears in it."""

# Locust ships without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

import random
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import gevent
from locust import between, task

from loadtests.common.journey import WATCHED, Shopper, sign_ins

_PROGRESS_SECONDS = 5.0
_PART = re.compile(r'#EXT-X-MAP:URI="(?P<map>[^"]+)"|#EXTINF:(?P<seconds>[0-9.]+),\n(?P<uri>.+)')
_SOUND = re.compile(r'#EXT-X-MEDIA:TYPE=AUDIO,.*?URI="([^"]+)"')


class Watching(Shopper):
    """One in eight of a festival's visitors."""

    weight = 2
    wait_time = between(0.5, 2.0)

    def on_start(self) -> None:
        """The film is the rehearsal's own."""
        super().on_start()
        self.film = sign_ins().owner.video

    @task
    def watch(self) -> None:
        """From the first playlist to the last segment, no faster than it plays."""
        if self.film is None:
            return
        self.viewing, self.position = secrets.token_hex(8), 0.0
        _, play = self.call("GET", f"/v1/videos/{self.film}/play", "playVideo")
        if not play:
            return
        self.tell("impression")
        main = self.fetch(play["hls"], "getHlsPointer").decode()
        pictures = next((line for line in main.splitlines() if line and line[0] != "#"), None)
        sound = _SOUND.search(main)
        if pictures is None or sound is None:
            return
        cues = list(play["timeline"]["cues"])
        tracks = [self.parts(urljoin(play["hls"], uri)) for uri in (pictures, sound[1])]
        self.tell("play")
        told = 0.0
        for parts in zip(*tracks, strict=False):
            for _, address in parts:
                if not self.fetch(address, "getSegment"):
                    return
            gevent.sleep(parts[0][0])
            self.position += parts[0][0]
            if self.position - told >= _PROGRESS_SECONDS:
                told = self.position
                self.tell("progress")
            while cues and cues[0]["at"] <= self.position * 1000:
                self.meet(cues.pop(0))
        self.tell("complete")

    def meet(self, cue: Any) -> None:
        """It appears; every other one is tapped."""
        self.tell("cue_shown", cueId=cue["id"])
        if random.random() < 0.5:
            self.tell("cue_tapped", cueId=cue["id"])

    def parts(self, address: str) -> Iterator[tuple[float, str]]:
        """(seconds, address) of the beginning and the segments of a rendition."""
        playlist = self.fetch(address, "getManifest").decode()
        for found in _PART.finditer(playlist):
            uri, seconds = found["map"] or found["uri"], found["seconds"] or 0
            yield float(seconds), urljoin(address, uri)

    def fetch(self, address: str, name: str) -> bytes:
        """The bytes there; nothing when the answer was no good."""
        with self.client.get(address, name=name, catch_response=True) as response:
            if response.status_code == 200 and response.content:
                response.success()
                return response.content
            response.failure(f"{response.status_code} for a part of a film")
            return b""

    def tell(self, kind: str, **more: Any) -> None:
        """Report one event, and write down what we were told."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        event = {
            "videoId": str(self.film),
            "session": self.viewing,
            "kind": kind,
            "position": int(self.position * 1000),
            "at": at,
            **more,
        }
        told, _ = self.call("POST", "/v1/videos/events", "reportWatching", json={"events": [event]})
        WATCHED.note(self.viewing, kind, told)
