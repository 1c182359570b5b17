"""A store that speaks as much S3 as `Objects` uses: enough to try the other half of that class.

Not a measure of S3 itself; the production store is somebody else's engine.
"""

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import pytest


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "S3Server"

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _signed(self) -> bool:
        return self.headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 Credential=key/")

    def do_PUT(self) -> None:
        data = self.rfile.read(int(self.headers["content-length"]))
        if not self._signed():
            self._answer(403)
            return
        path, query = self._asked()
        if "partNumber" in query:
            self.server.parts[query["uploadId"]][int(query["partNumber"])] = data
        else:
            self.server.objects[path] = data
        self._answer(200, ETag=_etag(data))

    def do_POST(self) -> None:
        """A multipart upload: its beginning, and its end."""
        self.rfile.read(int(self.headers.get("content-length", 0)))
        path, query = self._asked()
        if "uploads" in query:
            id_ = f"upload-{len(self.server.parts) + 1}"
            self.server.parts[id_] = {}
            name = "InitiateMultipartUploadResult"
            self._answer(200, f"<{name}><UploadId>{id_}</UploadId></{name}>".encode())
            return
        parts = self.server.parts.pop(query["uploadId"])
        small = [each for number, each in parts.items() if number < max(parts)]
        assert all(len(each) >= 5 * 2**20 for each in small), "S3 refuses parts below 5 MiB"
        whole = b"".join(parts[number] for number in sorted(parts))
        self.server.objects[path] = whole
        name = "CompleteMultipartUploadResult"
        self._answer(200, f"<{name}><ETag>{_etag(whole)}</ETag></{name}>".encode())

    def _asked(self) -> tuple[str, dict[str, str]]:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        return unquote(parts.path), {name: values[0] for name, values in query.items()}

    def _list(self, bucket: str, query: dict[str, str]) -> None:
        wanted = f"{bucket}/{query.get('prefix', '')}"
        now = "2026-01-01T00:00:00.000Z"
        found = "".join(
            f"<Contents><Key>{path.removeprefix(bucket + '/')}</Key><Size>{len(data)}</Size>"
            f"<LastModified>{now}</LastModified></Contents>"
            for path, data in sorted(self.server.objects.items())
            if path.startswith(wanted)
        )
        body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"
        self._answer(200, body.encode())

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path, query = self._asked()
        if "list-type" in query:
            self._list(path.rstrip("/"), query)
            return
        data = self.server.objects.get(path)
        if data is None or not self._signed():
            self._answer(404 if self._signed() else 403)
            return
        etag, now = _etag(data), formatdate(usegmt=True)
        if self.command == "HEAD":
            self._answer(200, Content_Length=str(len(data)), ETag=etag, Last_Modified=now)
            return
        found = re.match(r"bytes=(\d+)-(\d+)", self.headers.get("range", ""))
        if found is None:
            self._answer(200, data, ETag=etag, Last_Modified=now)
            return
        start, stop = int(found[1]), min(int(found[2]) + 1, len(data))
        span = f"bytes {start}-{stop - 1}/{len(data)}"
        self._answer(206, data[start:stop], Content_Range=span, ETag=etag, Last_Modified=now)

    def do_DELETE(self) -> None:
        path, query = self._asked()
        if "uploadId" in query:  # of a multipart upload that is given up
            self.server.parts.pop(query["uploadId"], None)
        else:
            self.server.objects.pop(path, None)
        self._answer(204)

    def log_message(self, format: str, *args: object) -> None:
        """Silence."""


def _etag(data: bytes) -> str:
    return f'"{hashlib.md5(data).hexdigest()}"'


class S3Server(ThreadingHTTPServer):
    """Runs in a thread until closed; `objects` holds what was put, by path."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        """Of multipart uploads under way."""
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """For AWS_ENDPOINT_URL."""
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """A store, and the variables that lead to it."""
    server = S3Server()
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
