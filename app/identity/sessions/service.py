"""Signing in, staying signed in, signing out."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.codes.interfaces import Codes
from app.identity.errors import SessionRevoked, TokenInvalid
from app.identity.interfaces import RevokedScope
from app.identity.sessions import repository, rules
from app.identity.sessions.interfaces import Revoker
from app.identity.sessions.models import Session
from app.identity.sessions.rules import RefreshToken
from app.identity.sessions.schemas import Device, SignedIn, Tokens
from app.identity.sessions.tokens import AccessTokens
from app.identity.shoppers.interfaces import Shoppers
from app.kernel.actors import Actor, ActorKind
from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.errors import AppError, NotFound
from app.kernel.ids import Ids
from app.kernel.settings import Settings
from app.kernel.structs import Id, Timestamp
from app.kernel.text import one_line

log: structlog.stdlib.BoundLogger = structlog.get_logger("sessions")

_KEEP_ENDED = timedelta(days=30)


@dataclass(frozen=True)
class DeviceAsking:
    """What a sign-in tells about the device."""

    name: str
    address: str
    user_agent: str
    reads_chinese: bool


class SessionService:
    """Sign-ins on devices. `keys`: to make refresh tokens with, first, and those still accepted."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock,
        ids: Ids,
        tokens: AccessTokens,
        revoker: Revoker,
        codes: Codes,
        shoppers: Shoppers,
        keys: Sequence[bytes],
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._tokens = tokens
        self._revoker = revoker
        self._codes = codes
        self._shoppers = shoppers
        self._keys = keys
        self._idle = timedelta(days=settings.refresh_token_days)

    async def sign_in(
        self, tx: Transaction, phone: str, code: str, device: DeviceAsking
    ) -> SignedIn | AppError:
        """Let a one-time code open, or say why not. A phone that was never here becomes a shopper.
        The caller commits in either case: a wrong attempt has been counted."""
        refusal = await self._codes.redeem(tx, phone, code, device.address)
        if refusal is not None:
            return refusal
        newcomer = await self._shoppers.find_or_make(tx, phone, chinese=device.reads_chinese)
        tokens = await self.begin(tx, newcomer.shopper_id, device.name, device.user_agent)
        me = await self._shoppers.me(tx.session, newcomer.shopper_id)
        given = msgspec.structs.asdict(tokens)
        return SignedIn(shopper=me, is_new=newcomer.is_new, **given)

    async def begin(
        self, tx: Transaction, shopper_id: int, device_name: str, user_agent: str
    ) -> Tokens:
        """Sign a shopper in on a device. Beyond `SESSIONS_MAX` the device away longest goes."""
        now, session_id = self._clock.now(), self._ids.new()
        await self._make_room(tx, shopper_id, now)
        token = rules.make_token(
            self._keys[0], session_id, 0, secrets.token_bytes(rules.SECRET_BYTES)
        )
        row = Session(
            id=session_id,
            shopper_id=shopper_id,
            device_name=one_line(device_name),
            created_at=now,
            last_seen_at=now,
            expires_at=now + self._idle,
            generation=0,
            token_hash=token.hash,
            rotated_at=now,
            client_hash=rules.client_hash(user_agent),
        )
        tx.session.add(row)
        return self._answer(row, token)

    async def refresh(self, tx: Transaction, written: str, user_agent: str) -> Tokens | AppError:
        """The next tokens, or the refusal. The caller commits in either case: a reused token has
        ended the session.

        The good token is rotated. The one before it, from the same software within `RETRY_WITHIN`,
        asks again because the answer was lost or because two pages asked at once: both get the
        same successor. Any older token of ours is reuse: a thief or the owner has a copy, nobody
        knows which, so the session ends for both. A thief who is quick enough to be taken for a
        retry shares a token with the owner, and the next rotation of either gives them away.
        """
        token = rules.parse_token(written)
        if token is None:
            return TokenInvalid()
        row, now = await repository.locked(tx.session, token.session_id), self._clock.now()
        if row is None or row.ended_at is not None or row.expires_at <= now:
            return SessionRevoked() if token.ours(self._keys) else TokenInvalid()
        client = rules.client_hash(user_agent)
        if hmac.compare_digest(row.token_hash, token.hash):
            return self._rotate(row, token, client, now)
        if self._is_retry(row, token, client, now):
            return self._answer(row, self._successor(row, token))
        if not token.ours(self._keys):
            return TokenInvalid()
        log.warning("refresh_token_reused", session=row.id, shopper=row.shopper_id)
        self._end(tx, row, "reused", now)
        return SessionRevoked()

    async def devices(self, session: AsyncSession, actor: Actor) -> list[Device]:
        """Where the shopper is signed in, the device seen last first."""
        assert actor.shopper_id is not None, "the controller asked for a person"
        rows = await repository.alive(session, actor.shopper_id, self._clock.now())
        return [_device(row, current=row.id == actor.session_id) for row in rows]

    async def end(self, tx: Transaction, shopper_id: int, session_id: int) -> None:
        """Sign one device out; one that is out already stays out. Raises NotFound."""
        row = await repository.locked(tx.session, session_id)
        if row is None or row.shopper_id != shopper_id:
            raise NotFound
        if row.ended_at is None:
            self._end(tx, row, "signed_out", self._clock.now())

    async def end_all(self, tx: Transaction, shopper_id: int) -> None:
        """Sign the shopper out everywhere, here too."""
        now = self._clock.now()
        for row in await repository.alive(tx.session, shopper_id, now, lock=True):
            self._end(tx, row, "everywhere", now)

    async def issue_alive(
        self, session: AsyncSession, actor: Actor, grant_id: int
    ) -> tuple[str, datetime]:
        """A token with a role, for a sign-in that SQL knows to stand. Raises SessionRevoked."""
        session_id, now = actor.session_id, self._clock.now()
        if session_id is None or not await repository.is_alive(session, session_id, now):
            raise SessionRevoked
        return self._tokens.issue(actor, grant_id=grant_id)

    async def forget_old(self, tx: Transaction) -> None:
        """For a periodic job."""
        now = self._clock.now()
        await repository.forget(tx.session, sessions_before=now - _KEEP_ENDED, now=now)

    def _rotate(self, row: Session, token: RefreshToken, client: bytes, now: datetime) -> Tokens:
        secret = secrets.token_bytes(rules.SECRET_BYTES)
        successor = rules.make_token(self._keys[0], row.id, row.generation + 1, secret)
        row.generation += 1
        row.previous_hash, row.token_hash = row.token_hash, successor.hash
        row.sealed_secret = rules.xor(secret, token.pad())
        row.rotated_at = row.last_seen_at = now
        row.expires_at = now + self._idle
        row.client_hash = client
        return self._answer(row, successor)

    def _is_retry(self, row: Session, token: RefreshToken, client: bytes, now: datetime) -> bool:
        return (
            row.previous_hash is not None
            and hmac.compare_digest(row.previous_hash, token.hash)
            and hmac.compare_digest(row.client_hash, client)
            and now - row.rotated_at <= rules.RETRY_WITHIN
        )

    def _successor(self, row: Session, token: RefreshToken) -> RefreshToken:
        """The token that the retried rotation gave: only the token before unseals it."""
        assert row.sealed_secret is not None, "a rotation left no sealed secret"
        secret = rules.xor(row.sealed_secret, token.pad())
        return rules.make_token(self._keys[0], row.id, row.generation, secret)

    def _answer(self, row: Session, token: RefreshToken) -> Tokens:
        actor = Actor(kind=ActorKind.SHOPPER, id=row.shopper_id, session_id=row.id)
        access, expires_at = self._tokens.issue(actor)
        return Tokens(
            access_token=access,
            access_expires_at=Timestamp.of(expires_at),
            refresh_token=token.written(),
        )

    async def _make_room(self, tx: Transaction, shopper_id: int, now: datetime) -> None:
        rows = await repository.alive(tx.session, shopper_id, now, lock=True)
        rows.sort(key=lambda row: row.last_seen_at, reverse=True)
        for row in rows[rules.SESSIONS_MAX - 1 :]:
            self._end(tx, row, "displaced", now)

    def _end(self, tx: Transaction, row: Session, why: str, now: datetime) -> None:
        row.ended_at, row.ended_why = now, why
        row.sealed_secret = None
        self._revoker.revoke(tx, RevokedScope.SESSION, row.id)


def _device(row: Session, *, current: bool) -> Device:
    return Device(
        id=Id(row.id),
        device_name=row.device_name,
        created_at=Timestamp.of(row.created_at),
        last_seen_at=Timestamp.of(row.last_seen_at),
        current=current,
    )
