"""The base of every journey: a virtual shopper that keeps the outside log."""

# Locust ships without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

import os
import time
from collections.abc import Container
from json import loads
from pathlib import Path
from typing import Any

from locust import FastHttpUser

from loadtests.common.money import MoneyLog, Wish
from loadtests.common.outside import OutsideLog, Told, told_by
from loadtests.common.shoppers import SignIn, SignIns
from loadtests.common.watched import WatchLog

LOG = OutsideLog()
MONEY = MoneyLog()
WATCHED = WatchLog()
GRABS: dict[Wish, dict[str, Any]] = {}
"""The body of each grab, to ask the same again."""
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
        who: SignIn | None = None,
        due: float | None = None,
        fine: Container[str] = (),
        **more: Any,
    ) -> tuple[Told, Any]:
        """One request; returns what it tells and the JSON of a good answer. `about` is a post: that
        it is gone is no failure when its author took it back meanwhile. Nor are problems with one
        of the codes in `fine`. `who` asks, by default me. The answer's time counts from `due`, a
        moment of `time.perf_counter`, by default from now."""
        who = who or self.me
        self._renew(who)
        sent = {**who.headers, **(headers or {})}
        with self.client.request(
            method, path, name=name, json=json, headers=sent, catch_response=True, **more
        ) as response:
            status = response.status_code or 0
            if due is not None:
                response.request_meta["response_time"] = (time.perf_counter() - due) * 1000
            if status == 304:
                response.success()
                return Told.YES, None
            gone = status == 404 and about is not None and not LOG.stands(about)
            expected = 400 <= status < 500 and _code_of(response.text) in fine
            if (status == 0 or status >= 400) and not gone and not expected:
                response.failure(f"{status} {_code_of(response.text)}")
            else:
                response.success()
            body = response.json() if 200 <= status < 300 and response.text else None
            return told_by(status), body

    def _renew(self, who: SignIn) -> None:
        with who.renewing:  # a refresh token is good once
            if time.monotonic() < who.renew_at:
                return
            response = self.client.post(
                "/v1/auth/sessions/refresh",
                json={"refreshToken": who.refresh},
                name="refreshSession",
            )
            if response.status_code == 200:
                who.take(response.json())


def _code_of(text: str | None) -> str:
    """The stable code of a problem, so that failures of one kind are counted together."""
    try:
        return str(loads(text or "")["code"])
    except (ValueError, KeyError, TypeError):
        return (text or "no answer")[:80]
