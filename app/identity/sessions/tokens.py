"""Access tokens: JWTs (RFC 9068) that any process checks by arithmetic alone.

A key is derived from the master secret for each day and named by its `kid`, so a key that leaks is
worth a day. Tokens of yesterday, of tomorrow (clocks) and of the previous master secret are
accepted: that is the overlap.

PyJWT signs them. Checking is our own arithmetic: at a peak every request brings a token that this
process has not seen, and PyJWT takes six times as long over it.
"""

import binascii
import hmac
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from functools import lru_cache

import jwt
import msgspec

from app.identity.errors import TokenInvalid
from app.kernel.actors import Actor, ActorKind
from app.kernel.clock import Clock
from app.kernel.secrets import Mac, derive
from app.kernel.settings import Settings

ISSUER = "carnival"
AUDIENCE = "carnival:access"
TYPE = "at+jwt"
HEADER_CHARS_MAX = 2_048
CACHE_TOKENS_MAX = 20_000
_DAY_SECONDS = 86_400
_ALGORITHM = "HS256"
_SCHEME = "bearer "
_HEADERS_MAX = 64
_STANDARD = bytes.maketrans(b"-_", b"+/")


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What a token says. Ids are strings, since JavaScript may look inside."""

    iss: str
    aud: str
    sub: str
    exp: int
    iat: int
    sid: str
    kind: ActorKind
    live: bool
    brand: str | None = None
    role: str | None = None
    gid: str | None = None
    """The grant behind a role: taking the role back revokes this id."""


class _Head(msgspec.Struct, frozen=True):
    alg: str
    typ: str
    kid: str


_CLAIMS = msgspec.json.Decoder(Claims)
_HEAD = msgspec.json.Decoder(_Head)


class Verified(msgspec.Struct, frozen=True, gc=False):
    """A token whose signature was good: whether it still counts is asked at every use."""

    actor: Actor
    expires_seconds: int
    session_id: int
    grant_id: int | None


class AccessTokens:
    """Makes and checks access tokens for one process."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._secrets = [settings.secret]
        if settings.secret_previous:
            self._secrets.append(settings.secret_previous)
        self._life_seconds = settings.access_token_seconds
        self._clock = clock
        self._keys: dict[str, bytes] = {}
        self._keys_day = -1
        self._macs: dict[bytes, Mac] = {}
        """By the first part of a token, which names a key: one day's tokens all begin alike."""
        # C code, bounded, least recently used out; refusals are exceptions and not remembered
        self.verified = lru_cache(maxsize=CACHE_TOKENS_MAX)(self.verify)

    def issue(self, actor: Actor, *, grant_id: int | None = None) -> tuple[str, datetime]:
        """A token for an actor with a session, and when it ends."""
        assert actor.session_id is not None, "keys are their own tokens"
        now = int(self._clock.now_seconds())
        claims = Claims(
            iss=ISSUER,
            aud=AUDIENCE,
            sub=str(actor.id),
            exp=now + self._life_seconds,
            iat=now,
            sid=str(actor.session_id),
            kind=actor.kind,
            live=actor.live,
            brand=str(actor.brand_id) if actor.brand_id is not None else None,
            role=actor.role,
            gid=str(grant_id) if grant_id is not None else None,
        )
        kid = _kid(self._secrets[0], now // _DAY_SECONDS)
        payload = {k: v for k, v in msgspec.to_builtins(claims).items() if v is not None}
        token = jwt.encode(  # pyright: ignore[reportUnknownMemberType]
            payload,
            self.accepted(now)[kid],
            algorithm=_ALGORITHM,
            headers={"kid": kid, "typ": TYPE},
        )
        return token, self._clock.now() + timedelta(seconds=claims.exp - now)

    def verify(self, authorization: str) -> Verified:
        """Check the signature of an Authorization header. Raises TokenInvalid.

        Whether the token has ended is left to the caller, because results are kept: `verified` is
        this with a memory.
        """
        if authorization[:7].lower() != _SCHEME or len(authorization) > HEADER_CHARS_MAX:
            raise TokenInvalid
        try:
            token = authorization[7:].strip().encode("ascii")
            signed, _, signature = token.rpartition(b".")
            header, _, payload = signed.partition(b".")
            expected = urlsafe_b64encode(self._mac_of(header).digest(signed))
            # compared as text: base64 has several spellings of the same bytes, we accept ours
            if not hmac.compare_digest(expected.rstrip(b"="), signature):
                raise TokenInvalid
            claims = _CLAIMS.decode(_decoded(payload))
            if claims.iss != ISSUER or claims.aud != AUDIENCE:
                raise TokenInvalid
            return _verified(claims)
        except (msgspec.DecodeError, binascii.Error, ValueError):
            raise TokenInvalid from None

    def _mac_of(self, header: bytes) -> Mac:
        """The key that a token's first part names. Raises TokenInvalid, and what comes of a part
        that is no JSON."""
        accepted = self.accepted(int(self._clock.now_seconds()))
        mac = self._macs.get(header)
        if mac is None:
            head = _HEAD.decode(_decoded(header))
            if head.typ != TYPE or head.alg != _ALGORITHM or head.kid not in accepted:
                raise TokenInvalid
            if len(self._macs) >= _HEADERS_MAX:
                self._macs.clear()
            mac = self._macs[header] = Mac(accepted[head.kid])
        return mac

    def accepted(self, now: int) -> dict[str, bytes]:
        """The keys of yesterday, today and tomorrow by their names, `now` in seconds since 1970."""
        day = now // _DAY_SECONDS
        if day != self._keys_day:
            self._keys = {
                _kid(secret, each): derive(secret, f"access-token:{each}")
                for secret in self._secrets
                for each in (day - 1, day, day + 1)
            }
            self._keys_day = day
            self._macs.clear()
        return self._keys


def _decoded(part: bytes) -> bytes:
    padded = part + b"=" * (-len(part) % 4)
    return binascii.a2b_base64(padded.translate(_STANDARD), strict_mode=True)


def _kid(secret: str, day: int) -> str:
    """Names a key without telling anything about it."""
    return f"{derive(secret, 'access-token:kid').hex()[:8]}-{day}"


def _verified(claims: Claims) -> Verified:
    session_id = int(claims.sid)
    actor = Actor(
        kind=claims.kind,
        id=int(claims.sub),
        session_id=session_id,
        brand_id=int(claims.brand) if claims.brand is not None else None,
        role=claims.role,
        live=claims.live,
    )
    grant_id = int(claims.gid) if claims.gid is not None else None
    return Verified(actor, claims.exp, session_id, grant_id)
