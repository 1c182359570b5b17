"""The base of every journey: a virtual shopper that keeps the outside log."""

# Locust ships without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

import os
import time
from json import loads
from pathlib import Path
from typing import Any

from locust import FastHttpUser

from loadtests.common.outside import OutsideLog, Told, told_by
from loadtests.common.shoppers import SignIns

LOG = OutsideLog()
_made: list[SignIns] = []


def sign_ins() -> SignIns:
    """The sign-ins of this run, from the file that CARNIVAL_SIGN_INS names."""
    if not _made:
        _made.append(SignIns(Path(os.environ["CARNIVAL_SIGN_INS"])))
    return _made[0]


class Shopper(FastHttpUser):
    """A signed-in shopper. Requests are named by operation, never by id."""

    abstract = True
    network_timeout = 15.0
    connection_timeout = 10.0

    def on_start(self) -> None:
        """Take a sign-in."""
        self.me = sign_ins().take()
        LOG.shoppers.add(self.me.shopper)

    def call(
        self,
        method: str,
        path: str,
        name: str,
        *,
        json: Any = None,
        headers: dict[str, str] | None = None,
        about: int | None = None,
        **more: Any,
    ) -> tuple[Told, Any]:
        """One request; returns what it tells and the JSON of a good answer. `about` is a post: that
        it is gone is no failure when its author took it back meanwhile."""
        self._renew()
        sent = {**self.me.headers, **(headers or {})}
        with self.client.request(
            method, path, name=name, json=json, headers=sent, catch_response=True, **more
        ) as response:
            status = response.status_code or 0
            if status == 304:
                response.success()
                return Told.YES, None
            gone = status == 404 and about is not None and not LOG.stands(about)
            if (status == 0 or status >= 400) and not gone:
                response.failure(f"{status} {_code_of(response.text)}")
            else:
                response.success()
            body = response.json() if 200 <= status < 300 and response.text else None
            return told_by(status), body

    def _renew(self) -> None:
        if time.monotonic() < self.me.renew_at:
            return
        response = self.client.post(
            "/v1/auth/sessions/refresh",
            json={"refreshToken": self.me.refresh},
            name="refreshSession",
        )
        if response.status_code == 200:
            self.me.take(response.json())


def _code_of(text: str | None) -> str:
    """The stable code of a problem, so that failures of one kind are counted together."""
    try:
        return str(loads(text or "")["code"])
    except (ValueError, KeyError, TypeError):
        return (text or "no answer")[:80]
