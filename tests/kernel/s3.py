"""A store that speaks as much S3 as `Objects` uses: enough to try the other half of that class.

Not a measure of S3 itself; the production store is somebody else's engine.
"""

import hashlib
import re
import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


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
        self.server.objects[self.path] = data
        self._answer(200, ETag=_etag(data))

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        data = self.server.objects.get(self.path)
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
        self.server.objects.pop(self.path, None)
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
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """For AWS_ENDPOINT_URL."""
        return f"http://127.0.0.1:{self.server_port}"
