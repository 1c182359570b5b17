"""API keys of brands: made, rotated, revoked, and recognised."""

from collections import OrderedDict
from datetime import datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.errors import KeyInvalid, KeyNotActive, TooManyKeys
from app.identity.interfaces import RevokedScope, Role, Scope
from app.identity.keys import repository, rules
from app.identity.keys.models import BrandKey
from app.identity.keys.schemas import KeyCreate, KeyView, NewKeyView
from app.identity.members.interfaces import MemberCheck
from app.identity.sessions.interfaces import Revoker
from app.kernel.actors import Actor, ActorKind
from app.kernel.clock import Clock
from app.kernel.database import Database, Transaction
from app.kernel.errors import Invalid, NotFound
from app.kernel.ids import Ids
from app.kernel.structs import Id, Timestamp
from app.kernel.text import one_line

KEYS_MAX = 20
CACHE_SECONDS = 1.0
_CACHE_KEYS_MAX = 10_000
_USE_COARSE = timedelta(minutes=15)
_ROLES = frozenset({Role.OWNER, Role.OPERATIONS})
_SCOPES = frozenset(Scope)
"""A key may have been made when there were more."""


class KeyService:
    """What members do with the keys of their brand."""

    def __init__(self, *, clock: Clock, ids: Ids, members: MemberCheck, revoker: Revoker) -> None:
        self._clock = clock
        self._ids = ids
        self._members = members
        self._revoker = revoker

    async def page(self, session: AsyncSession, actor: Actor, brand_id: int) -> list[KeyView]:
        """The keys that open, the newest first. Raises NotFound, Forbidden."""
        await self._members.check(session, actor, brand_id, _ROLES)
        rows = await repository.active(session, brand_id, self._clock.now())
        return [_view(row) for row in rows]

    async def make(
        self, tx: Transaction, actor: Actor, brand_id: int, body: KeyCreate
    ) -> NewKeyView:
        """A new key, shown in this answer only. Raises NotFound, Forbidden, TooManyKeys."""
        await repository.lock_brand(tx.session, brand_id)
        await self._members.check(tx.session, actor, brand_id, _ROLES)
        name = one_line(body.name)
        if not name:
            raise Invalid.field("/name", "A name has at least one visible character")
        scopes = sorted({str(scope) for scope in body.scopes})
        return await self._add(tx, actor, brand_id, name=name, scopes=scopes, live=body.live)

    async def rotate(
        self, tx: Transaction, actor: Actor, brand_id: int, key_id: int, overlap: timedelta
    ) -> NewKeyView:
        """A successor that may do the same; the old key opens until the overlap has passed.

        Raises NotFound, Forbidden, TooManyKeys, KeyNotActive.
        """
        old = await self._writable(tx, actor, brand_id, key_id)
        now = self._clock.now()
        if not _is_active(old, now) or old.rotated_to is not None:
            raise KeyNotActive
        new = await self._add(tx, actor, brand_id, name=old.name, scopes=old.scopes, live=old.live)
        old.rotated_to, old.expires_at = new.id, now + overlap
        if not overlap:
            self._revoke(tx, old, now)
        return new

    async def revoke(self, tx: Transaction, actor: Actor, brand_id: int, key_id: int) -> None:
        """Closed within two seconds everywhere; twice is once. Raises NotFound, Forbidden."""
        row = await self._writable(tx, actor, brand_id, key_id)
        if row.revoked_at is None:
            self._revoke(tx, row, self._clock.now())

    async def _writable(
        self, tx: Transaction, actor: Actor, brand_id: int, key_id: int
    ) -> BrandKey:
        await repository.lock_brand(tx.session, brand_id)
        await self._members.check(tx.session, actor, brand_id, _ROLES)
        row = await repository.by_id(tx.session, brand_id, key_id)
        if row is None:
            raise NotFound
        return row

    async def _add(
        self,
        tx: Transaction,
        actor: Actor,
        brand_id: int,
        *,
        name: str,
        scopes: list[str],
        live: bool,
    ) -> NewKeyView:
        now = self._clock.now()
        if len(await repository.active(tx.session, brand_id, now)) >= KEYS_MAX:
            raise TooManyKeys
        key = rules.make_key(live=live)
        row = BrandKey(
            id=self._ids.new(),
            brand_id=brand_id,
            name=name,
            key_hash=rules.key_hash(key),
            hint=rules.hint_of(key),
            scopes=scopes,
            live=live,
            made_by=actor.id,
            made_at=now,
        )
        tx.session.add(row)
        return NewKeyView(key=key, **msgspec.structs.asdict(_view(row)))

    def _revoke(self, tx: Transaction, row: BrandKey, now: datetime) -> None:
        row.revoked_at = now
        self._revoker.revoke(tx, RevokedScope.KEY, row.id, brand_id=row.brand_id)


class CachedKeys:
    """Recognises keys. What SQL said counts for a second, and less when the denylist knows more."""

    def __init__(self, database: Database, clock: Clock, denied: dict[int, datetime]) -> None:
        self._database = database
        self._clock = clock
        self._denied = denied
        self._cache: OrderedDict[str, tuple[float, Actor | None, float]] = OrderedDict()

    async def authenticate(self, header: str) -> Actor:
        """The actor of `Bearer sk_…`. Raises KeyInvalid."""
        now_seconds = self._clock.now_seconds()
        cached = self._cache.get(header)
        if cached is None or now_seconds - cached[0] >= CACHE_SECONDS:
            cached = await self._load(header, now_seconds)
        _, actor, ends_seconds = cached
        if actor is None or ends_seconds <= now_seconds or actor.id in self._denied:
            raise KeyInvalid
        return actor

    async def _load(self, header: str, now_seconds: float) -> tuple[float, Actor | None, float]:
        key = header[7:]
        if header[:7].lower() != "bearer " or not rules.looks_like_key(key):
            raise KeyInvalid
        now = self._clock.now()
        async with self._database.transaction() as tx:
            row = await repository.active_by_hash(tx.session, rules.key_hash(key), now)
            stale_before = now - _USE_COARSE
            if row and (row.last_used_at is None or row.last_used_at <= stale_before):
                await repository.note_use(tx.session, row.id, now, stale_before)
        ends = row.expires_at.timestamp() if row and row.expires_at else float("inf")
        entry = (now_seconds, _actor(row) if row else None, ends)
        self._cache[header] = entry
        self._cache.move_to_end(header)
        if len(self._cache) > _CACHE_KEYS_MAX:
            self._cache.popitem(last=False)
        return entry


def _actor(row: BrandKey) -> Actor:
    return Actor(
        kind=ActorKind.KEY,
        id=row.id,
        brand_id=row.brand_id,
        scopes=frozenset(row.scopes),
        live=row.live,
    )


def _is_active(row: BrandKey, now: datetime) -> bool:
    return row.revoked_at is None and (row.expires_at is None or row.expires_at > now)


def _view(row: BrandKey) -> KeyView:
    return KeyView(
        id=Id(row.id),
        name=row.name,
        hint=row.hint,
        scopes=[Scope(scope) for scope in row.scopes if scope in _SCOPES],
        live=row.live,
        made_at=Timestamp.of(row.made_at),
        expires_at=Timestamp.of(row.expires_at) if row.expires_at else None,
        last_used_at=Timestamp.of(row.last_used_at) if row.last_used_at else None,
    )
