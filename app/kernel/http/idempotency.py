"""`Idempotency-Key` on the POSTs of brands: the same key and body give the same answer.

The answer is stored in the transaction that made it true, so there is no moment at which the
effect exists and the key does not. Two requests with one key are put in line by an advisory lock.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from litestar import Request, Response
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from sqlalchemy import LargeBinary, SmallInteger, String, delete, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.actors import ActorKind
from app.kernel.database import Base, Transaction
from app.kernel.errors import Invalid, Unprocessable
from app.kernel.http.states import caller_of, state_of

KEY_CHARS_MAX = 128
KEEP_HOURS = 48


class KeyReused(Unprocessable):
    """The key was used with another body."""

    code = "idempotency_key_reused"
    title = "This Idempotency-Key was used with another request"


class Replay(Exception):
    """Not an error: the stored answer of an earlier request with the same key."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__("replay")
        self.status, self.body = status, body


class StoredAnswer(Base):
    """What a key was answered, for `KEEP_HOURS`."""

    __tablename__ = "idempotency_keys"

    actor: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(KEY_CHARS_MAX), primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int] = mapped_column(SmallInteger)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


async def begin(request: Request[Any, Any, Any], tx: Transaction) -> None:
    """Before the handler: raise `Replay` for a known key, KeyReused for another body."""
    key = request.headers.get("idempotency-key")
    actor = caller_of(request).actor
    if key is None or request.method != "POST" or actor is None:
        return
    if actor.kind is ActorKind.SHOPPER:
        return
    if not 1 <= len(key) <= KEY_CHARS_MAX or not key.isprintable():
        raise Invalid.field("#header/Idempotency-Key", "Between 1 and 128 printable characters")
    who = f"{actor.kind}:{actor.id}"
    digest = await _digest(request)
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 7))")
    await tx.session.execute(lock, {"name": f"{who}:{key}"})
    found = await tx.session.scalar(
        select(StoredAnswer).where(StoredAnswer.actor == who, StoredAnswer.key == key)
    )
    if found is None:
        state_of(request)["idempotency"] = (tx, who, key, digest)
        return
    if found.request_hash != digest:
        raise KeyReused
    raise Replay(found.status, found.body)


async def _digest(request: Request[Any, Any, Any]) -> bytes:
    """What makes two requests the same: the address and the body.

    Of a form the fields and files count, not the bytes: a client draws a new boundary each time,
    and the stream was read when the form was parsed.
    """
    digest = hashlib.sha256(f"{request.url.path}?{request.url.query}\0".encode())
    if request.content_type[0] != RequestEncodingType.MULTI_PART:
        digest.update(await request.body())
        return digest.digest()
    for name, value in (await request.form()).multi_items():
        content = str(value).encode()
        if isinstance(value, UploadFile):
            content = await value.read()
            await value.seek(0)
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.digest()


def remember(state: Any, status: int, body: bytes) -> None:
    """While the answer is made, before the commit: store it in the same transaction."""
    pending = state.get("idempotency")
    if pending is None or status >= 400:
        return
    tx, who, key, digest = pending
    tx.session.add(StoredAnswer(actor=who, key=key, request_hash=digest, status=status, body=body))


async def forget_old(tx: Transaction) -> None:
    """For a periodic job: drop what no client will ask for again."""
    await tx.session.execute(
        delete(StoredAnswer).where(StoredAnswer.made_at < func.now() - timedelta(hours=KEEP_HOURS))
    )


def replay_handler(request: Request[Any, Any, Any], replay: Replay) -> Response[bytes]:
    """Litestar's exception handler for `Replay`."""
    headers = {"content-type": "application/json", "idempotent-replayed": "true"}
    return Response(replay.body, status_code=replay.status, headers=headers)
