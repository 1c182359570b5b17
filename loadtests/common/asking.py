"""Asking the server after the run: as any shopper of it, as the brand, or as nobody."""

import json
import time
import urllib.request
from contextlib import suppress
from typing import Any

from loadtests.common.outside import Refused
from loadtests.common.shoppers import SignIn, SignIns
from loadtests.common.watched import Figures, figures_of

_TIMEOUT_SECONDS = 15


class Asker:
    """Renews tokens that have run out meanwhile."""

    def __init__(self, host: str, made: SignIns) -> None:
        self._host = host
        self._made = made
        self._people = {sign_in.shopper: sign_in for sign_in in made.all}
        self._work: tuple[dict[str, str], float] = {}, 0.0

    @property
    def brand(self) -> int:
        """The brand of the rehearsal."""
        brand = self._made.owner.brand
        assert brand is not None
        return brand

    def fetch(self, shopper: int | None, path: str) -> Any:
        """The JSON at a path, as a shopper or as nobody. Raises Refused."""
        headers = self._headers(self._people[shopper]) if shopper is not None else {}
        return self._send("GET", path, None, headers)

    def ask(self, shopper: int | None, method: str, path: str, body: Any) -> Any:
        """The JSON of an answer, as a shopper or as the brand. Raises Refused."""
        headers = self.at_work() if shopper is None else self._headers(self._people[shopper])
        return self._send(method, path, body, headers)

    def figures(self) -> Figures:
        """What the brand is told of the rehearsal's film. Raises Refused."""
        path = f"/v1/videos/{self._made.owner.video}/retention"
        return figures_of(self.ask(None, "GET", path, None))

    def end(self, packet: int) -> None:
        """No more shares of a packet; it may be over already."""
        with suppress(Refused):
            self.ask(None, "POST", f"/v1/brands/{self.brand}/packets/{packet}/end", None)

    def _headers(self, who: SignIn) -> dict[str, str]:
        if time.monotonic() >= who.renew_at:
            body = {"refreshToken": who.refresh}
            who.take(self._send("POST", "/v1/auth/sessions/refresh", body, {}))
        return who.headers

    def at_work(self) -> dict[str, str]:
        """What makes a request the brand's."""
        headers, renew_at = self._work
        if time.monotonic() >= renew_at:
            owner = self._headers(self._made.owner)
            path = f"/v1/auth/workplaces/{self.brand}"
            token = self._send("POST", path, None, owner)["accessToken"]
            headers = {"authorization": f"Bearer {token}"}
            self._work = headers, time.monotonic() + 60.0
        return headers

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers = {**headers, "content-type": "application/json"}
        request = urllib.request.Request(
            self._host + path, data=data, headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as response:
                return json.load(response)
        except OSError as error:  # what urllib raises, a status of 400 or more among it
            raise Refused(f"{method} {path}: {error}") from error
