"""Who delivers one-time codes: the console of a rehearsal, or a message service over HTTP."""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime

import httpx

from app.identity.codes.interfaces import CodeSender, DeliveryFailed
from app.kernel.settings import Settings

_TIMEOUT_SECONDS = 5.0


class ConsoleSender:
    """Prints codes, and appends them to a file as JSON lines where one is set."""

    remote = False

    def __init__(self, file: str | None) -> None:
        self._file = file

    async def send(self, phone: str, code: str, expires_in_seconds: int) -> None:
        """A line for the person at the terminal."""
        minutes = expires_in_seconds // 60
        sys.stdout.write(f"One-time code for {phone}: {code} (good for {minutes} minutes)\n")
        sys.stdout.flush()
        if self._file is not None:
            at = datetime.now(UTC).isoformat(timespec="milliseconds")
            line = json.dumps({"phone": phone, "code": code, "at": at}) + "\n"
            await asyncio.to_thread(_append, self._file, line.encode())


def _append(file: str, line: bytes) -> None:
    # one write of O_APPEND: lines of several processes do not mix
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)


class HttpSender:
    """Posts {phone, code, expiresInSeconds} to a message service."""

    remote = True

    def __init__(self, url: str, token: str | None) -> None:
        self._url = url
        self._headers = {"authorization": f"Bearer {token}"} if token else {}

    async def send(self, phone: str, code: str, expires_in_seconds: int) -> None:
        """One attempt; the job that calls tries again."""
        body = {"phone": phone, "code": code, "expiresInSeconds": expires_in_seconds}
        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS) as client:
                answer = await client.post(self._url, json=body, headers=self._headers)
        except httpx.HTTPError as error:
            raise DeliveryFailed(type(error).__name__) from None
        if not answer.is_success:
            raise DeliveryFailed(f"The message service answered {answer.status_code}")


def sender_for(settings: Settings) -> CodeSender:
    """The sender the settings name. Raises ValueError when they are incomplete."""
    if settings.otp_sender == "console":
        return ConsoleSender(settings.otp_console_file)
    if settings.otp_sender == "http" and settings.otp_http_url:
        return HttpSender(settings.otp_http_url, settings.otp_http_token)
    raise ValueError(
        "CARNIVAL_OTP_SENDER must be `console`, or `http` together with CARNIVAL_OTP_HTTP_URL"
    )
