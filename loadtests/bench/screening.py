"""Films on a stage: uploaded, waited for, and served, as a brand and its viewers do it."""

import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import m3u8

from loadtests.bench import harness
from loadtests.bench.harness import Duel, Sample
from loadtests.bench.programs import answers, free_port, running
from loadtests.bench.stage import Stage

SEGMENT_BYTES = 2**20
CLIENTS = 64
_POLL_SECONDS = 0.05
_PATIENCE_SECONDS = 600.0
_TUS = {"tus-resumable": "1.0.0"}
_NGINX = """
worker_processes 1;
error_log @FOLDER@/nginx-error.log;
pid @FOLDER@/nginx.pid;
daemon off;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  default_type video/mp4;
  server {
    listen 127.0.0.1:@PORT@;
    location / { root @ROOT@; add_header Cache-Control "public, max-age=31536000, immutable"; }
  }
}
"""


def first_playable_seconds(on: Stage, film: Path) -> tuple[float, str]:
    """From the film's last byte until a player has the first segments of pictures and sound; and
    the video."""
    headers = {"authorization": f"Bearer {on.facts['key']}"}
    with httpx.Client(base_url=on.facts["web"], headers=headers, timeout=120.0) as client:
        upload = _uploaded(client, film)
        begun = time.monotonic()
        video = _good(client.post("/v1/videos/", json={"uploadId": upload, "title": film.stem}))
        while True:
            found = client.get(f"/v1/videos/{video['id']}/play")
            if found.status_code == 200 and _plays(client, found.json()["hls"]):
                return time.monotonic() - begun, video["id"]
            state = _good(client.get(f"/v1/videos/{video['id']}"))
            if state["refusal"] or time.monotonic() - begun > _PATIENCE_SECONDS:
                raise RuntimeError(f"the film cannot be played: {state}")
            time.sleep(_POLL_SECONDS)


def ready(on: Stage, video: str) -> None:
    """Wait until nothing of the video is encoded any more."""
    headers = {"authorization": f"Bearer {on.facts['key']}"}
    with httpx.Client(base_url=on.facts["web"], headers=headers, timeout=60.0) as client:

        def done() -> bool:
            return _good(client.get(f"/v1/videos/{video}"))["state"] == "ready"

        harness.wait_until(done, _PATIENCE_SECONDS)


def _uploaded(client: httpx.Client, film: Path) -> str:
    """By tus, in one piece."""
    length = {"upload-length": str(film.stat().st_size)}
    begun = client.post("/v1/uploads", headers={**_TUS, **length})
    begun.raise_for_status()
    headers = {**_TUS, "upload-offset": "0", "content-type": "application/offset+octet-stream"}
    with film.open("rb") as file:
        sent = client.patch(begun.headers["location"], content=file, headers=headers)
    sent.raise_for_status()
    return begun.headers["location"].rpartition("/")[2]


def _good(answer: httpx.Response) -> dict[str, Any]:
    if answer.is_error:
        raise RuntimeError(f"{answer.request.url}: {answer.status_code} {answer.text[:500]}")
    return answer.json()


def _plays(client: httpx.Client, index: str) -> bool:
    """Whether every rendition of the newest version gives its first segment."""
    playlists = m3u8.loads(client.get(index).raise_for_status().text)
    for uri in (*playlists.media, *playlists.playlists):
        path = urljoin(index, str(uri.uri))
        listed = m3u8.loads(client.get(path).raise_for_status().text)
        if not listed.segments:
            return False
        for part in (listed.segment_map[0].uri, listed.segments[0].uri):
            client.get(urljoin(path, str(part))).raise_for_status()
    return True


def segment_serve(on: Stage, video: str, folder: Path, rounds: int, seconds: float) -> Duel:
    """Segments of a mebibyte to many clients whose connections stay, by us and by nginx."""
    data = secrets.token_bytes(SEGMENT_BYTES)
    path = _stuffed(on, video, folder, data)
    root = folder / "segments"
    root.mkdir(exist_ok=True)
    (root / "segment.m4s").write_bytes(data)
    port = free_port()
    configuration = folder / "segments.conf"
    text = _NGINX
    for name, value in {"FOLDER": folder, "PORT": port, "ROOT": root}.items():
        text = text.replace(f"@{name}@", str(value))
    configuration.write_text(text)
    scripts = {name: _script(folder, name, each) for name, each in _paths(path).items()}
    with running(["nginx", "-c", str(configuration), "-p", str(folder)], None) as pid:
        url = f"http://127.0.0.1:{port}"
        harness.wait_until(lambda: answers(f"{url}/segment.m4s"))
        harness.pin(pid, harness.serving_core())
        harness.pin(on.pid("web"), harness.serving_core())

        def measured(address: str, name: str, mine: Mapping[str, int]) -> Sample:
            return harness.wrk(
                address, mine, script=scripts[name], seconds=seconds, connections=CLIENTS
            )

        return harness.duel(
            lambda: measured(on.facts["web"], "ours", {"web": on.pid("web")}),
            lambda: measured(url, "nginx", {"nginx": pid}),
            rounds,
        )


def _stuffed(on: Stage, video: str, folder: Path, data: bytes) -> str:
    """The address of a published segment whose file was given these bytes."""
    headers = {"authorization": f"Bearer {on.facts['key']}"}
    with httpx.Client(base_url=on.facts["web"], headers=headers, timeout=60.0) as client:
        _good(client.post(f"/v1/videos/{video}/publish"))
        index = urlsplit(str(_good(client.get(f"/v1/videos/{video}/play"))["hls"])).path
        playlist = urljoin(index, str(m3u8.loads(client.get(index).text).playlists[0].uri))
        # one that nobody has asked for yet: servers remember what never changes
        path = urljoin(playlist, str(m3u8.loads(client.get(playlist).text).segments[-1].uri))
        hash_ = Path(path).stem
        file = folder / "stage/objects/media/segments" / hash_[:2] / hash_
        file.write_bytes(data)
        if client.get(path).content != data:
            raise RuntimeError("the segment that is served is another one")
    return path


def _paths(ours: str) -> dict[str, str]:
    return {"ours": ours, "nginx": "/segment.m4s"}


def _script(folder: Path, name: str, path: str) -> Path:
    script = folder / f"{name}.lua"
    script.write_text(
        f"function request() return wrk.format('GET', '{path}') end\n" + harness.WRK_DONE
    )
    return script
