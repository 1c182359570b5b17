"""Sign-ins for a rehearsal: made by `carnival rehearse`, read by the load.

A rehearsal of thousands cannot ask for thousands of one-time codes, nor should the bounds on
sign-in be lifted for it. The operator makes the sign-ins on the server's side; the file holds one
JSON object a line: {"shopperId", "accessToken", "refreshToken"}; with `--brand` one of them has a
"brandId" too, and owns that brand, whose budget pays for packets, and a "videoId" of its film.
"""

import json
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class SignIn:
    """A shopper's tokens; the access token is renewed before it runs out."""

    shopper: int
    access: str
    refresh: str
    renew_at: float
    brand: int | None = None
    video: int | None = None
    renewing: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """What makes a request this shopper's."""
        return {"authorization": f"Bearer {self.access}"}

    def take(self, answer: dict[str, Any]) -> None:
        """Adopt the answer of a refresh."""
        self.access, self.refresh = answer["accessToken"], answer["refreshToken"]
        self.renew_at = time.monotonic() + RENEW_SECONDS


RENEW_SECONDS = 240.0


class SignIns:
    """Hands each virtual shopper a sign-in of its own."""

    def __init__(self, path: Path) -> None:
        self._waiting: list[SignIn] = []
        self._lock = threading.Lock()
        for line in path.read_text().splitlines():
            made = json.loads(line)
            self._waiting.append(
                SignIn(
                    int(made["shopperId"]),
                    made["accessToken"],
                    made["refreshToken"],
                    time.monotonic() + RENEW_SECONDS,
                    int(made["brandId"]) if made.get("brandId") else None,
                    int(made["videoId"]) if made.get("videoId") else None,
                )
            )
        self.all = list(self._waiting)
        self._owners = [sign_in for sign_in in self.all if sign_in.brand is not None]
        self._waiting = [sign_in for sign_in in self.all if sign_in.brand is None]

    @property
    def owner(self) -> SignIn:
        """Who owns a brand. Raises where the file has nobody."""
        if not self._owners:
            raise RuntimeError("nobody owns a brand: make the sign-ins with --brand")
        return self._owners[0]

    def take(self) -> SignIn:
        """The next one. Raises when the file held too few for this load."""
        with self._lock:
            if not self._waiting:
                raise RuntimeError("more virtual shoppers than sign-ins: make more of them")
            return self._waiting.pop()
